import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  AFTER_OLDER_VERSIONS,
  expectOlderVersion,
  expectOlderVersionSwept,
  type MadeByOlderVersion,
} from '../../session/src/older-version.fixture.ts';
import { MysqlSessionService, printMigrations } from './mysql-session-service.ts';
import {
  createTablePrefix,
  describeWithDatabase,
  dropTables,
  runSql,
  TEST_URL,
} from './test-database.fixture.ts';

const now = () => AFTER_OLDER_VERSIONS;

for (const version of [1, 2]) {
  const made: MadeByOlderVersion<string> = JSON.parse(
    readFileSync(new URL(`./version-${version}.fixture.json`, import.meta.url), 'utf8'),
  );

  async function tablesOfVersion(): Promise<string> {
    const tablePrefix = createTablePrefix();
    await runSql(...made.written.map((text) => text.replaceAll('holdfast_', tablePrefix)));
    return tablePrefix;
  }

  /** What the migrations behind the version run, each to its end, without the note that they are done. */
  function stepsBehind(tablePrefix: string): readonly string[] {
    const [, ...migrations] = printMigrations({ tablePrefix }).split(/^-- Version \d+\n/m);
    return migrations.slice(version).flatMap((text) => text.split(';\n').slice(0, -2));
  }

  describeWithDatabase(`a schema of version ${version}`, () => {
    it('is brought up to date by one of many, its data whole', async () => {
      const tablePrefix = await tablesOfVersion();
      const open = (migrate: boolean) =>
        MysqlSessionService.open({ url: TEST_URL, tablePrefix, migrate, now });
      await expect(open(false)).rejects.toMatchObject({ code: 'misconfigured' });
      const services = await Promise.all(Array.from({ length: 4 }, () => open(true)));
      await expectOlderVersion(services[0] as MysqlSessionService, made);
      await Promise.all(services.map((service) => service.close()));
      await dropTables(tablePrefix);
    });

    it('goes on from where a migration stopped before its end', async () => {
      const steps = stepsBehind('t').length;
      for (const done of [1, 4, Math.ceil(steps / 2), steps - 1, steps]) {
        const tablePrefix = await tablesOfVersion();
        await runSql(...stepsBehind(tablePrefix).slice(0, done));
        const service = await MysqlSessionService.open({ url: TEST_URL, tablePrefix, now });
        await expectOlderVersionSwept(service, made);
        await service.close();
        await dropTables(tablePrefix);
      }
    });

    it('knows how long nobody has touched its sessions', async () => {
      const tablePrefix = await tablesOfVersion();
      const service = await MysqlSessionService.open({ url: TEST_URL, tablePrefix, now });
      await expectOlderVersionSwept(service, made);
      await service.close();
      await dropTables(tablePrefix);
    });
  });
}
