import type { SessionKey } from '@holdfast/core';
import { RowKind } from '../answer-rows.ts';
import type { Schema } from '../create-table.ts';
import type { SqlQuery } from '../sql-client.ts';
import { bind, type SqlTemplate, sql } from '../sql-template.ts';
import { ofSession } from './of-session.ts';

export interface EventSearch extends SessionKey {
  readonly ids: readonly string[];
}

/** How many ids one statement looks for. */
export const FIND_EVENTS_LIMIT = 100;

/** A session, and those of its events that have one of the ids, as answer rows. */
export function findEvents({ tables }: Schema): (search: EventSearch) => SqlQuery {
  const looksFor = (count: number): SqlTemplate<EventSearch> => {
    const ids = Array.from(
      { length: count },
      (_, i) => sql<EventSearch>`${(search) => idAt(search, i)}`,
    );
    return sql`
      SELECT ${String(RowKind.Session)} AS kind, '' AS name, '' AS body,
        create_time AS a, last_update_time AS b, revision AS c
      FROM ${tables.sessions} WHERE ${ofSession}
      UNION ALL
      SELECT ${String(RowKind.Event)}, '', body, seq, 0, 0 FROM ${tables.events}
      WHERE ${ofSession} AND event_id IN (${ids.reduce((list, id) => sql`${list}, ${id}`)})`;
  };
  const one = looksFor(1);
  const many = looksFor(FIND_EVENTS_LIMIT);
  return (search) => bind(search.ids.length === 1 ? one : many, search);
}

// A shorter list repeats its last id, so that there are two statements and not a hundred.
function idAt({ ids }: EventSearch, i: number): string {
  return ids[Math.min(i, ids.length - 1)] as string;
}
