import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { itKeepsLivesApart } from '../../sql/src/life-writes.fixture.ts';
import { pause } from './busy-retry.ts';
import { scanDatabase } from './scan-database.fixture.ts';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { drivers, openDatabase, tempFolder } from './test-database.fixture.ts';

describe.each(drivers)('Lives of sessions in SQLite, by %s', (driver) => {
  const folder = tempFolder();
  const file = join(folder, `lives-${driver.replace(':', '-')}.db`);

  itKeepsLivesApart({
    open: () => SqliteSessionService.open({ url: `sqlite:${file}`, driver }),
    async dump() {
      const files = await scanDatabase(file, driver);
      return files.map((each) => Buffer.from(each).toString('latin1')).join('\n');
    },
  });

  it('overwrites what was erased, and empties the log as soon as nobody reads it', async () => {
    const path = join(folder, `read-${driver.replace(':', '-')}.db`);
    const service = await SqliteSessionService.open({ url: `sqlite:${path}`, driver });
    const session = await service.create({ appName: 'app', userId: 'ada' });
    await service.appendEvent({ ...session, event: { author: 'secret' } });
    const [reader, other] = [await openDatabase(path, driver), await openDatabase(path, driver)];
    const count = 'SELECT count(*) AS n FROM holdfast_sessions';
    const isEmpty = () => /\b0\b/.test(JSON.stringify(other.prepare(count).all()));
    reader.exec('BEGIN');
    reader.prepare(count).all();
    const erased = service.eraseUser({ appName: 'app', userId: 'ada' });
    while (!isEmpty()) await pause(1);
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
    reader.exec('COMMIT');
    await erased;
    expect(statSync(`${path}-wal`).size).toBe(0);
    for (const each of [reader, other]) each.close();
    await service.close();
    expect(readFileSync(path, 'latin1')).not.toContain('secret');
  });
});
