import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { expectVersion1, type MadeByVersion1 } from '../../session/src/version-1.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';
import {
  describeWithDatabase,
  dropSchema,
  newSchemaName,
  runSql,
  TEST_URL,
} from './test-database.fixture.ts';

const made: MadeByVersion1<string> = JSON.parse(
  readFileSync(new URL('./version-1.fixture.json', import.meta.url), 'utf8'),
);

describeWithDatabase('a schema of version 1', () => {
  it('is brought up to date by one of many, its data whole', async () => {
    const schema = newSchemaName();
    const written = [`SET search_path = ${schema}`, ...made.written].join(';\n');
    await runSql(`CREATE SCHEMA ${schema}`);
    await runSql(`${written};\nRESET search_path`);
    const open = (migrate: boolean) =>
      PostgresSessionService.open({ url: TEST_URL, schema, migrate });
    await expect(open(false)).rejects.toMatchObject({ code: 'misconfigured' });
    const services = await Promise.all(Array.from({ length: 4 }, () => open(true)));
    await expectVersion1(services[0] as PostgresSessionService, made);
    await Promise.all(services.map((service) => service.close()));
    await dropSchema(schema);
  });
});
