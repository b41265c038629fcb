import { compareAsRow, insertHead, onConflict, type SqlDialect, sql } from '@holdfast/sql';
import { isMissingTable } from './sqlite-error.ts';

/** SQLite compares text by its bytes, and takes a short row within the key's own tree. */
export const sqliteDialect: SqlDialect = {
  quote: (name) => `"${name}"`,
  types: { identifier: 'TEXT', integer: 'INTEGER', json: 'TEXT' },
  tableOptions: { narrow: ' WITHOUT ROWID', wide: '' },
  indexes: 'separate',
  greatest: 'max',
  keepRevision: (revision) => revision,
  unionBranch: (select) => sql`SELECT * FROM (${select})`,
  take: (select, count) => sql`${select} LIMIT ${count}`,
  compareRows: compareAsRow,
  readIndex: () => '',
  insertRows(insert, { count }) {
    const row = `(${insert.columns.map(() => '?').join(', ')})`;
    const rows = Array.from({ length: count }, () => row).join(', ');
    return `${insertHead(insert)} VALUES ${rows}${onConflict(insert)}`;
  },
  isMissingTable,
};
