import type { SessionKey } from '@holdfast/core';
import type { PreparedEvent } from '@holdfast/session';
import type { Schema } from '../create-table.ts';
import type { SqlInsert, SqlRows } from '../sql-client.ts';
import { type SqlTemplate, sql } from '../sql-template.ts';
import { ofSession } from './of-session.ts';

export interface Advance extends SessionKey {
  /** How many events come. */
  readonly count: number;
  /** The largest of their timestamps. */
  readonly time: number;
  readonly expectedRevision: number | undefined;
}

/** Moves a session on, and locks it; no row where it is missing, or at another revision. */
export function advanceSession({ tables, dialect }: Schema): SqlTemplate<Advance> {
  const next = sql<Advance>`revision + ${({ count }) => count}`;
  return sql<Advance>`
    UPDATE ${tables.sessions}
    SET last_update_time = ${dialect.greatest}(last_update_time, ${({ time }) => time}),
      revision = ${dialect.keepRevision(next)}
    WHERE ${ofSession}
      AND revision = COALESCE(${({ expectedRevision }) => expectedRevision ?? null}, revision)`;
}

/** Where events go. Of `seq`, a row has the distance from the revision after them. */
export function insertEvents({ tables }: Schema): SqlInsert {
  return {
    table: tables.events,
    columns: [
      { name: 'app_name', type: 'identifier' },
      { name: 'user_id', type: 'identifier' },
      { name: 'session_id', type: 'identifier' },
      { name: 'seq', type: 'integer', fromRevision: true },
      { name: 'event_id', type: 'identifier' },
      { name: 'timestamp', type: 'integer' },
      { name: 'body', type: 'json' },
    ],
  };
}

/** The rows of events, whose ids are complete. */
export function eventRows(
  { appName, userId, sessionId }: SessionKey,
  events: readonly PreparedEvent[],
): SqlRows['rows'] {
  return events.map(({ event }, i) => [
    appName,
    userId,
    sessionId,
    i + 1 - events.length,
    event.id,
    event.timestamp,
    JSON.stringify(event),
  ]);
}
