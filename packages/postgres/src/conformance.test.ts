import { testSessionService } from '@holdfast/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SQL_CAPABILITIES } from '../../sql/src/capabilities.fixture.ts';
import { processStarter } from '../../testkit/src/process/bundle-module.fixture.ts';
import { describeSome, isRacing, isSequential } from '../../testkit/src/some-concerns.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';
import { scanSchema } from './scan-schema.fixture.ts';
import { describeWithDatabase, migrate, TEST_URL, useDatabase } from './test-database.fixture.ts';

const startProcess = processStarter(new URL('./store-process.fixture.ts', import.meta.url));

describeWithDatabase('PostgresSessionService', () => {
  const { open, schema } = useDatabase();
  testSessionService(
    { describe, it },
    {
      name: 'on a pool',
      create: () => open(),
      reopen: () => open(),
      startProcess: () => startProcess({ url: TEST_URL, schema }),
      scan: () => scanSchema(schema),
    },
  );

  const tablePrefix = 'Other_';
  beforeAll(() => migrate({ schema, tablePrefix }));
  const openUnprepared = () => open({ tablePrefix, preparedStatements: false });
  testSessionService(
    { describe: describeSome(isSequential), it },
    {
      name: 'without prepared statements, in tables of another prefix',
      create: openUnprepared,
      reopen: openUnprepared,
      propertyRuns: 5,
    },
  );

  const client = new pg.Client(TEST_URL);
  beforeAll(() => client.connect());
  afterAll(() => client.end());
  const openClient = () => new PostgresSessionService({ client, schema });
  testSessionService(
    { describe: describeSome(isRacing), it },
    { name: 'on one connection', create: openClient, reopen: openClient, propertyRuns: 5 },
  );

  it('excuses itself from nothing', () => {
    const capabilities = {
      persistent: true,
      shared: true,
      ...SQL_CAPABILITIES,
    };
    expect(open().capabilities).toStrictEqual(capabilities);
    expect(openClient().capabilities).toStrictEqual(capabilities);
  });
});
