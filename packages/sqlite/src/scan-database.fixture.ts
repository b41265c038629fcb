import { existsSync, readFileSync } from 'node:fs';
import type { SqliteDriverName } from './sqlite-driver.ts';
import { openDatabase } from './test-database.fixture.ts';

/** The bytes of a database that services have open, without those of pages that are free. */
export async function scanDatabase(
  file: string,
  driver: SqliteDriverName,
): Promise<readonly Uint8Array[]> {
  const database = await openDatabase(file, driver);
  try {
    database.exec('PRAGMA busy_timeout = 10000');
    database.exec('VACUUM');
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    database.close();
  }
  return [file, `${file}-wal`].filter((each) => existsSync(each)).map((each) => readFileSync(each));
}
