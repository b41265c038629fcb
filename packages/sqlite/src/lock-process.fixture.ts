import { loadDriver, type SqliteDriverName } from './sqlite-driver.ts';

export interface LockOptions {
  readonly file: string;
  readonly driver: SqliteDriverName;
}

/** Holds the lock of a file for writing until it gets a word, or ends. */
async function main({ file, driver }: LockOptions): Promise<void> {
  const open = await loadDriver(driver);
  const database = open(file);
  database.exec('BEGIN IMMEDIATE');
  process.send?.('locked');
  await new Promise((resolve) => process.once('message', resolve));
  database.exec('COMMIT');
  process.disconnect();
}

await main(JSON.parse(process.argv[2] ?? '{}'));
