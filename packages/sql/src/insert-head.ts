import type { SqlInsert } from './sql-client.ts';

/** `INSERT INTO t (a, b)`: what every dialect's insert begins with. */
export function insertHead({ table, columns }: SqlInsert): string {
  return `INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')})`;
}

/** The columns that a row that is there takes over. */
export function replacedColumns({ columns, replaceBy = [] }: SqlInsert): readonly string[] {
  return columns.map(({ name }) => name).filter((name) => !replaceBy.includes(name));
}

/** ` ON CONFLICT (a) DO UPDATE SET b = excluded.b`, or nothing: the upsert of SQLite and PostgreSQL. */
export function onConflict(insert: SqlInsert): string {
  if (insert.replaceBy === undefined) return '';
  const sets = replacedColumns(insert).map((name) => `${name} = excluded.${name}`);
  return ` ON CONFLICT (${insert.replaceBy.join(', ')}) DO UPDATE SET ${sets.join(', ')}`;
}
