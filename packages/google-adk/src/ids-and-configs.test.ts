import { createEvent } from '@google/adk';
import { describe, expect, it } from 'vitest';
import { changing, openSession as open, owner } from './live-session.fixture.ts';

describe('the ids and states of ADK', () => {
  it('an empty session id is none', async () => {
    const { service } = await open();
    const first = await service.createSession({ ...owner, sessionId: '' });
    const second = await service.getOrCreateSession({ ...owner, sessionId: '' });
    expect(first.id).not.toBe(second.id);
  });

  it('a state may have keys that are undefined, and temp: keys', async () => {
    const { service } = await open();
    const state = { a: 1, b: undefined, 'temp:t': 1 };
    expect((await service.createSession({ ...owner, state })).state).toEqual({ a: 1 });
  });

  it('afterTimestamp may lie between two milliseconds, or before all', async () => {
    const { service, session } = await open();
    for (const timestamp of [1000, 1001]) {
      await service.appendEvent({ session, event: createEvent({ timestamp }) });
    }
    const read = async (afterTimestamp: number) => {
      const key = { ...owner, sessionId: session.id };
      return (await service.getSession({ ...key, config: { afterTimestamp } }))?.events.length;
    };
    expect([await read(1000.5), await read(-1), await read(0)]).toEqual([1, 2, 2]);
  });

  it('a session that does not exist is undefined', async () => {
    const { service } = await open();
    expect(await service.getSession({ ...owner, sessionId: 'none' })).toBeUndefined();
  });

  it.each([
    ['empty', ''],
    ['too long', 'x'.repeat(256)],
    ['padded', ' one '],
    ['with a control character', 'a\u0000'],
    ['not well-formed', '\ud800'],
    ['a number', 5],
    ['null', null],
    ['an object', {}],
    ['absent', undefined],
  ])('no session has an id that is %s', async (_, given) => {
    const { service, session } = await open();
    const id = given as string;
    for (const field of ['appName', 'userId', 'sessionId'] as const) {
      const key = { ...owner, sessionId: session.id, [field]: id };
      expect(await service.getSession(key)).toBeUndefined();
      await service.deleteSession(key);
      if (field === 'sessionId') continue;
      await expect(service.createSession(key)).rejects.toMatchObject({ path: field });
      if (field === 'userId' && id === undefined) continue; // of every user
      expect(await service.listSessions(key)).toMatchObject({ sessions: [], totalItems: 0 });
    }
    const odd = { ...session, id };
    await expect(service.appendEvent({ session: odd, event: changing({}) })).rejects.toMatchObject({
      code: 'invalid_argument',
      path: 'sessionId',
    });
    expect(await service.getSession({ ...owner, sessionId: session.id })).toBeDefined();
  });

  it.each([
    { numRecentEvents: -1 },
    { numRecentEvents: 1.5 },
    { numRecentEvents: Number.NaN },
    { numRecentEvents: '1' as unknown as number },
    { afterTimestamp: Number.NaN },
    { afterTimestamp: Number.POSITIVE_INFINITY },
    { afterTimestamp: 'now' as unknown as number },
  ])('a config with %o is refused', async (config) => {
    const { service, session } = await open();
    const read = service.getSession({ ...owner, sessionId: session.id, config });
    await expect(read).rejects.toMatchObject({
      code: 'invalid_argument',
      path: Object.keys(config)[0],
    });
  });

  it('null in a config, or in place of one, is nothing, and so is a state of null', async () => {
    const { service, session } = await open();
    await service.appendEvent({ session, event: changing({}) });
    const key = { ...owner, sessionId: session.id };
    const nothing = null as unknown as undefined;
    for (const config of [nothing, { numRecentEvents: nothing, afterTimestamp: nothing }]) {
      const read = await service.getSession({ ...key, config } as never);
      expect(read?.events).toHaveLength(1);
    }
    expect((await service.createSession({ ...owner, state: nothing } as never)).state).toEqual({});
  });
});
