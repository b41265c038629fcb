import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { expectVersion1, type MadeByVersion1 } from '../../session/src/version-1.fixture.ts';
import { MysqlSessionService } from './mysql-session-service.ts';
import {
  createTablePrefix,
  describeWithDatabase,
  dropTables,
  runSql,
  TEST_URL,
} from './test-database.fixture.ts';

const made: MadeByVersion1<string> = JSON.parse(
  readFileSync(new URL('./version-1.fixture.json', import.meta.url), 'utf8'),
);

describeWithDatabase('a schema of version 1', () => {
  it('is brought up to date by one of many, its data whole', async () => {
    const tablePrefix = createTablePrefix();
    await runSql(...made.written.map((text) => text.replaceAll('holdfast_', tablePrefix)));
    const open = (migrate: boolean) =>
      MysqlSessionService.open({ url: TEST_URL, tablePrefix, migrate });
    await expect(open(false)).rejects.toMatchObject({ code: 'misconfigured' });
    const services = await Promise.all(Array.from({ length: 4 }, () => open(true)));
    await expectVersion1(services[0] as MysqlSessionService, made);
    await Promise.all(services.map((service) => service.close()));
    await dropTables(tablePrefix);
  });

  it('goes on from where a migration stopped between two of its steps', async () => {
    const tablePrefix = createTablePrefix();
    await runSql(
      ...made.written.map((text) => text.replaceAll('holdfast_', tablePrefix)),
      `ALTER TABLE ${tablePrefix}sessions ADD COLUMN incarnation VARBINARY(255) NOT NULL DEFAULT ''`,
    );
    const service = await MysqlSessionService.open({ url: TEST_URL, tablePrefix });
    await expectVersion1(service, made);
    await service.close();
    await dropTables(tablePrefix);
  });
});
