import pg from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SilentWire } from '../../sql/src/silent-wire.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';
import { describeWithDatabase, TEST_URL, useDatabase } from './test-database.fixture.ts';

const key = { appName: 'app', userId: 'ada', sessionId: 'one' };
const timeouts = { acquireTimeout: 300, callTimeout: 300 };
const unavailable = { name: 'HoldfastError', code: 'unavailable', retryable: true };

describeWithDatabase('A wire that is silent while a connection is made', () => {
  const { schema } = useDatabase();
  let wire: SilentWire;
  let url: string;
  beforeEach(async () => {
    wire = await SilentWire.to(TEST_URL);
    url = wire.through(TEST_URL);
  });
  afterEach(() => wire.cut());

  async function expectUnavailable(calls: readonly Promise<unknown>[]): Promise<void> {
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: unavailable });
    }
  }

  /** Waits until nobody waits in a pool, or takes up room; then it is of use again. */
  async function expectRoom(client: pg.Pool, service: PostgresSessionService): Promise<void> {
    const isFree = () => client.totalCount === 0 && client.waitingCount === 0;
    await vi.waitUntil(isFree, { timeout: 10_000 });
    wire.speakAgain();
    expect(await service.get(key)).toBeUndefined();
    await service.close();
    await client.end();
  }

  it('does not take up the room of a brought pool for longer than a call may wait', async () => {
    const client = new pg.Pool({ connectionString: url, max: 1 });
    const service = new PostgresSessionService({ client, schema, ...timeouts });
    wire.goSilent();
    await expectUnavailable([
      service.get(key),
      service.list(key),
      service.migrate(),
      service.checkSchema(),
    ]);
    await expectRoom(client, service);
  });

  it('takes up no room either if the connection is made in place of one that went silent', async () => {
    const client = new pg.Pool({ connectionString: url, max: 1 });
    const options = { client, schema, ...timeouts, acquireTimeout: 400 };
    const service = new PostgresSessionService(options);
    expect(await service.get(key)).toBeUndefined();
    wire.goSilent();
    await expectUnavailable(Array.from({ length: 5 }, () => service.get(key)));
    await expectRoom(client, service);
  });

  it('keeps no pool that open makes from being closed', async () => {
    const service = await PostgresSessionService.open({ url, schema, ...timeouts });
    wire.goSilent();
    const calls = Array.from({ length: 5 }, () => service.get(key));
    const outcomes = expectUnavailable(calls);
    await service.close();
    await outcomes;
    await vi.waitUntil(() => wire.connections === 0, { timeout: 10_000 });
  });

  it.each([true, false])('makes open unavailable, if migrate is %s', async (migrate) => {
    wire.goSilent();
    const open = PostgresSessionService.open({ url, schema, migrate, ...timeouts });
    await expect(open).rejects.toMatchObject(unavailable);
    await vi.waitUntil(() => wire.connections === 0, { timeout: 10_000 });
  });

  it('keeps no brought client that is being connected from being given up', async () => {
    wire.goSilent();
    const client = new pg.Client({ connectionString: url });
    const connected = client.connect().catch(() => {});
    const service = new PostgresSessionService({ client, schema, ...timeouts });
    await expect(service.get(key)).rejects.toMatchObject(unavailable);
    await expect(service.get(key)).rejects.toMatchObject(unavailable);
    await service.close();
    await vi.waitUntil(() => wire.connections === 0, { timeout: 10_000 });
    await connected;
  });
});
