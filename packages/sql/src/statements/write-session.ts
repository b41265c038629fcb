import type { SessionKey } from '@holdfast/core';
import type { PreparedAppend, PreparedCreate } from '@holdfast/session/store';
import { stateRecord } from '@holdfast/state/internal';
import type { Schema } from '../schema.ts';
import type { SqlInsert, SqlProgram, SqlRows } from '../sql-client.ts';
import { binder, commandOf, type SqlQuery, type SqlTemplate, sql } from '../sql-statement.ts';
import { eventsTable, ofSession } from '../tables.ts';

/** Inserts a session; a duplicate key if it exists already. */
export function createSession(schema: Schema): (create: PreparedCreate) => SqlQuery {
  const { sessions } = schema.tables;
  return guard<PreparedCreate>(
    schema,
    sql`
      INSERT INTO ${sessions}
        (app_name, user_id, session_id, create_time, last_update_time, revision, initial_state,
          incarnation)
      VALUES (${({ key }) => key.appName}, ${({ key }) => key.userId},
        ${({ key }) => key.sessionId}, ${({ createTime }) => createTime},
        ${({ createTime }) => createTime}, 0,
        ${({ state }) => JSON.stringify(stateRecord(state.session))},
        ${({ incarnation }) => incarnation})`,
  );
}

interface Advance extends SessionKey {
  /** How many events come. */
  readonly count: number;
  /** The largest of their timestamps. */
  readonly time: number;
  readonly expectedRevision: number | undefined;
  readonly expectedIncarnation: string | undefined;
}

/**
 * Moves a session on, and locks it; no row if there is none, or if it is at another revision or
 * of another incarnation.
 */
export function advanceSession(schema: Schema): (append: PreparedAppend) => SqlQuery {
  const { tables, dialect } = schema;
  const next = sql<Advance>`revision + ${({ count }) => count}`;
  const advance = guard<Advance>(
    schema,
    sql`
      UPDATE ${tables.sessions}
      SET last_update_time = ${dialect.greatest}(last_update_time, ${({ time }) => time}),
        revision = ${dialect.revision.keep(next)}
      WHERE ${ofSession}
        AND revision = COALESCE(${({ expectedRevision }) => expectedRevision ?? null}, revision)
        AND incarnation = COALESCE(
          ${({ expectedIncarnation }) => expectedIncarnation ?? null}, incarnation)`,
  );
  return ({ key, events, latestTimestamp, expectedRevision, expectedIncarnation }) => {
    const { appName, userId, sessionId } = key;
    const [count, time] = [events.length, latestTimestamp];
    return advance({
      appName,
      userId,
      sessionId,
      count,
      time,
      expectedRevision,
      expectedIncarnation,
    });
  };
}

function guard<Input>({ dialect }: Schema, change: SqlTemplate<Input>) {
  const { returning } = dialect.revision;
  if (returning === undefined) return commandOf(change);
  return binder(sql`${change} ${returning}`, { givesRows: true });
}

/** Where events go. Of `seq`, a row has the distance from the revision after them. */
export function insertEvents({ tables }: Schema): SqlInsert {
  return { table: tables.events, columns: eventsTable.columns };
}

/** The rows of events. */
export function eventRows({ key, events }: PreparedAppend): SqlRows['rows'] {
  const { appName, userId, sessionId } = key;
  return events.map((event, i) => [
    appName,
    userId,
    sessionId,
    i + 1 - events.length,
    event.id,
    event.timestamp,
    JSON.stringify(event),
  ]);
}

/**
 * Deletes a session with its events and its own state; answers whether there was one. The session
 * comes first: once its row is locked nobody appends, so that the rest sees all there is.
 */
export function deleteSession({ tables }: Schema): (key: SessionKey) => SqlProgram<boolean> {
  const [session, ...rest] = [tables.sessions, tables.events, tables.state].map((table) =>
    commandOf<SessionKey>(sql`DELETE FROM ${table} WHERE ${ofSession}`),
  ) as [(key: SessionKey) => SqlQuery, ...((key: SessionKey) => SqlQuery)[]];
  return function* (key) {
    const { changes } = yield session(key);
    if (changes === 0) return false;
    for (const remove of rest) yield remove(key);
    return true;
  };
}
