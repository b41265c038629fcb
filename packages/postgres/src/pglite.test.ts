import { PGlite } from '@electric-sql/pglite';
import { testSessionService } from '@holdfast/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SQL_CAPABILITIES } from '../../sql/src/capabilities.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';

describe('PostgresSessionService on PGlite', () => {
  const pglite = new PGlite();
  const open = () => new PostgresSessionService({ client: pglite });
  beforeAll(() => open().migrate(), 60_000);
  afterAll(() => pglite.close());
  testSessionService(
    { describe, it },
    { name: 'in memory', create: open, reopen: open, propertyRuns: 10 },
  );

  it('excuses itself from sharing, and from persisting where it keeps no files', () => {
    const { capabilities } = open();
    expect(capabilities).toStrictEqual({
      persistent: false,
      shared: false,
      ...SQL_CAPABILITIES,
    });
    const { capabilities: withFiles } = new PostgresSessionService({
      client: {
        dataDir: './data',
        query: () => pglite.query('SELECT 1'),
        transaction: (body) => pglite.transaction(body),
        close: () => Promise.resolve(),
      },
    });
    expect(withFiles).toStrictEqual({ ...capabilities, persistent: true });
  });

  it('runs in a schema of its own', async () => {
    const service = new PostgresSessionService({ client: pglite, schema: 'Its own' });
    await service.migrate();
    await service.migrate();
    const { key } = await service.create({ appName: 'app', userId: 'ada', state: { a: 1 } });
    expect((await service.get(key))?.state.toJSON()).toStrictEqual({ a: 1 });
    expect(await open().get(key)).toBeUndefined();
  });

  it('leaves a PGlite open that was brought, unless told otherwise', async () => {
    const own = new PGlite();
    await new PostgresSessionService({ client: own }).close();
    expect(own.closed).toBe(false);
    const service = new PostgresSessionService({ client: own, closeClient: true });
    await service.migrate();
    await service.close();
    expect(own.closed).toBe(true);
  });

  it('is `unavailable` where its PGlite was closed', async () => {
    const own = new PGlite();
    await own.waitReady;
    await own.close();
    const service = new PostgresSessionService({ client: own });
    const get = service.get({ appName: 'app', userId: 'ada', sessionId: 'one' });
    await expect(get).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  });
});
