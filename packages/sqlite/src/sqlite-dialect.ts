import {
  addPartialIndex,
  compareAsRow,
  insertHead,
  joinSql,
  jsonOfKeys,
  lookUpInOrder,
  onConflict,
  SLOT,
  type SqlDialect,
  sql,
} from '@holdfast/sql';
import { isMissingTable } from './sqlite-error.ts';

/** SQLite compares text by its bytes, and takes a short row within the key's own tree. */
export const sqliteDialect: SqlDialect = {
  quote: (name) => `"${name}"`,
  types: { identifier: 'TEXT', text: 'TEXT', integer: 'INTEGER', json: 'TEXT' },
  tableOptions: { narrow: ' WITHOUT ROWID', wide: '' },
  indexes: 'qualified',
  // There is no IF NOT EXISTS, and no need: it happens within the transaction of its migration.
  addColumn: ({ table, definition }) => [`ALTER TABLE ${table} ADD COLUMN ${definition}`],
  addIndex: (added) => [addPartialIndex(added)],
  greatest: 'max',
  revision: { keep: (revision) => revision, returning: 'RETURNING revision, incarnation' },
  unionBranch: (select) => sql`SELECT * FROM (${select})`,
  take: (select, count) => sql`${select} LIMIT ${count}`,
  compareRows: compareAsRow,
  lookUpSessions: lookUpInOrder('CROSS JOIN'),
  lockRows: '',
  // In a cross join, tables are read in the order in which they stand.
  joinKeys: (keys) => sql`
    (SELECT json_extract(value, '$[0]') AS place, json_extract(value, '$[1]') AS app_name,
      json_extract(value, '$[2]') AS user_id, json_extract(value, '$[3]') AS session_id
    FROM json_each(${(input) => jsonOfKeys(keys(input))})) wanted CROSS JOIN`,
  readIndex: () => '',
  insertRows(insert, { count }) {
    const row = sql`(${joinSql(
      insert.columns.map(() => SLOT),
      ', ',
    )})`;
    const rows = joinSql(
      Array.from({ length: count }, () => row),
      ', ',
    );
    return sql`${insertHead(insert)} VALUES ${rows}${onConflict(insert)}`;
  },
  isMissingTable,
};
