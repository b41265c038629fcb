import { join } from 'node:path';
import { testSessionService } from '@holdfast/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { SQL_CAPABILITIES } from '../../sql/src/capabilities.fixture.ts';
import { processStarter } from '../../testkit/src/process/bundle-module.fixture.ts';
import { describeSome, isRacing, isSequential } from '../../testkit/src/some-concerns.fixture.ts';
import { scanDatabase } from './scan-database.fixture.ts';
import { SqliteSessionService } from './sqlite-session-service.ts';
import {
  drivers,
  hasAllDrivers,
  isBun,
  openDatabase,
  tempFolder,
} from './test-database.fixture.ts';

const folder = tempFolder();
const startProcess = processStarter(new URL('./store-process.fixture.ts', import.meta.url));

for (const driver of drivers) {
  const name = driver.replace(':', '-');
  const file = { url: `sqlite:${join(folder, name)}.db`, driver };
  const openFile = () => SqliteSessionService.open(file);
  const openMemory = () => SqliteSessionService.open({ url: 'sqlite::memory:', driver });

  testSessionService(
    { describe, it },
    {
      name: `SqliteSessionService on a file, by ${driver}`,
      create: openFile,
      reopen: openFile,
      scan: () => scanDatabase(join(folder, `${name}.db`), driver),
      ...(!isBun && { startProcess: () => startProcess(file) }),
    },
  );
  testSessionService(
    { describe: describeSome(isSequential), it },
    {
      name: `SqliteSessionService in memory, by ${driver}`,
      create: openMemory,
    },
  );

  const client = await openDatabase(join(folder, `${name}-brought.db`), driver);
  afterAll(() => client.close());
  const bring = async () => {
    const service = new SqliteSessionService({ client, tablePrefix: 'brought_' });
    await service.migrate();
    return service;
  };
  testSessionService(
    { describe: describeSome(isRacing), it },
    {
      name: `SqliteSessionService on a database of ${driver}`,
      create: bring,
      reopen: bring,
    },
  );

  describe(`SqliteSessionService by ${driver}`, () => {
    it('excuses itself from nothing on a file', async () => {
      await using opened = await openFile();
      await using brought = await bring();
      const capabilities = {
        persistent: true,
        shared: true,
        ...SQL_CAPABILITIES,
      };
      expect(opened.capabilities).toStrictEqual(capabilities);
      expect(brought.capabilities).toStrictEqual(capabilities);
    });

    it('excuses itself from sharing and persisting in memory', async () => {
      await using service = await openMemory();
      expect(service.capabilities).toStrictEqual({
        persistent: false,
        shared: false,
        ...SQL_CAPABILITIES,
      });
    });
  });
}

describe.skipIf(isBun)('SqliteSessionService in other processes', () => {
  it('is started by the kit in Node alone', async () => {
    const { service, kill } = await startProcess({ url: `sqlite:${join(folder, 'other.db')}` });
    expect(service.capabilities.shared).toBe(true);
    await kill();
  });
});

describe.skipIf(isBun)('SqliteSessionService by the drivers of newer Nodes', () => {
  it('keeps the contract by node:sqlite and better-sqlite3', ({ skip }) => {
    if (hasAllDrivers) return;
    skip(
      `Node ${process.versions.node} has them not; from the root: npx -y -p node@24 node node_modules/vitest/vitest.mjs run --project @holdfast/sqlite`,
    );
  });
});
