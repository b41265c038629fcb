import { describe, expect, it } from 'vitest';
import { changing, key, owner, said, useServices, wordsIn } from './differences.fixture.ts';

/** Each title is a row of the table in docs/semantics.md. */
describe("ADK's own stores and ours: sessions", () => {
  const { memory, database, ours, onEach } = useServices();

  it('a session id that is taken', async () => {
    const found = await onEach(async (service) => {
      await service.createSession({ ...key, state: { kept: true } });
      await service.createSession(key);
      return (await service.getSession(key))?.state;
    });
    expect(found).toEqual({
      memory: {},
      database: 'Session with id one already exists.',
      ours: 'already_exists',
    });
  });

  it('many callers of getOrCreateSession', async () => {
    const found = await onEach(async (service) => {
      await service.createSession(owner); // the tables are there
      const callers = Array.from({ length: 4 }, (_, i) =>
        service.getOrCreateSession({ ...key, state: { by: i } }),
      );
      const outcomes = await Promise.allSettled(callers);
      const states = outcomes.map((each) =>
        each.status === 'fulfilled' ? each.value.state['by'] : 'failed',
      );
      return { failed: states.includes('failed'), different: new Set(states).size > 1 };
    });
    expect(found).toEqual({
      memory: { failed: false, different: true },
      database: { failed: true, different: true },
      ours: { failed: false, different: false },
    });
  });

  it('`app:` and `user:` keys at creation', async () => {
    const found = await onEach(async (service) => {
      await service.createSession({ ...owner, state: { 'app:a': 1, 'user:u': 2 } });
      return (await service.createSession(owner)).state;
    });
    const shared = { 'app:a': 1, 'user:u': 2 };
    expect(found).toEqual({ memory: {}, database: shared, ours: shared });
  });

  it('an append to a session that does not exist', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      await service.deleteSession(key);
      await service.appendEvent({ session, event: said('hello') });
      return session.events.length;
    });
    expect(found).toEqual({
      memory: 1,
      database: 'Session one not found for appendEvent',
      ours: 'not_found',
    });
  });

  it('an event id twice, with other content', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      await service.appendEvent({ session, event: said('first', { id: 'same' }) });
      await service.appendEvent({ session, event: said('second', { id: 'same' }) });
      return wordsIn(service);
    });
    expect(found).toEqual({ memory: 'second', database: 'second', ours: 'already_exists' });
  });

  it('an event that is sent again', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      const event = changing({ n: 1 });
      await service.appendEvent({ session, event });
      await service.appendEvent({ session, event: changing({ n: 2 }) });
      await service.appendEvent({ session, event });
      return (await service.getSession(key))?.state['n'];
    });
    expect(found).toEqual({ memory: 1, database: 1, ours: 2 });
  });

  it('events of the same millisecond', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      for (const words of ['a', 'b', 'c']) {
        await service.appendEvent({ session, event: said(words, { timestamp: 5000 }) });
      }
      return wordsIn(service);
    });
    expect(found).toEqual({ memory: 'a b c', database: 'c b a', ours: 'a b c' });
  });

  it('events whose times are not in order', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      for (const [words, timestamp] of [
        ['late', 9000],
        ['early', 5000],
      ] as const) {
        await service.appendEvent({ session, event: said(words, { timestamp }) });
      }
      return wordsIn(service);
    });
    expect(found).toEqual({ memory: 'late early', database: 'early late', ours: 'late early' });
  });

  it('`lastUpdateTime` after an event with an older time', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      await service.appendEvent({ session, event: said('old', { timestamp: 5000 }) });
      const stored = await service.getSession(key);
      return [session.lastUpdateTime > 5000, (stored?.lastUpdateTime ?? 0) > 5000];
    });
    expect(found).toEqual({
      memory: [false, false],
      database: [false, false],
      ours: [true, true],
    });
  });

  it('`numRecentEvents: 0`', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      await service.appendEvent({ session, event: said('hello') });
      return wordsIn(service, { numRecentEvents: 0 });
    });
    expect(found).toEqual({ memory: 'hello', database: '', ours: '' });
  });

  it('`afterTimestamp`', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      for (const timestamp of [5000, 6000, 7000]) {
        await service.appendEvent({ session, event: said(`${timestamp}`, { timestamp }) });
      }
      return wordsIn(service, { afterTimestamp: 6000 });
    });
    expect(found).toEqual({ memory: '6000 7000', database: '7000', ours: '6000 7000' });
  });

  it('a list for an empty `userId`', async () => {
    const found = await onEach(async (service) => {
      await service.createSession(owner);
      return (await service.listSessions({ appName: 'app', userId: '' })).totalItems;
    });
    expect(found).toEqual({ memory: 0, database: 1, ours: 0 });
  });

  it('the state in a list', async () => {
    const found = await onEach(async (service) => {
      await service.createSession({ ...owner, state: { cart: 1 } });
      return (await service.listSessions(owner)).sessions[0]?.state;
    });
    expect(found).toEqual({ memory: {}, database: { cart: 1 }, ours: { cart: 1 } });
  });

  it('closing', () => {
    expect('close' in memory()).toBe(false);
    expect('close' in database()).toBe(false);
    expect(ours().service.close).toBeTypeOf('function');
  });
});
