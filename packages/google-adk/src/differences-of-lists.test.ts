import type { BaseSessionService, ListSessionsRequest } from '@google/adk';
import { describe, expect, it } from 'vitest';
import { key, owner, said, useServices, wordsIn } from './differences.fixture.ts';

/** Each title is a row of the table in docs/semantics.md. */
describe("ADK's own stores and ours: lists and windows", () => {
  const { onEach } = useServices();

  it('one session id under two users', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      await service.createSession({ ...key, userId: 'bob' });
      await service.appendEvent({ session, event: said('hello') });
      const other = await service.getSession({ ...key, userId: 'bob' });
      return [await wordsIn(service), other?.events.length];
    });
    const apart = ['hello', 0];
    expect(found).toEqual({ memory: apart, database: apart, ours: apart });
  });

  it('a session that does not exist', async () => {
    const found = await onEach((service) => service.getSession(key));
    expect(found).toEqual({ memory: undefined, database: undefined, ours: undefined });
  });

  it('a list without a `userId`', async () => {
    const found = await onEach(async (service) => {
      await service.createSession(key);
      await service.createSession({ ...key, userId: 'bob' });
      return (await service.listSessions({ appName: 'app' })).totalItems;
    });
    expect(found).toEqual({ memory: 2, database: 2, ours: 2 });
  });

  it('a list without an `order`', async () => {
    const found = await onEach(async (service) => {
      const times = { first: 8e12, second: 9e12, third: 7e12 };
      for (const [id, time] of Object.entries(times)) await createAt({ service, id, time });
      return idsOf(service);
    });
    expect(found).toEqual({
      memory: 'first second third',
      database: 'first second third',
      ours: 'second first third',
    });
  });

  it('sessions of the same time in a list', async () => {
    const found = await onEach(async (service) => {
      for (const id of ['b', 'a', 'c']) await createAt({ service, id, time: 9e12 });
      return [await idsOf(service, { order: 'asc' }), await idsOf(service, { order: 'desc' })];
    });
    expect(found).toEqual({
      memory: ['a b c', 'a b c'],
      database: ['a b c', 'a b c'],
      ours: ['a b c', 'c b a'],
    });
  });

  it('`afterTimestamp`, if times are not in order', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      for (const timestamp of [9000, 5000, 7000]) {
        await service.appendEvent({ session, event: said(`${timestamp}`, { timestamp }) });
      }
      return wordsIn(service, { afterTimestamp: 6000 });
    });
    expect(found).toEqual({ memory: '7000', database: '7000 9000', ours: '9000 7000' });
  });

  it('a negative `numRecentEvents`', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      for (const [i, words] of ['a', 'b', 'c'].entries()) {
        await service.appendEvent({ session, event: said(words, { timestamp: 5000 + i }) });
      }
      return wordsIn(service, { numRecentEvents: -1 });
    });
    expect(found).toEqual({ memory: 'b c', database: 'a b c', ours: 'invalid_argument' });
  });

  it('a negative `limit` or `offset`, or `page: 0`', async () => {
    const found = await onEach(async (service) => {
      for (const id of ['a', 'b']) await createAt({ service, id, time: 9e12 });
      const answers: string[] = [];
      for (const more of [{ limit: -1 }, { offset: -1 }, { limit: 1, page: 0 }]) {
        const answer = idsOf(service, { ...more, order: 'asc' });
        answers.push(await answer.catch((error) => (error.code ? error.code : 'an Error')));
      }
      return answers;
    });
    expect(found).toEqual({
      memory: ['a', 'b', ''],
      database: ['a b', 'an Error', 'an Error'],
      ours: ['invalid_argument', 'invalid_argument', 'invalid_argument'],
    });
  });
});

async function createAt(request: {
  readonly service: BaseSessionService;
  readonly id: string;
  readonly time: number;
}): Promise<void> {
  const { service, id: sessionId, time: timestamp } = request;
  const session = await service.createSession({ ...owner, sessionId });
  await service.appendEvent({ session, event: said('hello', { timestamp }) });
}

async function idsOf(service: BaseSessionService, more: Partial<ListSessionsRequest> = {}) {
  const { sessions } = await service.listSessions({ ...owner, ...more });
  return sessions.map(({ id }) => id).join(' ');
}
