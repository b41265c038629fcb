import type { Contestant } from '../contestants/contestant.ts';
import type { Place } from '../contestants/place.ts';

/** Empty: the columns say it. */
export type Unit = 'µs' | 'ms' | 'appends/s' | 'bytes' | '';

/** One table of the report. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  /** What the columns are, after their numbers. */
  readonly axis: string;
  /** How it is measured, in a few sentences. */
  readonly method: string;
  /** Lines over the columns, bars beside one another, or no picture. */
  readonly picture: 'lines' | 'bars' | 'none';
}

/** What is asked: a table, and its column. */
export interface Cell {
  readonly section: string;
  readonly at: number | string;
}

/** What the check after a concurrent load has found. */
export interface Check {
  readonly acknowledged: number;
  /** Appends that failed. */
  readonly refused: number;
  /** Acknowledged events that are not there, or there twice. */
  readonly lostEvents: number;
  /** Numbers that are missing between the first and the last event; undefined: it gives none. */
  readonly gaps?: number;
  readonly keys: number;
  /** Keys of state that are missing, or have another value than the last acknowledged one. */
  readonly lostKeys: number;
  /** The first failure, in the words of the library. */
  readonly failure?: string;
}

export interface Answer extends Cell {
  readonly value?: number;
  /** Why there is no value. */
  readonly missing?: string;
  readonly check?: Check;
}

/** How much is done. */
export interface Effort {
  readonly histories: readonly number[];
  readonly fullHistory: number;
  readonly keys: number;
  readonly listedSessions: number;
  readonly sessionCounts: readonly number[];
  readonly memorySessions: number;
  readonly sweptSessions: number;
  readonly watchers: number;
  /** How long a process does each kind of call at most, before anything counts, in ms. */
  readonly startUpMs: number;
  /** For how long one cell is measured, and warmed up, in ms. */
  readonly measureMs: number;
  readonly warmUpMs: number;
  /** Of a concurrent load, in ms. */
  readonly loadMs: number;
  /** How long a peer may take to fill a store for one cell, in ms. */
  readonly peerFillMs: number;
  /** For how long a process is started again and again, in ms. */
  readonly startMs: number;
}

export interface Asked {
  readonly contestant: Contestant;
  readonly place: Place;
  readonly cells: readonly Cell[];
  readonly effort: Effort;
}

/** Something that a person who chooses a store asks. It is answered in a process of its own. */
export interface Question {
  readonly id: string;
  readonly sections: readonly Section[];
  readonly contestants: readonly Contestant[];
  /** How long one contestant may take for all of it, in ms. @default 180,000 */
  readonly timeoutMs?: number;
  cells(effort: Effort): readonly Cell[];
  /** Answers the cells that `contestant` can answer; what it cannot is left out. */
  answer(asked: Asked): Promise<readonly Answer[]>;
}
