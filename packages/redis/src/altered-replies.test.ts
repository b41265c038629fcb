import { expect, it } from 'vitest';
import type { RedisClient } from './redis-client.ts';
import { RedisSessionService } from './redis-session-service.ts';
import { describeWithServer, useServer } from './test-server.fixture.ts';

const key = { appName: 'app', userId: 'ada', sessionId: 's' };
const user = { scope: 'user', appName: 'app', userId: 'ada' } as const;

/** Calls of every kind. All would be answered if the client gave replies as they are. */
const CALLS: Readonly<Record<string, (service: RedisSessionService) => Promise<unknown>>> = {
  create: (service) => service.create({ ...key, sessionId: 'other' }),
  get: (service) => service.get(key),
  appendEvent: (service) => service.appendEvent({ ...key, event: {} }),
  'appendEvent again': (service) => service.appendEvent({ ...key, event: { id: 'e0' } }),
  appendEvents: (service) => service.appendEvents({ ...key, events: [{}, {}] }),
  listEvents: (service) => service.listEvents(key),
  list: (service) => service.list({ appName: 'app', userId: 'ada', includeState: true }),
  'list of all': (service) => service.list({ appName: 'app', allUsers: true, includeTotal: true }),
  delete: (service) => service.delete(key),
  getState: (service) => service.getState(user),
  updateState: (service) => service.updateState({ ...user, set: { a: 1 } }),
};

const mapped = (change: (value: unknown) => unknown) =>
  function map(reply: unknown): unknown {
    return Array.isArray(reply) ? reply.map(map) : change(reply);
  };

/** What something between the server and the service might make of a reply. */
const ALTERED: Readonly<Record<string, (reply: unknown) => unknown>> = {
  nothing: () => undefined,
  'an object': (reply) => ({ reply }),
  true: () => true,
  OK: () => 'OK',
  'a number with a fraction': () => 1.5,
  'less of a list': (reply) => (Array.isArray(reply) ? reply.slice(0, 1) : []),
  'a list in a list': (reply) => [reply],
  'lists as objects': (reply) => (Array.isArray(reply) ? { ...reply } : { reply }),
  'bytes instead of text and numbers': mapped((value) => Buffer.from(String(value))),
  'big integers': mapped((value) => (typeof value === 'number' ? BigInt(value) : BigInt(0))),
};

describeWithServer('RedisSessionService over a client that changes replies', () => {
  const { client, keyPrefix, open } = useServer();

  for (const [title, alter] of Object.entries(ALTERED)) {
    it(`fails in every call, and gives no wrong answer: ${title}`, async () => {
      const plain = open();
      await plain.delete(key);
      await plain.delete({ ...key, sessionId: 'other' });
      await plain.create({ ...key, state: { 'user:a': 1, b: 2 } });
      await plain.appendEvents({ ...key, events: [{ id: 'e0' }, { id: 'e1' }] });
      const altered: RedisClient = {
        // What a service asks about the server comes as it is: later replies are meant.
        eval: (text, count, ...rest) => client.eval(text, count, ...rest),
        evalsha: async (sha, count, ...rest) => alter(await client.evalsha(sha, count, ...rest)),
        pipeline: (commands) => client.pipeline(commands),
        quit: () => client.quit(),
        disconnect: () => client.disconnect(),
      };
      const service = new RedisSessionService({ client: altered, keyPrefix });
      for (const [name, call] of Object.entries(CALLS)) {
        const outcome = await call(service).then(
          (answer) => answer,
          (error: { readonly code?: unknown }) => error.code,
        );
        expect(['internal', 'corrupt'], name).toContain(outcome);
      }
    });
  }

  it('counts the replicas that have a write, also if numbers come as text', async () => {
    const own = client.duplicate({ stringNumbers: true });
    const wait = { replicas: 1, timeout: 20 };
    const service = new RedisSessionService({ client: own, keyPrefix, wait });
    await expect(service.create({ ...key, sessionId: 'waits' })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('0 of 1'),
    });
    own.disconnect();
  });

  it('is `misconfigured` if the client has begun a transaction since the first call', async () => {
    const own = client.duplicate();
    const service = new RedisSessionService({ client: own, keyPrefix });
    await service.get(key);
    await own.multi({ pipeline: false });
    await expect(service.get(key)).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('MULTI'),
    });
    own.disconnect();
  });
});
