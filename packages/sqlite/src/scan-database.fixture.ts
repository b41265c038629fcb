import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { SqliteDriverName } from './sqlite-driver.ts';
import { openDatabase } from './test-database.fixture.ts';

const MOST_BYTES = 2 ** 30;

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
  // In another process: to close a file ends all locks that this one has on it, so that others would
  // take themselves for the last ones who use the database, and delete its log.
  return [file, `${file}-wal`]
    .filter((each) => existsSync(each))
    .map((each) => execFileSync('cat', [each], { maxBuffer: MOST_BYTES }));
}
