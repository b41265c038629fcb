import type { Schema, Tables } from './schema.ts';
import type { AddedIndexDefinition } from './sql-dialect.ts';
import {
  type AddedColumn,
  type AddedIndex,
  eventsTable,
  expiryIndex,
  type IndexDefinition,
  incarnationColumn,
  labelsTable,
  lifeColumns,
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
    {
      version: 3,
      statements: [
        ...lifeColumns.flatMap((column) => addColumn(schema, { table: 'sessions', column })),
        ...addIndex(schema, { table: 'sessions', index: expiryIndex }),
        ...createTable(schema, labelsTable),
      ],
    },
  ];
}

/** The statements that add a column to a table. */
function addColumn(
  { dialect, tables, tablePrefix }: Schema,
  { table, column }: { readonly table: keyof Tables; readonly column: AddedColumn },
): readonly string[] {
  const { name } = column;
  const rest = column.default === undefined ? '' : ` NOT NULL DEFAULT ${column.default}`;
  const definition = `${name} ${dialect.types[column.type]}${rest}`;
  return dialect.addColumn({
    table: tables[table],
    tableName: tablePrefix + table,
    name,
    definition,
  });
}

/** The statements that add an index to a table. */
function addIndex(
  schema: Schema,
  { table, index }: { readonly table: keyof Tables; readonly index: AddedIndex },
): readonly string[] {
  const { dialect, tablePrefix } = schema;
  return dialect.addIndex({
    ...placeOf(schema, { table, index }),
    tableName: tablePrefix + table,
    indexName: tablePrefix + index.name,
    ofValuesIn: index.ofValuesIn,
  });
}

/** The statements that create a table and its indexes if they do not exist. */
export function createTable(schema: Schema, table: TableDefinition): readonly string[] {
  const { dialect, tables, tablePrefix } = schema;
  const { unique = [], indexes = [] } = table;
  const inline = dialect.indexes === 'inline' ? indexes : [];
  const lines = [
    ...table.columns.map(
      ({ name, type, nullable }) => `${name} ${dialect.types[type]}${nullable ? '' : ' NOT NULL'}`,
    ),
    `PRIMARY KEY ${listOf(table.primaryKey)}`,
    ...unique.map((columns) => `UNIQUE ${listOf(columns)}`),
    ...inline.map(
      ({ name, columns }) => `INDEX ${dialect.quote(tablePrefix + name)} ${listOf(columns)}`,
    ),
  ];
  const options = dialect.tableOptions[table.rows];
  const create = `CREATE TABLE IF NOT EXISTS ${tables[table.name]} (\n  ${lines.join(',\n  ')}\n)${options}`;
  if (dialect.indexes === 'inline') return [create];
  return [
    create,
    ...indexes.map((index) => {
      const { name, target } = placeOf(schema, { table: table.name, index });
      return `CREATE INDEX IF NOT EXISTS ${name} ON ${target}`;
    }),
  ];
}

/** The name of an index, and what it is on, as a statement of its own has them. */
function placeOf(
  { dialect, tables, tablePrefix, schema }: Schema,
  { table, index }: { readonly table: keyof Tables; readonly index: IndexDefinition },
): Pick<AddedIndexDefinition, 'name' | 'target'> {
  const isQualified = dialect.indexes === 'qualified' && schema !== undefined;
  const before = isQualified ? `${dialect.quote(schema)}.` : '';
  const on = isQualified ? dialect.quote(tablePrefix + table) : tables[table];
  return {
    name: before + dialect.quote(tablePrefix + index.name),
    target: `${on} ${listOf(index.columns)}`,
  };
}

function listOf(columns: readonly string[]): string {
  return `(${columns.join(', ')})`;
}
