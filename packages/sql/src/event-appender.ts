import type { Event } from '@holdfast/core';
import {
  matchStored,
  type PreparedAppend,
  revisionConflict,
  sessionNotFound,
} from '@holdfast/session';
import { AnswerRows } from './answer-rows.ts';
import { changedTooOften, MAX_ATTEMPTS } from './changed-too-often.ts';
import type { SqlClient, SqlWrite } from './sql-client.ts';
import { bind } from './sql-template.ts';
import { eventRows } from './statements/append-events.ts';
import { FIND_EVENTS_LIMIT } from './statements/find-events.ts';
import { stateInserts, stateRows } from './statements/write-state.ts';
import type { Statements } from './statements.ts';

export interface EventAppenderOptions {
  readonly client: SqlClient;
  readonly statements: Statements;
}

interface FoundEvents {
  readonly revision: number;
  readonly events: ReadonlyMap<string, Event>;
}

/** The append: one write, and a look at what is there only where that was refused. */
export class EventAppender {
  readonly #client: SqlClient;
  readonly #statements: Statements;

  constructor({ client, statements }: EventAppenderOptions) {
    this.#client = client;
    this.#statements = statements;
  }

  /** Stores the events, and gives the answer to the caller; rejects with what it has met. */
  async append(append: PreparedAppend): Promise<readonly Event[]> {
    if (append.events.length === 0) return append.answer([]);
    const write = this.#writeOf(append);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const outcome = await this.#client.write(write);
      if (outcome.type === 'written') return append.answer(storedEvents(append, outcome.revision));
      const stored = await this.#whyRefused(append);
      if (stored !== undefined) return append.answer(stored);
    }
    throw changedTooOften(append.key);
  }

  #writeOf({ key, events, changes, expectedRevision }: PreparedAppend): SqlWrite {
    const time = events.reduce((latest, { event }) => Math.max(latest, event.timestamp), 0);
    const { advanceSession, insertEvents, writeState } = this.#statements;
    return {
      guard: bind(advanceSession, { ...key, count: events.length, time, expectedRevision }),
      inserts: [
        { insert: insertEvents, rows: eventRows(key, events) },
        ...stateInserts(writeState, stateRows(key, changes)),
      ],
    };
  }

  /**
   * Throws what the append has met, or gives the events of a retry. Undefined: nothing is in
   * the way any more, so try again.
   */
  async #whyRefused(append: PreparedAppend): Promise<readonly Event[] | undefined> {
    const { key, expectedRevision } = append;
    const { events, revision: found } = await this.#findEvents(append);
    const stored = matchStored(append, (id) => events.get(id));
    if (stored === undefined && expectedRevision !== undefined && expectedRevision !== found) {
      throw revisionConflict(key, { expected: expectedRevision, found });
    }
    return stored;
  }

  /** The revision of an append's session, and those of its events that are there, as of one moment. */
  async #findEvents({ key, events }: PreparedAppend): Promise<FoundEvents> {
    const ids = events.map(({ event }) => event.id);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const parts: AnswerRows[] = [];
      for (let i = 0; i < ids.length; i += FIND_EVENTS_LIMIT) {
        const search = { ...key, ids: ids.slice(i, i + FIND_EVENTS_LIMIT) };
        const rows = await this.#client.query(this.#statements.findEvents(search));
        parts.push(new AnswerRows(rows, key));
      }
      const found = parts.flatMap((part) => part.events);
      const moments = new Set(parts.map(({ session }) => JSON.stringify(session)));
      const session = parts[0]?.session;
      // A long list is looked up in parts. Where the session has not changed, they belong together.
      if (moments.size > 1) continue;
      if (session === undefined) throw sessionNotFound(key);
      return {
        revision: session.revision,
        events: new Map(found.map((event) => [event.id, event])),
      };
    }
    throw changedTooOften(key);
  }
}

function storedEvents({ events }: PreparedAppend, revision: number): readonly Event[] {
  const first = revision - events.length + 1;
  return events.map(({ event }, i) => Object.freeze({ ...event, seq: first + i }));
}
