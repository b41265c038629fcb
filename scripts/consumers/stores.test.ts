import { readFileSync } from 'node:fs';
import { HoldfastError } from '@holdfast/core';
import { InMemorySessionService } from '@holdfast/in-memory';
import { MysqlSessionService } from '@holdfast/mysql';
import { PostgresSessionService } from '@holdfast/postgres';
import { RedisSessionService } from '@holdfast/redis';
import { isHoldfastError, Session, type SessionService } from '@holdfast/session';
import { SqliteSessionService } from '@holdfast/sqlite';

const { names, sqlite, postgres, mysql, redis, tablePrefix } = JSON.parse(
  readFileSync('stores.json', 'utf8'),
);
const open: Record<string, () => Promise<SessionService>> = {
  memory: async () => new InMemorySessionService(),
  sqlite: () => SqliteSessionService.open({ url: sqlite }),
  postgres: () => PostgresSessionService.open({ url: postgres, tablePrefix }),
  mysql: () => MysqlSessionService.open({ url: mysql, tablePrefix }),
  redis: () => RedisSessionService.open({ url: redis, keyPrefix: tablePrefix }),
};

describe.each(names as string[])('%s', (name) => {
  const key = { appName: 'shop', userId: 'ada', sessionId: crypto.randomUUID() };
  let service: SessionService;
  beforeAll(async () => {
    service = await open[name]();
  });
  afterAll(() => service?.close());

  test('keeps what it is given, from whichever realm', async () => {
    // In Jest, Node itself makes a copy, of other classes than those of the test.
    const state = structuredClone({ cart: ['book'], nested: { list: [1, { none: null }] } });
    const content = structuredClone({ role: 'user', parts: [{ text: 'hello' }] });
    await service.create({ ...key, state });
    const event = { author: 'user', content, actions: { stateDelta: { 'user:name': 'Ada' } } };
    expect((await service.appendEvent({ ...key, event })).seq).toBe(1);
    const session = (await service.get(key)) as Session;
    expect(session).toBeInstanceOf(Session);
    expect(session.state.toJSON()).toEqual({ ...state, 'user:name': 'Ada' });
    expect(session.conversationHistory).toEqual([content]);
    const { sessions } = await service.list({ appName: 'shop', userId: 'ada' });
    expect(sessions.map(({ id }) => id)).toContain(key.sessionId);
  });

  test('goes on from its own snapshot', async () => {
    const session = (await service.get(key)) as Session;
    const event = await service.appendEvent({ ...session, event: { author: 'agent' } });
    expect(session.withEvent(event).revision).toBe(2);
  });

  test.each([new Date(), new Uint8Array(2), new Map()])('refuses %s in a state', async (value) => {
    const request = { ...key, sessionId: crypto.randomUUID(), state: { value } as never };
    await expect(service.create(request)).rejects.toMatchObject({ code: 'invalid_argument' });
  });

  test('says what is wrong', async () => {
    const error = await service.create(key).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HoldfastError);
    expect(error).toBeInstanceOf(Error);
    expect(isHoldfastError(error, 'already_exists')).toBe(true);
    expect(await service.delete(key)).toBe(true);
    const event = { author: 'user' };
    await expect(service.appendEvent({ ...key, event })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});
