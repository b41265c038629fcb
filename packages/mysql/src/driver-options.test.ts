import { randomUUID } from 'node:crypto';
import { createPool, type PoolOptions } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { transcribe } from '../../sql/src/transcript.fixture.ts';
import { driverOptions } from './driver-options.fixture.ts';
import { MysqlSessionService } from './mysql-session-service.ts';
import {
  createTablePrefix,
  describeWithDatabase,
  dropTables,
  TEST_URL,
} from './test-database.fixture.ts';

describeWithDatabase('An option of mysql2', () => {
  const tablePrefix = createTablePrefix();
  let expected: unknown;

  function serviceOver(config: PoolOptions): MysqlSessionService {
    const client = createPool({ uri: TEST_URL, ...config });
    const now = () => 1_000;
    return new MysqlSessionService({ client, closeClient: true, tablePrefix, now });
  }

  beforeAll(async () => {
    await using service = serviceOver({ multipleStatements: true });
    await service.migrate();
    expected = await transcribe(service, randomUUID());
    // mysql2 counts the packets of a compressed answer wrongly, and says so on it.
    vi.spyOn(console, 'error').mockImplementation(() => {});
  }, 60_000);
  afterAll(() => {
    vi.restoreAllMocks();
    return dropTables(tablePrefix);
  });

  for (const { setting, tried, effect, code, config } of driverOptions(TEST_URL)) {
    const outcome = effect === 'harmless' ? 'changes no answer' : `is ${code}`;
    it(`${outcome}: ${setting} (${tried})`, { timeout: 20_000 }, async () => {
      for (const multipleStatements of [true, false]) {
        await using service = serviceOver({ multipleStatements, ...config });
        switch (effect) {
          case 'harmless':
            await service.checkSchema();
            expect(await transcribe(service, randomUUID())).toStrictEqual(expected);
            break;
          case 'refused': {
            const create = service.create({ appName: 'refused', userId: 'ada' });
            await expect(create).rejects.toMatchObject({ code });
          }
        }
      }
    });
  }
});
