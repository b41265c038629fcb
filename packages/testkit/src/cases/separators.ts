import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { GetStateRequest, SessionService } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { at, idsOf, newSession, read, readState } from '../scenario.ts';

/** What a store may put between the parts of an address; nothing at all, too. */
const marks = ['', ':', '/', '|', '_', '-', '.', ',', '","', ':user:'];

/** Names that a store may give to its own parts of an address. */
const ownNames = [
  ...['app', 'user', 'session', 'temp', 'state', 'states', 'event', 'events', 'meta', 'ids'],
  ...['app:', 'user:', 'a', 'u', 's', 'e', '0', '1', '*', '%', '-', '~', 'null', 'undefined'],
];

/** Runs for every mark at the same time: each has sessions of its own. */
async function forEachMark(run: (mark: string) => Promise<void>): Promise<void> {
  await Promise.all(marks.map(run));
}

/** Gives each owner a state that names it, then reads all of them back. */
async function expectOwnersApart(
  service: SessionService,
  owners: readonly GetStateRequest[],
): Promise<void> {
  for (const [i, owner] of owners.entries()) {
    await service.updateState({ ...owner, set: { number: i, [`k${i}`]: i } });
  }
  for (const [i, owner] of owners.entries()) {
    assert.deepEqual(await service.getState(owner), { number: i, [`k${i}`]: i });
  }
}

