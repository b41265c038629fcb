import type { SessionKey } from '@holdfast/core';
import { readInteger } from '../read-value.ts';
import type { Schema } from '../schema.ts';
import type { SqlProgram } from '../sql-client.ts';
import { namedUser } from '../sql-dialect.ts';
import { commandOf, queryOf, type SqlQuery, type SqlTemplate, sql } from '../sql-statement.ts';
import { ofSession } from '../tables.ts';
import { deleteRest } from './write-session.ts';

/** Of whom all goes. */
export interface ErasedOwner {
  readonly appName: string;
  readonly userId: string;
}

const ofOwner: SqlTemplate<ErasedOwner> = sql`
  app_name = ${namedUser.appName} AND user_id = ${namedUser.userId}`;

/** The ids of some sessions of a user. */
export function selectSessionIds({
  tables,
  dialect,
}: Schema): (owner: ErasedOwner & { readonly limit: number }) => SqlQuery {
  const all = sql<ErasedOwner & { readonly limit: number }>`
    SELECT session_id FROM ${tables.sessions} WHERE ${ofOwner} ORDER BY session_id`;
  return queryOf(dialect.take(all, sql`${({ limit }) => limit}`));
}

/** How many sessions a user has, those that have expired included. */
export function countSessions({ tables }: Schema): (owner: ErasedOwner) => SqlQuery {
  return queryOf(sql`SELECT COUNT(*) FROM ${tables.sessions} WHERE ${ofOwner}`);
}

/** Deletes a session with all that is kept of it, even if it has expired. */
export function deleteWholeSession(schema: Schema): (key: SessionKey) => SqlProgram<boolean> {
  const session = commandOf<SessionKey>(
    sql`DELETE FROM ${schema.tables.sessions} WHERE ${ofSession}`,
  );
  const rest = deleteRest(schema);
  return function* (key) {
    if ((yield session(key)).changes === 0) return false;
    yield* rest(key);
    return true;
  };
}

/**
 * Deletes all that there is of a user, at one moment. First all sessions are locked, as every writer
 * locks a session before any state, and nobody creates another one until the end: so whoever has
 * created a session with user state finds both gone, or neither.
 */
export function eraseUser(
  schema: Schema,
): (owner: ErasedOwner) => SqlProgram<{ readonly sessions: number; readonly stateKeys: number }> {
  const { tables, dialect } = schema;
  const takeLock =
    dialect.userLock && queryOf<ErasedOwner>(sql`SELECT ${dialect.userLock.take(namedUser)}`);
  // By the primary key: its gaps are where a new session would go first. From the end, as ids of time
  // go there: otherwise others would add sessions in front of this for as long as they can.
  const primaryKey = dialect.readIndex(dialect.quote('PRIMARY'));
  const lockSessions = queryOf<ErasedOwner>(sql`
    SELECT session_id FROM ${tables.sessions}${primaryKey}
    WHERE ${ofOwner} ORDER BY session_id DESC${dialect.lockRows}`);
  const lockState = queryOf<ErasedOwner>(sql`
    SELECT CASE WHEN value IS NULL THEN 1 ELSE 0 END FROM ${tables.state}
    WHERE ${ofOwner} AND session_id = '' ORDER BY name${dialect.lockRows}`);
  const deleteAll = [tables.events, tables.labels, tables.state, tables.sessions].map((table) =>
    commandOf<ErasedOwner>(sql`DELETE FROM ${table} WHERE ${ofOwner}`),
  );
  return function* (user) {
    if (takeLock !== undefined) yield takeLock(user);
    const { rows: sessions } = yield lockSessions(user);
    const { rows: keys } = yield lockState(user);
    for (const remove of deleteAll) yield remove(user);
    const stateKeys = keys.filter(([isRemoved]) => readInteger(isRemoved) === 0).length;
    return { sessions: sessions.length, stateKeys };
  };
}
