import type { EventInput } from '@holdfast/core';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PostgresSessionService } from './postgres-session-service.ts';
import { describeWithDatabase, TEST_URL, useDatabase } from './test-database.fixture.ts';
import { type Traffic, WireProxy } from './wire-proxy.fixture.ts';

describeWithDatabase('The round trips of a PostgresSessionService', () => {
  const { schema } = useDatabase();
  let proxy: WireProxy;
  beforeAll(async () => {
    proxy = await WireProxy.start(TEST_URL);
  });
  afterAll(() => proxy.stop());

  const key = { appName: 'app', userId: 'ada', sessionId: 'one' };
  const missing = { ...key, sessionId: 'missing' };
  const actions = { stateDelta: { a: 1, 'user:b': 2, 'app:c': 3 }, removedStateKeys: ['d'] };
  let count = 0;
  const newEvent = (more: EventInput = {}) => ({ id: `event-${++count}`, ...more });

  /** A service on one connection, which is there, with a session of three events. */
  async function connectedService(options: { readonly preparedStatements?: boolean } = {}) {
    const url = new URL(TEST_URL);
    url.host = `127.0.0.1:${proxy.port}`;
    const pool = new pg.Pool({ connectionString: url.href, max: 1 });
    const client = pool;
    const service = new PostgresSessionService({ client, closeClient: true, schema, ...options });
    await service.delete(key);
    await service.create({ ...key, state: { d: 4 } });
    await service.appendEvents({ ...key, events: [newEvent(), newEvent({ actions }), newEvent()] });
    return service;
  }

  type Call = (service: PostgresSessionService) => Promise<unknown>;
  const batch = () => Array.from({ length: 50 }, () => newEvent({ actions }));
  const one: Record<string, Call> = {
    'an append': (service) => service.appendEvent({ ...key, event: newEvent() }),
    'an append that changes all three scopes': (service) =>
      service.appendEvent({ ...key, event: newEvent({ actions }) }),
    'an append at the expected revision': (service) =>
      service.appendEvent({ ...key, event: newEvent(), expectedRevision: 3 }),
    'a batch': (service) => service.appendEvents({ ...key, events: batch() }),
    'a session with all events': (service) => service.get(key),
    'a session with its last events': (service) => service.get({ ...key, numRecentEvents: 2 }),
    'a session with its late events': (service) => service.get({ ...key, afterTimestamp: 1 }),
    'a session that does not exist': (service) => service.get(missing),
    'a page of events': (service) => service.listEvents(key),
    'a page of sessions with state and total': (service) =>
      service.list({ ...key, includeState: true, includeTotal: true }),
    'the state of an app': (service) => service.getState({ scope: 'app', appName: 'app' }),
    'migrate() on a current schema': (service) => service.migrate(),
  };
  const two: Record<string, Call> = {
    'a retry': (service) => service.appendEvent({ ...key, event: { id: `event-${count}` } }),
    'an id that is taken': (service) =>
      refused(service.appendEvent({ ...key, event: { id: `event-${count}`, author: 'me' } })),
    'an append that is not at the expected revision': (service) =>
      refused(service.appendEvent({ ...key, event: newEvent(), expectedRevision: 2 })),
    'an append to a missing session': (service) =>
      refused(service.appendEvent({ ...missing, event: newEvent() })),
    'a creation, which answers with the shared state': (service) =>
      service.create({ ...key, sessionId: `session-${++count}`, state: actions.stateDelta }),
    'an update of state, which answers with the state': (service) =>
      service.updateState({ scope: 'app', appName: 'app', set: { c: 4, d: 5 } }),
  };

  for (const [title, call] of Object.entries(one)) {
    it(`are one for ${title}`, async () => {
      expect((await traffic(call)).roundTrips).toBe(1);
    });
  }
  for (const [title, call] of Object.entries(two)) {
    it(`are two for ${title}`, async () => {
      expect((await traffic(call)).roundTrips).toBe(2);
    });
  }

  it('prepare a write once, and anew after 10, 100 and 1,000 uses', async () => {
    const { roundTrips, parsed } = await traffic(async (service) => {
      for (let i = 0; i < 1_000; i++) await service.appendEvent({ ...key, event: newEvent() });
    });
    expect(roundTrips).toBe(1_000);
    expect(parsed).toHaveLength(4);
    expect(new Set(parsed).size).toBe(4);
  });

  it('prepare a read of the last events once, and no read of all', async () => {
    const { parsed } = await traffic(async (service) => {
      for (let i = 0; i < 3; i++) await service.get({ ...key, numRecentEvents: 2 });
      for (let i = 0; i < 2; i++) await service.get(key);
    });
    expect(parsed).toStrictEqual([expect.stringMatching(/^holdfast_/), '', '']);
  });

  it('prepare nothing where prepared statements are off', async () => {
    const service = await connectedService({ preparedStatements: false });
    const append = () => service.appendEvent({ ...key, event: newEvent({ actions }) });
    const read = () => service.get({ ...key, numRecentEvents: 2 });
    const { roundTrips, parsed } = await proxy.watch(() => append().then(append).then(read));
    await service.close();
    expect(roundTrips).toBe(3);
    expect(parsed).toStrictEqual(['', '', '']);
  });

  async function traffic(call: Call): Promise<Traffic> {
    const service = await connectedService();
    try {
      return await proxy.watch(() => call(service));
    } finally {
      await service.close();
    }
  }
});

async function refused(call: Promise<unknown>): Promise<void> {
  await expect(call).rejects.toThrow();
}
