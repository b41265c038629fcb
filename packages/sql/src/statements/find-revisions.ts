import type { SessionKey } from '@holdfast/core';
import type { SessionPlace } from '@holdfast/session/store';
import { readInteger, readText } from '../read-value.ts';
import type { Schema } from '../schema.ts';
import type { SqlRow } from '../sql-client.ts';
import { queryOf, type SqlQuery, sql } from '../sql-statement.ts';

/** Where sessions are: a row for each that there is, which begins with its place in the list. */
export function findRevisions({
  tables,
  dialect,
}: Schema): (keys: readonly SessionKey[]) => SqlQuery {
  return queryOf<readonly SessionKey[]>(sql`
    SELECT wanted.place, s.revision, s.incarnation, s.expire_time
    FROM ${dialect.joinKeys((keys: readonly SessionKey[]) => keys)} ${tables.sessions} s
      ON s.app_name = wanted.app_name AND s.user_id = wanted.user_id
        AND s.session_id = wanted.session_id`);
}

/** What these rows say, in the order of the list. */
export function placesOf(
  keys: readonly SessionKey[],
  rows: readonly SqlRow[],
): readonly (SessionPlace | undefined)[] {
  const places = new Array<SessionPlace | undefined>(keys.length).fill(undefined);
  for (const [place, revision, incarnation, expireTime] of rows) {
    places[readInteger(place) - 1] = {
      revision: readInteger(revision),
      incarnation: readText(incarnation),
      expireTime: expireTime === null ? undefined : readInteger(expireTime),
    };
  }
  return places;
}
