import type { SessionKey } from '@holdfast/core';
import { readInteger, readText } from '../read-value.ts';
import type { Schema } from '../schema.ts';
import type { SqlProgram, SqlRow } from '../sql-client.ts';
import {
  commandOf,
  joinSql,
  queryOf,
  type SqlQuery,
  type SqlTemplate,
  sql,
} from '../sql-statement.ts';
import { ofSession } from '../tables.ts';
import { deleteRest } from './write-session.ts';

/** Of whom all goes. */
export interface ErasedOwner {
  readonly appName: string;
  readonly userId: string;
}

const ofOwner: SqlTemplate<ErasedOwner> = sql`
  app_name = ${({ appName }) => appName} AND user_id = ${({ userId }) => userId}`;

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

// Each round leaves less time for a key that nobody has locked, as none can be before it is there.
const MAX_ROUNDS = 10;

/**
 * Deletes all that there is of a user, at one moment. Whoever creates a session with user state
 * must find both gone, or neither. So sessions are deleted, then the user's state, and both again
 * until no key is left: those who write a key that was there wait meanwhile, and with it the
 * sessions that they create. Sessions come first, as for all who write. Later on, one that is
 * locked belongs to someone who waits for us: it was made after the moment, and stays.
 */
export function eraseUser(
  schema: Schema,
): (owner: ErasedOwner) => SqlProgram<{ readonly sessions: number; readonly stateKeys: number }> {
  const { tables, dialect } = schema;
  const lockAll = (lock: string) =>
    queryOf<ErasedOwner>(sql`
      SELECT session_id FROM ${tables.sessions} WHERE ${ofOwner} ORDER BY session_id${lock}`);
  const [wait, doNotWait] = [lockAll(dialect.lockRows), lockAll(dialect.lockFreeRows)];
  const lockState = queryOf<ErasedOwner>(sql`
    SELECT name, CASE WHEN value IS NULL THEN 0 ELSE 1 END FROM ${tables.state}
    WHERE ${ofOwner} AND session_id = '' ORDER BY name${dialect.lockRows}`);
  const ofSessions = sql<ErasedOwner>`WHERE ${ofOwner} AND session_id`;
  const deleteSessions = [tables.sessions, tables.events, tables.state, tables.labels].map(
    (table) => deleteListed(sql<ErasedOwner>`DELETE FROM ${table} ${ofSessions}`),
  );
  const deleteState = deleteListed(
    sql<ErasedOwner>`DELETE FROM ${tables.state} WHERE ${ofOwner} AND session_id = '' AND name`,
  );
  return function* (owner) {
    let [sessions, stateKeys] = [0, 0];
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const { rows: found } = yield (round === 0 ? wait : doNotWait)(owner);
      for (const remove of deleteSessions) yield* remove(owner, found);
      sessions += found.length;
      const { rows: keys } = yield lockState(owner);
      if (keys.length === 0) break;
      yield* deleteState(owner, keys);
      for (const [, hasValue] of keys) stateKeys += readInteger(hasValue);
    }
    return { sessions, stateKeys };
  };
}

const LISTED_PER_STATEMENT = 100;

/** Deletes rows by a list of names, which are the first column of others; a part of it at a time. */
function deleteListed(
  before: SqlTemplate<ErasedOwner>,
): (owner: ErasedOwner, rows: readonly SqlRow[]) => SqlProgram<void> {
  interface Listed extends ErasedOwner {
    readonly names: readonly string[];
  }
  // A shorter list repeats its last name.
  const names = Array.from(
    { length: LISTED_PER_STATEMENT },
    (_, i) => (listed: Listed) => (listed.names[i] ?? listed.names.at(-1)) as string,
  );
  const remove = commandOf<Listed>(sql`${before} IN (${joinSql(names, ', ')})`);
  return function* ({ appName, userId }, rows) {
    for (let i = 0; i < rows.length; i += LISTED_PER_STATEMENT) {
      const part = rows.slice(i, i + LISTED_PER_STATEMENT).map(([name]) => readText(name));
      yield remove({ appName, userId, names: part });
    }
  };
}
