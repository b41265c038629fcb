import { join } from 'node:path';
import { isHoldfastError } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { loadDriver } from './sqlite-driver.ts';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { hasAllDrivers, isBun, tempFolder } from './test-database.fixture.ts';

const folder = tempFolder();

describe('loadDriver', () => {
  it('refuses a name that it does not know', async () => {
    await expect(loadDriver('sqlite3' as never)).rejects.toMatchObject({
      code: 'invalid_argument',
      path: 'driver',
      message: expect.stringContaining('better-sqlite3'),
    });
  });

  it('takes the first driver that there is', async () => {
    const open = await loadDriver();
    const database = open(':memory:');
    expect(database.constructor.name).toBe(hasAllDrivers && !isBun ? 'DatabaseSync' : 'Database');
    if (isBun) expect(database).toHaveProperty('filename');
    database.close();
  });

  it.skipIf(isBun)('refuses bun:sqlite outside of Bun', async () => {
    await expect(loadDriver('bun:sqlite')).rejects.toMatchObject({
      code: 'unsupported',
      message: 'the driver bun:sqlite needs Bun 1.2.23 or newer',
    });
  });

  it.skipIf(!hasAllDrivers || isBun)('loads better-sqlite3 where Node is new enough', async () => {
    const open = await loadDriver('better-sqlite3');
    open(':memory:').close();
  });

  it.skipIf(hasAllDrivers)('refuses better-sqlite3 where it would end the process', async () => {
    const url = `sqlite:${join(folder, 'chat.db')}`;
    const error: unknown = await SqliteSessionService.open({
      url,
      driver: 'better-sqlite3',
    }).catch((reason) => reason);
    expect(isHoldfastError(error)).toBe(true);
    expect(error).toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/better-sqlite3 needs Node 22/),
    });
  });

  it.skipIf(hasAllDrivers)('refuses node:sqlite where Node has none', async () => {
    await expect(loadDriver('node:sqlite')).rejects.toMatchObject({
      code: 'unsupported',
      message: 'the driver node:sqlite needs Node 22.13 or newer',
    });
  });
});