export const separatorCases = [
  ...casesOf('identity', [
    {
      title: 'keeps sessions apart whose ids are joined to the same string at other places',
      async run({ service, newId }) {
        await forEachMark(async (mark) => {
          const app = newId('app');
          const keys: SessionKey[] = [
            { appName: app, userId: `b${mark}c`, sessionId: 'd' },
            { appName: app, userId: 'b', sessionId: `c${mark}d` },
            { appName: `${app}${mark}b`, userId: 'c', sessionId: 'd' },
          ];
          for (const [i, key] of keys.entries()) {
            const state = { own: i, 'user:own': i, 'app:own': i };
            await service.create({ ...key, state });
            await service.appendEvent({ ...key, event: { id: 'e', timestamp: at(i) } });
            await service.updateState({ scope: 'app', appName: key.appName, set: { own: i } });
          }
          for (const [i, key] of keys.entries()) {
            const session = await read(service, key);
            assert.deepEqual([session.revision, session.events[0]?.timestamp], [1, at(i)]);
            assert.deepEqual([session.state.get('own'), session.state.get('user:own')], [i, i]);
            assert.deepEqual(idsOf((await service.list(key)).sessions), [key.sessionId]);
          }
          assert.equal(await service.delete(keys[0] as SessionKey), true);
          for (const key of keys.slice(1)) {
            assert.equal((await service.listEvents(key)).events.length, 1);
          }
        });
      },
    },
    {
      title: 'keeps events apart whose session and id make the same string when joined',
      async run(context) {
        const { service, newId } = context;
        await forEachMark(async (mark) => {
          const key = { ...(await newSession(context)), sessionId: newId('s') };
          const longer = { ...key, sessionId: `${key.sessionId}${mark}1` };
          await service.create(key);
          await service.create(longer);
          const [one, two] = [
            { id: `1${mark}e`, author: 'one' },
            { id: 'e', author: 'two' },
          ];
          await service.appendEvent({ ...key, event: one });
          await service.appendEvent({ ...longer, event: two });
          assert.deepEqual(idsOf((await read(service, key)).events), [one.id]);
          assert.deepEqual(idsOf((await read(service, longer)).events), [two.id]);
          assert.equal((await service.appendEvent({ ...key, event: one })).author, 'one');
        });
      },
    },
    {
      title: 'treats ids that a store might use itself as ordinary ones',
      async run({ service, newId }) {
        const appName = newId('app');
        for (const [i, name] of ownNames.entries()) {
          const key = { appName, userId: name, sessionId: name };
          await service.create({ ...key, state: { own: i, 'user:theirs': i } });
          await service.appendEvent({ ...key, event: { id: name, timestamp: at(i) } });
        }
        await service.updateState({ scope: 'app', appName, set: { everyones: 'app' } });
        for (const [i, name] of ownNames.entries()) {
          const key = { appName, userId: name, sessionId: name };
          const expected = { own: i, 'user:theirs': i, 'app:everyones': 'app' };
          const { state, events } = await read(service, key);
          assert.deepEqual(state.toJSON(), expected);
          assert.deepEqual(idsOf(events), [name]);
          assert.deepEqual(idsOf((await service.list({ appName, userId: name })).sessions), [name]);
        }
      },
    },
    {
      title: 'deletes the session with the id, and none whose id only begins with it',
      async run({ service, newKey }) {
        const key = newKey();
        const { sessionId } = key;
        const others = [
          ':1',
          '/1',
          '1',
          '%',
          '_',
          '*',
          '-e',
          ':events',
          '::',
          '.a',
          '|',
          '\u{10ffff}',
        ]
          .map((end) => ({ ...key, sessionId: `${sessionId}${end}` }))
          .concat({ ...key, userId: `${key.userId}1` }, { ...key, userId: `${key.userId}:a` });
        for (const each of [key, ...others]) {
          await service.create({ ...each, state: { own: 1, 'user:theirs': 2 } });
          await service.appendEvent({ ...each, event: { id: 'e', timestamp: at(1) } });
        }
        assert.equal(await service.delete(key), true);
        for (const each of others) {
          const { events, state } = await read(service, each);
          assert.deepEqual([idsOf(events), state.toJSON()], [['e'], { own: 1, 'user:theirs': 2 }]);
        }
      },
    },
  ]),
  ...casesOf('state', [
    {
      title: 'keeps states of users and apps apart whose ids make the same string when joined',
      async run({ service, newId }) {
        await forEachMark(async (mark) => {
          const app = newId('app');
          await expectOwnersApart(service, [
            { scope: 'user', appName: app, userId: `b${mark}c` },
            { scope: 'user', appName: `${app}${mark}b`, userId: 'c' },
            { scope: 'app', appName: `${app}${mark}b${mark}c` },
            { scope: 'app', appName: app },
            { scope: 'user', appName: app, userId: 'b' },
          ]);
        });
      },
    },
    {
      title:
        'keeps the state of users whose ids a store might use itself apart from all other state',
      async run({ service, newId }) {
        const appName = newId('app');
        const users = ownNames.map((userId) => ({ scope: 'user', appName, userId }) as const);
        await expectOwnersApart(service, [{ scope: 'app', appName }, ...users]);
      },
    },
    {
      title: 'keeps state keys apart which make the same string when joined to their owner',
      async run({ service, newId }) {
        await forEachMark(async (mark) => {
          const app = newId('app');
          const short = { appName: app, userId: 'u', sessionId: 's' };
          const long = { appName: app, userId: `u${mark}a`, sessionId: `s${mark}a` };
          await service.create({ ...short, state: { [`a${mark}k`]: 1, [`user:a${mark}k`]: 2 } });
          await service.create({ ...long, state: { k: 3, 'user:k': 4 } });
          const sibling = { ...short, sessionId: long.sessionId };
          await service.create({ ...sibling, state: { k: 5 } });
          const user = { [`user:a${mark}k`]: 2 };
          assert.deepEqual(await readState(service, short), { [`a${mark}k`]: 1, ...user });
          assert.deepEqual(await readState(service, long), { k: 3, 'user:k': 4 });
          assert.deepEqual(await readState(service, sibling), { k: 5, ...user });
        });
      },
    },
    {
      title: 'keeps a session key apart from that of its user, and of its app, by any prefix',
      async run(context) {
        const { service } = context;
        const names = ['user', 'app', 'session', 'temp', 'k', 'session:k', 'state:k', 'user/k'];
        const both = ['k', 'user:k', 'app:k', 'session:k', 'temp:k', 'k:user', ':k', 'a::b'];
        const state: Record<string, string> = {};
        for (const name of names) state[name] = `session ${name}`;
        for (const name of both) {
          state[`user:${name}`] = `user ${name}`;
          state[`app:${name}`] = `app ${name}`;
        }
        const key = await newSession(context, state);
        assert.deepEqual(await readState(service, key), state);
        const { appName, userId } = key;
        const ofScope = (scope: string) =>
          Object.fromEntries(both.map((name) => [name, `${scope} ${name}`]));
        const user = await service.getState({ scope: 'user', appName, userId });
        assert.deepEqual(user, ofScope('user'));
        assert.deepEqual(await service.getState({ scope: 'app', appName }), ofScope('app'));
        const removedStateKeys = names.concat('app:k');
        await service.appendEvent({ ...key, event: { actions: { removedStateKeys } } });
        for (const name of removedStateKeys) delete state[name];
        assert.deepEqual(await readState(service, key), state);
      },
    },
  ]),
];
