import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  AFTER_OLDER_VERSIONS,
  expectOlderVersion,
  expectOlderVersionSwept,
  type MadeByOlderVersion,
} from '../../session/src/older-version.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';
import {
  describeWithDatabase,
  dropSchema,
  newSchemaName,
  runSql,
  TEST_URL,
} from './test-database.fixture.ts';

const now = () => AFTER_OLDER_VERSIONS;

for (const version of [1, 2]) {
  const made: MadeByOlderVersion<string> = JSON.parse(
    readFileSync(new URL(`./version-${version}.fixture.json`, import.meta.url), 'utf8'),
  );

  async function schemaOfVersion(): Promise<string> {
    const schema = newSchemaName();
    const written = [`SET search_path = ${schema}`, ...made.written].join(';\n');
    await runSql(`CREATE SCHEMA ${schema}`);
    await runSql(`${written};\nRESET search_path`);
    return schema;
  }

  describeWithDatabase(`a schema of version ${version}`, () => {
    it('is brought up to date by one of many, its data whole', async () => {
      const schema = await schemaOfVersion();
      const open = (migrate: boolean) =>
        PostgresSessionService.open({ url: TEST_URL, schema, migrate, now });
      await expect(open(false)).rejects.toMatchObject({ code: 'misconfigured' });
      const services = await Promise.all(Array.from({ length: 4 }, () => open(true)));
      await expectOlderVersion(services[0] as PostgresSessionService, made);
      await Promise.all(services.map((service) => service.close()));
      await dropSchema(schema);
    });

    it('knows how long nobody has touched its sessions', async () => {
      const schema = await schemaOfVersion();
      const service = await PostgresSessionService.open({ url: TEST_URL, schema, now });
      await expectOlderVersionSwept(service, made);
      await service.close();
      await dropSchema(schema);
    });
  });
}
