import type { HoldfastErrorCode } from '@holdfast/core';

/** The tables of an ADK database, by the names that Python's have. */
export type AdkTable = 'app_states' | 'user_states' | 'sessions' | 'events';

/** What an import has to say of a row. */
export interface AdkImportNote {
  readonly table: AdkTable;
  /** The primary key of the row, by the names of its columns. */
  readonly key: Readonly<Record<string, string>>;
  /**
   * Where in the row: a column, or a place in its JSON such as `state["cart"]` or
   * `content.parts[0].text`. Absent if the row as a whole is meant.
   */
  readonly path?: string | undefined;
  readonly reason: string;
  /**
   * - `refused`: it is in the way of the import. Only a dry run has this.
   * - `skipped`: the place that `path` names was left out, or the whole row.
   * - `changed`: the row came, not quite as it was.
   */
  readonly outcome: 'refused' | 'skipped' | 'changed';
}

/** Which row cannot be imported as it is, and why. */
export interface AdkRefusal {
  readonly key: Readonly<Record<string, string>>;
  /** Where in the row, as in `AdkImportNote`. */
  readonly path: string;
  readonly reason: string;
}

/**
 * A row that cannot be imported as it is. Its `state` or `event` is an object of your own, and
 * undefined if it cannot be read. It has `NaN`, infinities and (with
 * `bigIntegers: 'refuse'`) `BigInt`s where the row has these numbers.
 */
export type AdkRefusedRow = AdkRefusal &
  (
    | { readonly table: 'app_states'; readonly state: Record<string, unknown> | undefined }
    | {
        readonly table: 'user_states';
        readonly userId: string;
        readonly state: Record<string, unknown> | undefined;
      }
    | {
        readonly table: 'sessions';
        readonly userId: string;
        readonly sessionId: string;
        readonly state: Record<string, unknown> | undefined;
      }
    | {
        readonly table: 'events';
        readonly userId: string;
        readonly sessionId: string;
        /**
         * The event as the service would get it: its time in epoch ms, its fields written `aB`. A
         * time of an unknown unit, or that is not one, is a text here.
         */
        readonly event: Record<string, unknown> | undefined;
      }
  );

/** What takes the place of a refused row. What is absent stays as it is. */
export interface AdkMappedRow {
  /** Of a row of `sessions` or `user_states`. Give both tables the same one. */
  readonly userId?: string | undefined;
  /** Of a row of `sessions`. Its events come along. */
  readonly sessionId?: string | undefined;
  /** Of a row of any table but `events`. */
  readonly state?: Readonly<Record<string, unknown>> | undefined;
  /** Of a row of `events`. */
  readonly event?: Readonly<Record<string, unknown>> | undefined;
}

/** What becomes of a refused row. */
export type AdkRefusalAnswer = 'stop' | 'skip' | AdkMappedRow;

export type OnAdkRefused = 'stop' | 'skip' | ((row: AdkRefusedRow) => AdkRefusalAnswer);

/** Why a row cannot be imported as it is. */
export interface Problem {
  readonly code: HoldfastErrorCode;
  readonly path: string;
  readonly reason: string;
}
