import type { Schema, Tables } from './schema.ts';
import {
  type AddedColumn,
  eventsTable,
  incarnationColumn,
  sessionsTable,
  stateTable,
  type TableDefinition,
} from './tables.ts';

/** A step from one version of the schema to the next. Steps are never changed, only added. */
export interface Migration {
  /** 1, 2, 3 … */
  readonly version: number;
  /** Each can be run again: a database without transactional DDL may stop between two. */
  readonly statements: readonly string[];
}

export function migrationsOf(schema: Schema): readonly Migration[] {
  return [
    {
      version: 1,
      statements: [sessionsTable, eventsTable, stateTable].flatMap((table) =>
        createTable(schema, table),
      ),
    },
    { version: 2, statements: addColumn(schema, { table: 'sessions', column: incarnationColumn }) },
  ];
}

/** The statements that add a column to a table. */
function addColumn(
  { dialect, tables, tablePrefix }: Schema,
  { table, column }: { readonly table: keyof Tables; readonly column: AddedColumn },
): readonly string[] {
  const { name } = column;
  const definition = `${name} ${dialect.types[column.type]} NOT NULL DEFAULT ${column.default}`;
  return dialect.addColumn({
    table: tables[table],
    tableName: tablePrefix + table,
    name,
    definition,
  });
}

/** The statements that create a table and its indexes if they do not exist. */
export function createTable(schema: Schema, table: TableDefinition): readonly string[] {
  const { dialect, tables, tablePrefix } = schema;
  const { unique = [], indexes: defined = [] } = table;
  const indexes = defined.map(({ name, columns }) => ({
    name: dialect.quote(tablePrefix + name),
    columns: listOf(columns),
  }));
  const inline = dialect.indexes === 'inline' ? indexes : [];
  const lines = [
    ...table.columns.map(
      ({ name, type, nullable }) => `${name} ${dialect.types[type]}${nullable ? '' : ' NOT NULL'}`,
    ),
    `PRIMARY KEY ${listOf(table.primaryKey)}`,
    ...unique.map((columns) => `UNIQUE ${listOf(columns)}`),
    ...inline.map(({ name, columns }) => `INDEX ${name} ${columns}`),
  ];
  const options = dialect.tableOptions[table.rows];
  const home = tables[table.name];
  const create = `CREATE TABLE IF NOT EXISTS ${home} (\n  ${lines.join(',\n  ')}\n)${options}`;
  if (dialect.indexes === 'inline') return [create];
  const isQualified = dialect.indexes === 'qualified' && schema.schema !== undefined;
  const before = isQualified ? `${dialect.quote(schema.schema)}.` : '';
  const on = isQualified ? dialect.quote(tablePrefix + table.name) : home;
  return [
    create,
    ...indexes.map(
      ({ name, columns }) => `CREATE INDEX IF NOT EXISTS ${before}${name} ON ${on} ${columns}`,
    ),
  ];
}

function listOf(columns: readonly string[]): string {
  return `(${columns.join(', ')})`;
}
