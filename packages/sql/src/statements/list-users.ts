import type { PreparedListUsers } from '@holdfast/session/store';
import type { Schema } from '../schema.ts';
import { queryOf, type SqlQuery, type SqlTemplate, sql } from '../sql-statement.ts';

/**
 * Users of an app behind one: the first that have sessions, and the first that have state of their
 * own, in any order.
 */
export function listUsers({ tables, dialect }: Schema): (list: PreparedListUsers) => SqlQuery {
  const first = (table: string, condition: string): SqlTemplate<PreparedListUsers> =>
    dialect.unionBranch(
      dialect.take(
        sql`
          SELECT DISTINCT user_id FROM ${table}
          WHERE app_name = ${({ appName }) => appName}
            AND user_id > ${({ afterUserId }) => afterUserId}${condition}
          ORDER BY user_id`,
        sql`${({ count }) => count}`,
      ),
    );
  // No user is '', as the state of an app has it.
  return queryOf(sql`
    ${first(tables.sessions, '')} UNION
    ${first(tables.state, " AND session_id = '' AND value IS NOT NULL")}`);
}
