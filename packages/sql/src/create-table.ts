import type { SqlDialect } from './sql-dialect.ts';
import type { TableDefinition, Tables } from './tables.ts';

/** The tables of a service, and how its database speaks of them. */
export interface Schema {
  readonly dialect: SqlDialect;
  readonly tables: Tables;
  readonly tablePrefix: string;
  /** The database's schema that they are in; undefined: the connection's own. */
  readonly schema: string | undefined;
}

/** The statements that create a table and its indexes where they are not there. */
export function createTable(schema: Schema, table: TableDefinition): readonly string[] {
  const { dialect, tables, tablePrefix } = schema;
  const indexes = table.indexes.map(({ name, columns }) => ({
    name: dialect.quote(tablePrefix + name),
    columns: listOf(columns),
  }));
  const inline = dialect.indexes === 'inline' ? indexes : [];
  const separate = dialect.indexes === 'separate' ? indexes : [];
  const lines = [
    ...table.columns.map(
      ({ name, type, nullable }) => `${name} ${dialect.types[type]}${nullable ? '' : ' NOT NULL'}`,
    ),
    `PRIMARY KEY ${listOf(table.primaryKey)}`,
    ...table.unique.map((columns) => `UNIQUE ${listOf(columns)}`),
    ...inline.map(({ name, columns }) => `INDEX ${name} ${columns}`),
  ];
  const options = dialect.tableOptions[table.rows];
  const home = tables[table.name];
  return [
    `CREATE TABLE IF NOT EXISTS ${home} (\n  ${lines.join(',\n  ')}\n)${options}`,
    ...separate.map(
      ({ name, columns }) => `CREATE INDEX IF NOT EXISTS ${name} ON ${home} ${columns}`,
    ),
  ];
}

function listOf(columns: readonly string[]): string {
  return `(${columns.join(', ')})`;
}
