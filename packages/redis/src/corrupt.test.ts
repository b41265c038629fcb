import { expect, it } from 'vitest';
import { RedisKeys } from './redis-keys.ts';
import { describeWithServer, useServer } from './test-server.fixture.ts';

const key = { appName: 'app', userId: 'ada', sessionId: 's' };
const state = { own: 1, 'user:own': 1, 'app:own': 1 };
const life = { labels: { old: 'x', kept: 'y' }, expires: { afterIdle: 3_600_000 } };

describeWithServer('RedisSessionService over keys that hold something else', () => {
  const { client, keyPrefix, open } = useServer();
  const keys = new RedisKeys(keyPrefix);
  const { bucket, user, session } = keys.session(key);
  const other = keys.session({ ...key, sessionId: 'other' }).session;

  // Each event has changes in all scopes, and a time that goes back, so that it writes all keys.
  const events = [1, 2, 3].map((n) => ({
    id: `e${n}`,
    timestamp: 10 - n,
    actions: { stateDelta: state },
  }));
  const [first, ...rest] = events;
  const writes = {
    'an append': () => service.appendEvent({ ...key, event: first ?? {} }),
    'an append to one scope': () =>
      service.appendEvent({
        ...key,
        event: { id: 'one', timestamp: later, actions: { stateDelta: { own: 1 } } },
      }),
    'a batch': () => service.appendEvents({ ...key, events: rest }),
    'a creation': () => service.create({ ...key, sessionId: 'other', state }),
    'a creation with labels': () => service.create({ ...key, sessionId: 'other', state, ...life }),
    'an update': () =>
      service.updateSession({ ...key, labels: { set: { new: 'z' }, remove: ['old'] } }),
    'an end of labels and expiry': () =>
      service.updateSession({ ...key, labels: { remove: ['old', 'kept'] }, expires: null }),
    'a turn': () => service.acquireTurn({ ...key, turn: 't' }),
    'a sweep': () => inAnHour.sweep({ appName: 'app', userId: 'ada' }),
    'an append with increments': () =>
      service.appendEvent({
        ...key,
        event: {
          timestamp: 7,
          actions: {
            stateDelta: { 'app:more': 1 },
            removedStateKeys: ['user:more'],
            stateIncrements: state,
          },
        },
      }),
    'an erasure of events': () =>
      service.retract({ ...key, eventIds: ['before', 'late'], erase: true }),
    'a fork': () => service.fork({ ...key, newSessionId: 'other', ...life }),
    'a fork of a part': () =>
      service.fork({ ...key, newSessionId: 'other', throughSeq: 1, ...life }),
    'an import': () => service.importSession({ ...key, sessionId: 'other', ...imported }),
    'an erasure of the user': () => service.eraseUser({ appName: 'app', userId: 'ada' }),
    'an increment of the state of a user': () =>
      service.updateState({ scope: 'user', appName: 'app', userId: 'ada', increment: { own: 1 } }),
    'a deletion': () => service.delete(key),
    'an update of the state of a user': () =>
      service.updateState({
        scope: 'user',
        appName: 'app',
        userId: 'ada',
        set: { more: 1 },
        remove: ['own'],
      }),
    'an update of the state of an app': () =>
      service.updateState({ scope: 'app', appName: 'app', set: { more: 1 }, remove: ['own'] }),
  };
  // Its events are out of the order of time.
  const imported = {
    events: [9, 3].map((timestamp, i) => ({
      id: `i-${i}`,
      invocationId: '',
      timestamp,
      actions: { stateDelta: {}, artifactDelta: {} },
    })),
    session: {
      createTime: 1,
      lastUpdateTime: 9,
      revision: 2,
      initialState: { own: 1 },
      state: { own: 1 },
      ...life,
    },
  };
  const later = Date.now() + 1_000_000;
  const service = open();
  const inAnHour = open({ now: () => Date.now() + 3_700_000 });

  const names = {
    sessions: bucket.sessions,
    metas: bucket.metas,
    details: bucket.details,
    'labels of the user': user.labels,
    'sessions that expire': bucket.expiries,
    'sessions of the user that expire': user.expiries,
    'sessions of the user': user.sessions,
    'state of the user': user.state,
    events: session.events,
    ids: session.ids,
    times: session.times,
    'state of the session': session.state,
    'state of the other session': other.state,
    'events of the other session': other.events,
    'ids of the other session': other.ids,
    'times of the other session': other.times,
    'state of the app': keys.app('app').state,
  };

  for (const [title, name] of Object.entries(names)) {
    it(`changes nothing if the key of the ${title} is of a wrong type`, async () => {
      for (const write of Object.values(writes)) {
        await client.unlink(...Object.values(names));
        await service.create({ ...key, state, ...life });
        await service.appendEvents({
          ...key,
          events: [
            { id: 'before', timestamp: later - 1 },
            { id: 'late', timestamp: 5 },
          ],
        });
        await client.unlink(name);
        await client.set(name, 'not of this service');
        const before = await dump();
        const outcome = await write().then(
          () => 'done',
          (error: { code?: string }) => error.code,
        );
        // A write that does not need the key may be done.
        if (outcome === 'done') continue;
        expect(outcome).toBe('corrupt');
        expect(await dump()).toStrictEqual(before);
      }
      await client.unlink(...Object.values(names));
    });
  }

  it('is `corrupt` for each write that needs the key', async () => {
    const expiry = ['sessions that expire', 'sessions of the user that expire'];
    const ofLife = ['details', 'labels of the user', ...expiry];
    // One with a time that goes back moves no session in a list.
    const late = Object.keys(names).filter(
      (title) =>
        !title.includes('other') &&
        !title.startsWith('sessions') &&
        !['details', 'labels of the user'].includes(title),
    );
    const needs = [
      ['an append', [...late, ...expiry]],
      [
        'an append to one scope',
        [
          'sessions',
          'metas',
          'sessions of the user',
          'events',
          'ids',
          'times',
          'state of the session',
          ...expiry,
        ],
      ],
      ['a batch', [...late, ...expiry, 'sessions of the user', 'sessions']],
      [
        'a creation',
        [
          'sessions',
          'metas',
          'sessions of the user',
          'state of the user',
          'state of the other session',
          'state of the app',
        ],
      ],
      [
        'a creation with labels',
        [
          ...['sessions', 'metas', 'sessions of the user', 'state of the user', ...ofLife],
          ...['state of the other session', 'state of the app'],
        ],
      ],
      ['an append with increments', [...late, ...expiry, 'sessions of the user', 'sessions']],
      [
        'an erasure of events',
        ['sessions', 'metas', 'sessions of the user', 'events', 'ids', ...expiry],
      ],
      [
        'a fork',
        [
          ...['sessions', 'metas', 'sessions of the user', 'events', 'ids', 'times', ...ofLife],
          ...['state of the other session', 'events of the other session'],
          ...['ids of the other session', 'times of the other session'],
        ],
      ],
      ['a fork of a part', ['events', 'ids', 'times', 'ids of the other session']],
      [
        'an import',
        [
          ...['sessions', 'metas', 'sessions of the user', ...ofLife],
          ...['state of the other session', 'events of the other session'],
          ...['ids of the other session', 'times of the other session'],
        ],
      ],
      [
        'an erasure of the user',
        ['sessions', 'metas', 'sessions of the user', 'state of the user', ...ofLife],
      ],
      ['an increment of the state of a user', ['state of the user']],
      ['a deletion', ['sessions', 'metas', 'sessions of the user', ...ofLife]],
      ['an update', ['metas', ...ofLife]],
      ['an end of labels and expiry', ['metas', ...ofLife]],
      ['a turn', ['metas']],
      ['an update of the state of a user', ['state of the user']],
      ['an update of the state of an app', ['state of the app']],
    ] as const;
    for (const [write, titles] of needs) {
      for (const title of titles) {
        const name = names[title as keyof typeof names];
        await client.unlink(...Object.values(names));
        await service.create({ ...key, state, ...life });
        await service.appendEvents({
          ...key,
          events: [
            { id: 'before', timestamp: later - 1 },
            { id: 'late', timestamp: 5 },
          ],
        });
        await client.unlink(name);
        await client.set(name, 'not of this service');
        await expect(writes[write](), `${write}, ${title}`).rejects.toMatchObject({
          code: 'corrupt',
        });
      }
    }
  });

  it('is `corrupt` if events are missing, and does not count anew', async () => {
    await client.unlink(...Object.values(names));
    await service.create(key);
    await service.appendEvents({ ...key, events });
    await client.lpop(session.events);
    const corrupt = { code: 'corrupt', key };
    await expect(
      service.appendEvent({ ...key, event: { timestamp: later } }),
    ).rejects.toMatchObject(corrupt);
    await expect(service.appendEvent({ ...key, event: { timestamp: 1 } })).rejects.toMatchObject(
      corrupt,
    );
    await expect(service.appendEvents({ ...key, events: [{}, {}] })).rejects.toMatchObject(corrupt);
    await expect(service.get(key)).rejects.toMatchObject(corrupt);
    await expect(service.listEvents(key)).rejects.toMatchObject(corrupt);
    expect(await client.llen(session.events)).toBe(2);
    expect(await service.delete(key)).toBe(true);
  });

  it('is `corrupt`, and says what, if JSON or a session cannot be read', async () => {
    await client.unlink(...Object.values(names));
    await service.create({ ...key, state });
    await service.appendEvents({ ...key, events });
    const [whole = ''] = await client.lrange(session.events, 1, 1);
    for (const broken of ['', '12', '12[1]', '12{"id"', 'no number{}']) {
      await client.lset(session.events, 1, broken);
      await expect(service.get(key)).rejects.toMatchObject({
        code: 'corrupt',
        key,
        message: expect.stringContaining('event 2'),
      });
    }
    await client.lset(session.events, 1, whole);
    await client.hset(session.state, 'own', '{');
    await expect(service.get(key)).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('"own"'),
    });
    await client.hset(session.state, 'own', '1');
    await client.hset(bucket.metas, 'ada\ns', 'who knows');
    await expect(service.list({ appName: 'app', userId: 'ada' })).rejects.toMatchObject({
      code: 'corrupt',
    });
    await expect(service.appendEvent({ ...key, event: {} })).rejects.toMatchObject({
      code: 'corrupt',
    });
    await expect(service.appendEvents({ ...key, events: [{}, {}] })).rejects.toMatchObject({
      code: 'corrupt',
    });
  });

  async function dump(): Promise<unknown> {
    const found = new Map<string, string>();
    for await (const batch of client.scanStream({ match: `${keyPrefix}:*` })) {
      for (const name of batch as string[]) {
        found.set(name, String((await client.dumpBuffer(name)).toString('base64')));
      }
    }
    return [...found].sort();
  }
});
