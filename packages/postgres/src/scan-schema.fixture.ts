import { runSql } from './test-database.fixture.ts';

/** Every row of every table of a schema, as text. */
export async function scanSchema(schema: string): Promise<readonly string[]> {
  const tables = await runSql('SELECT tablename FROM pg_tables WHERE schemaname = $1', [schema]);
  const pieces: string[] = [];
  for (const [table] of tables) {
    const rows = await runSql(`SELECT t::text FROM "${schema}"."${table}" t`);
    pieces.push(...rows.map(([row]) => String(row)));
  }
  return pieces;
}
