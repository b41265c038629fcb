import { runSql } from './test-database.fixture.ts';

/** Every value of every table of a prefix. */
export async function scanTables(tablePrefix: string): Promise<readonly (string | Uint8Array)[]> {
  const tables = await runSql(
    `SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()
      AND LEFT(table_name, ${tablePrefix.length}) = '${tablePrefix}'`,
  );
  const pieces: (string | Uint8Array)[] = [];
  for (const [table] of tables) {
    for (const row of await runSql(`SELECT * FROM \`${table}\``)) {
      for (const value of row) pieces.push(value instanceof Uint8Array ? value : String(value));
    }
  }
  return pieces;
}
