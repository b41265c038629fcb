import {
  type AddedIndexDefinition,
  type ColumnDefinition,
  compareByColumn,
  insertHead,
  joinSql,
  jsonOfKeys,
  lookUpInOrder,
  replacedColumns,
  SLOT,
  type SqlDialect,
  type SqlInsert,
  type SqlText,
  sql,
} from '@holdfast/sql';
import { isMissingTable } from './mysql-error.ts';

/** The variable of a connection that says whether a write's guard has met its row. */
export const FOUND = '@holdfast_found';

const tableOptions = ' ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4';

/**
 * MySQL and MariaDB. Ids are bytes, as text would be compared without case, accents or trailing
 * spaces; and they fit into a key together.
 */
export const mysqlDialect: SqlDialect = {
  quote: (name) => `\`${name}\``,
  types: {
    identifier: 'VARBINARY(255)',
    text: 'VARBINARY(512)',
    integer: 'BIGINT',
    json: 'LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
  },
  tableOptions: { narrow: tableOptions, wide: tableOptions },
  indexes: 'inline',
  addColumn,
  addIndex,
  greatest: 'greatest',
  // There is no RETURNING, and LAST_INSERT_ID has 64 bits: the revision, and then the 32 of the mark.
  // https://dev.mysql.com/doc/refman/8.0/en/information-functions.html#function_last-insert-id
  revision: {
    keep: (revision) =>
      sql`LAST_INSERT_ID(((${revision}) << 32) | COALESCE(CAST(CONV(RIGHT(incarnation, 8), 16, 10) AS UNSIGNED), 0)) >> 32`,
    returning: undefined,
  },
  unionBranch: (select) => sql`(${select})`,
  take: (select, count) => sql`${select} LIMIT ${count}`,
  compareRows: compareByColumn,
  lookUpSessions: lookUpInOrder('STRAIGHT_JOIN'),
  lockRows: ' FOR UPDATE',
  // Text would have to be compared as text. Tables are read in the order in which they stand.
  joinKeys: (keys) => sql`
    (SELECT place, CAST(app_name AS BINARY) AS app_name, CAST(user_id AS BINARY) AS user_id,
      CAST(session_id AS BINARY) AS session_id
    FROM JSON_TABLE(${(input) => jsonOfKeys(keys(input))}, '$[*]' COLUMNS (place BIGINT PATH '$[0]',
      app_name VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[1]',
      user_id VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[2]',
      session_id VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[3]')) keys_of_json) wanted
    STRAIGHT_JOIN`,
  // MariaDB takes two columns of an index for a descending range of four, and filters the rest.
  readIndex: (name) => ` FORCE INDEX (${name})`,
  insertRows(insert, { count, guarded }) {
    const row = guarded ? guardedRow(insert) : plainRow(insert);
    const rows = joinSql<never>(new Array(count).fill(row), guarded ? ' UNION ALL ' : ', ');
    return sql`${insertHead(insert)} ${guarded ? '' : 'VALUES '}${rows}${onDuplicate(insert)}`;
  },
  isMissingTable,
};

// MySQL has no IF NOT EXISTS for a column, and no statement that does one thing or another.
function addColumn({ table, tableName, name, definition }: ColumnDefinition): readonly string[] {
  return unlessListed({
    list: 'columns',
    as: `table_name = '${tableName}' AND column_name = '${name}'`,
    statement: `ALTER TABLE ${table} ADD COLUMN ${definition}`,
  });
}

// Nor for an index, and it has all rows in each. A setting may ask of every change that it be instant.
function addIndex({ name, target, tableName, indexName }: AddedIndexDefinition): readonly string[] {
  return unlessListed({
    list: 'statistics',
    as: `table_name = '${tableName}' AND index_name = '${indexName}'`,
    statement: `CREATE INDEX ${name} ON ${target} ALGORITHM=INPLACE`,
  });
}

/** Runs a statement unless what it adds is in a list of the database's. */
function unlessListed({
  list,
  as,
  statement,
}: {
  readonly list: 'columns' | 'statistics';
  readonly as: string;
  readonly statement: string;
}): readonly string[] {
  const isThere = `EXISTS (SELECT 1 FROM information_schema.${list} WHERE table_schema = DATABASE() AND ${as})`;
  return [
    `SET @addition = IF(${isThere}, 'DO 0', '${statement.replaceAll("'", "''")}')`,
    'PREPARE addition FROM @addition',
    'EXECUTE addition',
    'DEALLOCATE PREPARE addition',
  ];
}

/** The revision and the mark that a guard keeps. */
export function unpackKept(kept: bigint): { readonly revision: number; readonly mark: string } {
  const mark = BigInt.asUintN(32, kept).toString(16).padStart(8, '0');
  return { revision: Number(kept >> 32n), mark };
}

function plainRow({ columns }: SqlInsert): SqlText {
  const values = columns.map(() => SLOT);
  return sql`(${joinSql(values, ', ')})`;
}

// LAST_INSERT_ID keeps its value if the guard met no row, so it cannot tell by itself.
function guardedRow({ columns }: SqlInsert): SqlText {
  const values = columns.map(({ fromRevision }) =>
    fromRevision ? sql`(LAST_INSERT_ID() >> 32) + ${SLOT}` : SLOT,
  );
  return sql`SELECT ${joinSql(values, ', ')} FROM DUAL WHERE ${FOUND} = 1`;
}

function onDuplicate(insert: SqlInsert): string {
  if (insert.replaceBy === undefined) return '';
  const { keepsExisting } = insert;
  const sets = replacedColumns(insert).map(
    (name) => `${name} = ${keepsExisting ? name : `VALUES(${name})`}`,
  );
  return ` ON DUPLICATE KEY UPDATE ${sets.join(', ')}`;
}
