import type { SessionKey } from '@holdfast/core';
import type { Schema } from '../create-table.ts';
import type { SqlProgram } from '../sql-client.ts';
import { bind, type SqlTemplate, sql } from '../sql-template.ts';
import { ofSession } from './of-session.ts';

/**
 * Deletes a session with its events and its own state; answers whether it was there. The session
 * comes first: once its row is locked nobody appends, so that the rest sees all there is.
 */
export function deleteSession({ tables }: Schema): (key: SessionKey) => SqlProgram<boolean> {
  const remove = (table: string): SqlTemplate<SessionKey> =>
    sql`DELETE FROM ${table} WHERE ${ofSession}`;
  const session = remove(tables.sessions);
  const rest = [tables.events, tables.state].map(remove);
  return function* (key) {
    const { changes } = yield bind(session, key);
    if (changes === 0) return false;
    for (const each of rest) yield bind(each, key);
    return true;
  };
}
