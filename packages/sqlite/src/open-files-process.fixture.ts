import { loadDriver, type SqliteDriverName } from './sqlite-driver.ts';
import { SqliteSessionService } from './sqlite-session-service.ts';

export interface OpenFilesOptions {
  readonly file: string;
  readonly driver: SqliteDriverName;
  readonly times: number;
}

/** Opens and closes a file, time and again, and prints how often. */
async function main({ file, driver, times }: OpenFilesOptions): Promise<void> {
  // Loaded once: to load it takes turns of the event loop, if it is done by way of tsx.
  const open = await loadDriver(driver);
  for (let i = 0; i < times; i++) {
    const service = new SqliteSessionService({ client: open(file), closeClient: true });
    await service.migrate();
    await service.close();
  }
  console.log(times);
}

await main(JSON.parse(process.argv[2] ?? '{}'));
