import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { OpenFilesOptions } from './open-files-process.fixture.ts';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { drivers, tempFolder } from './test-database.fixture.ts';

const folder = tempFolder();
const fixture = fileURLToPath(new URL('./open-files-process.fixture.ts', import.meta.url));
const SHELL = 'sh';

/** What a process prints that may have 200 files open. */
async function runWithFewFiles(options: OpenFilesOptions): Promise<string> {
  const { NODE_V8_COVERAGE: _, NODE_OPTIONS: __, ...env } = process.env;
  const run = [process.execPath, '--import', 'tsx', fixture, JSON.stringify(options)];
  const script = 'ulimit -n 200 && exec "$@"';
  const { stdout } = await promisify(execFile)(SHELL, ['-c', script, SHELL, ...run], { env });
  return stdout.trim();
}

it.each(drivers)('opens and closes a file 1,000 times with few files, by %s', async (driver) => {
  const file = join(folder, `${driver.replace(':', '-')}.db`);
  await (await SqliteSessionService.open({ url: `sqlite:${file}`, driver })).close();
  expect(await runWithFewFiles({ file, driver, times: 1_000 })).toBe('1000');
});
