import type { Event, JsonObject } from '@holdfast/core';
import {
  corrupt,
  markOf,
  parseDetails,
  parseStoredEvent,
  parseStoredValue,
  type SessionDetails,
  type StoredOwner,
} from '@holdfast/session/store';
import type { ScopeState, StoredState } from '@holdfast/state/internal';
import { readInteger, readText } from './read-value.ts';
import type { SqlRow } from './sql-client.ts';

/**
 * What a row is. A statement that reads several things at once gives rows of one shape: kind,
 * name, body, and five integers. So they are read in one round trip, and as of one moment.
 */
export const RowKind = {
  /**
   * The name is the incarnation, the body the details, the integers `createTime`, `lastUpdateTime`,
   * `revision`, `expireTime` and `activeFrom`.
   */
  Session: 0,
  /** The name of a key, and its value. */
  SessionState: 1,
  UserState: 2,
  AppState: 3,
  /** The body, and the `seq`. */
  Event: 4,
  /** Of a list: the first integer is the number of sessions. */
  Total: 5,
  /** The body is the session's own state at its creation. */
  InitialState: 6,
  /** The name is the turn that the session is held for, if it is. */
  Turn: 7,
} as const;

export interface SessionFields {
  readonly incarnation: string;
  readonly createTime: number;
  readonly lastUpdateTime: number;
  readonly revision: number;
  /** Undefined: never. */
  readonly expireTime: number | undefined;
  readonly activeFrom: number;
}

/** The rows of each kind. */
export class ResultRows {
  readonly #rows: readonly SqlRow[][] = [[], [], [], [], [], [], [], []];
  readonly #key: StoredOwner;

  /** `key` says whose rows they are, for an error's message. */
  constructor(rows: readonly SqlRow[], key: StoredOwner) {
    this.#key = key;
    for (const row of rows) this.#rows[readInteger(row[0])]?.push(row);
  }

  /** Undefined if there is no session. */
  get session(): SessionFields | undefined {
    const row = this.#rows[RowKind.Session]?.[0];
    if (row === undefined) return undefined;
    return {
      incarnation: readText(row[1]),
      createTime: readInteger(row[3]),
      lastUpdateTime: readInteger(row[4]),
      revision: readInteger(row[5]),
      expireTime: row[6] === null ? undefined : readInteger(row[6]),
      activeFrom: readInteger(row[7]),
    };
  }

  /** Of the session, if there is one. */
  get details(): SessionDetails {
    return readDetails(this.#rows[RowKind.Session]?.[0]?.[2], this.#key);
  }

  /** Undefined if it was not read, or is not known. */
  get initialState(): ScopeState | undefined {
    const row = this.#rows[RowKind.InitialState]?.[0];
    if (row === undefined) return undefined;
    const state = parseStoredValue(row[2], { name: 'initial state', key: this.#key });
    return state === null ? undefined : new Map(Object.entries(state as JsonObject));
  }

  /** Undefined if it is held for none, or that was not read. */
  get turn(): string | undefined {
    const turn = this.#rows[RowKind.Turn]?.[0]?.[1] ?? '';
    return readText(turn) || undefined;
  }

  get state(): StoredState {
    return {
      session: this.#scope(RowKind.SessionState),
      user: this.#scope(RowKind.UserState),
      app: this.#scope(RowKind.AppState),
    };
  }

  /** The events in `seq` order, with the mark of the session. */
  get events(): Event[] {
    const mark = markOf(this.session?.incarnation ?? '');
    const key = this.#key;
    const rows = this.#rows[RowKind.Event] ?? [];
    const events = rows.map((row) =>
      parseStoredEvent(row[2], { seq: readInteger(row[3]), key, mark }),
    );
    // The parts of a union come in any order.
    return events.sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
  }

  #scope(kind: number): ScopeState {
    return parseState(this.#rows[kind] ?? [], { name: 1, value: 2, key: this.#key });
  }
}

/** The details of a session as it has them. */
export function readDetails(text: unknown, key: StoredOwner): SessionDetails {
  const details = parseDetails(readText(text ?? ''));
  if (details === undefined) throw corrupt('what was noted', { key });
  return details;
}

/** The state that rows hold, given the columns of names and values. */
export function parseState(
  rows: readonly SqlRow[],
  at: { readonly name: number; readonly value: number; readonly key: StoredOwner },
): ScopeState {
  return new Map(
    rows.map((row) => {
      const name = readText(row[at.name]);
      return [name, parseStoredValue(row[at.value], { name, key: at.key })];
    }),
  );
}
