import type { Event, SessionKey } from '@holdfast/core';
import type { PreparedAppend, PreparedCreate, PreparedDelete } from '@holdfast/session/store';
import { stateRecord } from '@holdfast/state/internal';
import type { Schema } from '../schema.ts';
import type { SqlInsert, SqlProgram, SqlRows } from '../sql-client.ts';
import type { UserParts } from '../sql-dialect.ts';
import {
  binder,
  commandOf,
  type SqlQuery,
  type SqlTemplate,
  type SqlValue,
  sql,
} from '../sql-statement.ts';
import { eventsTable, isThere, ofSession } from '../tables.ts';
import { type DetailColumns, detailColumns } from './detail-columns.ts';

/** Inserts a session; a duplicate key if it exists already. */
export function createSession(schema: Schema): (create: PreparedCreate) => SqlQuery {
  type Create = PreparedCreate & { readonly columns: DetailColumns };
  const { sessions } = schema.tables;
  const user: UserParts<Create> = {
    appName: ({ key }) => key.appName,
    userId: ({ key }) => key.userId,
  };
  const insert = guard<Create>(
    schema,
    sql`
      INSERT INTO ${sessions}
        (app_name, user_id, session_id, create_time, last_update_time, revision, initial_state,
          incarnation, touch_time, expire_time, idle_ms, details)
      VALUES (${ownedName(schema, user)}, ${user.userId},
        ${({ key }) => key.sessionId}, ${({ createTime }) => createTime},
        ${({ createTime }) => createTime}, 0,
        ${({ state }) => JSON.stringify(stateRecord(state.session))},
        ${({ incarnation }) => incarnation}, ${({ createTime }) => createTime},
        ${({ expireTime }) => expireTime ?? null}, ${({ columns }) => columns.idleMs},
        ${({ columns }) => columns.details})`,
  );
  return (create) => insert({ ...create, columns: detailColumns(create.details) });
}

/**
 * The name of the app as the value of a new session. With it, whoever erases the user is waited for,
 * and kept from it until the session is there.
 */
export function ownedName<Input>({ dialect }: Schema, user: UserParts<Input>): SqlTemplate<Input> {
  const name = sql<Input>`${user.appName}`;
  return dialect.userLock === undefined ? name : dialect.userLock.share(name, user);
}

interface Advance extends SessionKey {
  /** How many events come. */
  readonly count: number;
  /** The largest of their timestamps. */
  readonly time: number;
  readonly now: number;
}

interface Expecting
  extends Advance,
    Pick<PreparedAppend, 'expectedRevision' | 'expectedIncarnation' | 'turn' | 'activeFrom'> {}

/**
 * Moves a session on, and locks it; no row if there is none, or if it is at another revision, of
 * another incarnation, or not held for the turn.
 */
export function advanceSession(schema: Schema): (append: PreparedAppend) => SqlQuery {
  const { tables, dialect } = schema;
  const next = sql<Advance>`revision + ${({ count }) => count}`;
  const set = sql<Advance>`
    UPDATE ${tables.sessions}
    SET last_update_time = ${dialect.greatest}(last_update_time, ${({ time }) => time}),
      revision = ${dialect.revision.keep(next)}, touch_time = ${({ now }) => now},
      expire_time = COALESCE(idle_ms + ${({ now }) => now}, expire_time)`;
  const where = sql<Advance>`WHERE ${ofSession} AND ${isThere}`;
  const plain = guard(schema, sql<Advance>`${set} ${where}`);
  const expecting = guard(
    schema,
    sql<Expecting>`
      ${set}, active_from = COALESCE(${({ activeFrom }) => activeFrom ?? null}, active_from)
      ${where}
        AND revision = COALESCE(${({ expectedRevision }) => expectedRevision ?? null}, revision)
        AND incarnation = COALESCE(
          ${({ expectedIncarnation }) => expectedIncarnation ?? null}, incarnation)
        AND turn = COALESCE(${({ turn }) => turn ?? null}, turn)`,
  );
  return ({ key, events, latestTimestamp, now, ...append }) => {
    const { appName, userId, sessionId } = key;
    const { expectedRevision, expectedIncarnation, turn, activeFrom } = append;
    const advance = {
      appName,
      userId,
      sessionId,
      count: events.length,
      time: latestTimestamp,
      now,
    };
    // Most appends expect nothing, and need not send it.
    const isPlain =
      expectedRevision === undefined &&
      expectedIncarnation === undefined &&
      turn === undefined &&
      activeFrom === undefined;
    if (isPlain) return plain(advance);
    return expecting({ ...advance, expectedRevision, expectedIncarnation, turn, activeFrom });
  };
}

/** A change of one row of sessions that a write depends on. */
export function guard<Input>({ dialect }: Schema, change: SqlTemplate<Input>) {
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
  return events.map((event, i) => eventRow(key, { event, seq: i + 1 - events.length }));
}

/** The columns of events whose `seq` is known. */
export const numberedColumns: SqlInsert['columns'] = eventsTable.columns.map(({ name, type }) => ({
  name,
  type,
}));

/** The rows of events whose `seq` is known: it is not a part of what is stored of them. */
export function numberedRows(key: SessionKey, events: readonly Event[]): SqlRows['rows'] {
  return events.map(({ seq = 0, ...event }) => eventRow(key, { event, seq }));
}

function eventRow(
  { appName, userId, sessionId }: SessionKey,
  { event, seq }: { readonly event: Omit<Event, 'seq'>; readonly seq: number },
): SqlValue[] {
  return [appName, userId, sessionId, seq, event.id, event.timestamp, JSON.stringify(event)];
}

/**
 * Deletes a session with all that is kept of it; answers whether there was one that has not expired.
 * The session comes first: once its row is locked nobody appends, so that the rest sees all there is.
 */
export function deleteSession(schema: Schema): (remove: PreparedDelete) => SqlProgram<boolean> {
  const session = commandOf<PreparedDelete>(
    sql`DELETE FROM ${schema.tables.sessions} WHERE ${ofSession} AND ${isThere}`,
  );
  const rest = deleteRest(schema);
  return function* (remove) {
    const { changes } = yield session(remove);
    if (changes === 0) return false;
    yield* rest(remove);
    return true;
  };
}

/** Deletes what is kept of a session beside its row. */
export function deleteRest({ tables }: Schema): (key: SessionKey) => SqlProgram<void> {
  const rest = [tables.events, tables.state, tables.labels].map((table) =>
    commandOf<SessionKey>(sql`DELETE FROM ${table} WHERE ${ofSession}`),
  );
  return function* (key) {
    for (const remove of rest) yield remove(key);
  };
}
