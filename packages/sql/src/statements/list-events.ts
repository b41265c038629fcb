import type { SessionKey } from '@holdfast/core';
import type { PreparedListEvents } from '@holdfast/session';
import { RowKind } from '../answer-rows.ts';
import type { Schema } from '../create-table.ts';
import type { SqlQuery } from '../sql-client.ts';
import { bind, sql } from '../sql-template.ts';
import { ofSession } from './of-session.ts';

interface EventRange extends SessionKey {
  readonly after: number;
  readonly before: number;
  readonly limit: number;
}

/** A session and a range of its events, one more than the limit, as answer rows. */
export function listEvents({ tables, dialect }: Schema): (list: PreparedListEvents) => SqlQuery {
  const session = sql<EventRange>`
    SELECT ${String(RowKind.Session)} AS kind, '' AS name, '' AS body,
      create_time AS a, last_update_time AS b, revision AS c
    FROM ${tables.sessions} WHERE ${ofSession}`;
  const count = sql<EventRange>`${({ limit }) => limit}`;
  const inOrder = (direction: 'ASC' | 'DESC') => {
    const page = sql<EventRange>`
      SELECT ${String(RowKind.Event)} AS kind, '' AS name, body, seq AS a, 0 AS b, 0 AS c
      FROM ${tables.events}
      WHERE ${ofSession} AND seq > ${({ after }) => after} AND seq < ${({ before }) => before}
      ORDER BY seq ${direction}`;
    return sql<EventRange>`${session} UNION ALL ${dialect.unionBranch(dialect.take(page, count))}`;
  };
  const ascending = inOrder('ASC');
  const descending = inOrder('DESC');

  return ({ key, afterSeq, beforeSeq = Number.MAX_SAFE_INTEGER, limit, order }) =>
    bind(order === 'asc' ? ascending : descending, {
      ...key,
      after: afterSeq,
      before: beforeSeq,
      limit: limit + 1,
    });
}
