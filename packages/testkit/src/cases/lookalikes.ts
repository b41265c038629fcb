import assert from 'node:assert/strict';
import type { SessionService } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { at, idsOf, ownersOf, read, upTo } from '../scenario.ts';

/** Ids that a pattern, a prefix, a collation or a conversion to a number takes for each other. */
const families: readonly (readonly string[])[] = [
  ['a_b', 'aXb', 'a%b', 'a_b%', 'a*b', 'a?b', 'a.b', 'a_bc', 'a'],
  ['shop', 'Shop', 'SHOP', 'shop-test', 'sho', 'shop/', 'shop:1'],
  ['7', '07', '007', '7.0', '7e0', '+7', '0x7', '70'],
  ['1e3', '1000', '1000.0', '01000', '1_000'],
];

const sessionsOf = async (service: SessionService, owner: { appName: string; userId?: string }) => {
  const { appName, userId } = owner;
  const list = userId === undefined ? { appName, allUsers: true as const } : { appName, userId };
  const { sessions, total } = await service.list({ ...list, limit: 1000, includeTotal: true });
  assert.equal(total, sessions.length, 'the total of a page that has all of them');
  return idsOf(sessions).sort();
};

/** Ids that only look alike. */
export const lookalikeCases = [
  ...casesOf('identity', [
    {
      title: 'lists the sessions of an app, and none of apps whose names look alike',
      async run({ service, newId }) {
        const unique = newId('app');
        for (const names of families) {
          const apps = names.map((name) => `${unique}${name}`);
          for (const appName of apps) {
            await service.create({ appName, userId: 'u', sessionId: `of ${appName}` });
          }
          for (const appName of apps) {
            assert.deepEqual(await sessionsOf(service, { appName, userId: 'u' }), [
              `of ${appName}`,
            ]);
            if (!service.capabilities.listAllUsers) continue;
            assert.deepEqual(await sessionsOf(service, { appName }), [`of ${appName}`]);
          }
        }
      },
    },
    {
      title: 'lists the sessions of a user, and none of users whose names look alike',
      async run({ service, newId }) {
        const appName = newId('app');
        const users = families.flat();
        for (const userId of users) {
          await service.create({ appName, userId, sessionId: `of ${userId}` });
        }
        for (const userId of users) {
          assert.deepEqual(await sessionsOf(service, { appName, userId }), [`of ${userId}`]);
        }
      },
    },
    {
      title: 'deletes a session, and none whose id looks alike',
      async run({ service, newKey }) {
        const { appName, userId } = newKey();
        for (const ids of families) {
          for (const sessionId of ids) {
            await service.create({ appName, userId, sessionId, state: { id: sessionId } });
            await service.appendEvent({ appName, userId, sessionId, event: { id: 'e1' } });
          }
          const left = [...ids];
          while (left.length > 0) {
            const sessionId = left.shift() as string;
            assert.equal(await service.delete({ appName, userId, sessionId }), true);
            assert.deepEqual(await sessionsOf(service, { appName, userId }), [...left].sort());
            for (const id of left) {
              const { revision, events, state } = await read(service, {
                appName,
                userId,
                sessionId: id,
              });
              assert.deepEqual(
                [revision, idsOf(events), state.get('id')],
                [1, ['e1'], id],
                `what ${id} has after ${sessionId} was deleted`,
              );
            }
          }
        }
      },
    },
    {
      title: 'appends to a session, and to none whose ids look alike',
      async run({ service, newId }) {
        const [appName, unique] = [newId('app'), newId('a')];
        const alike = ['7', '07', 'a_b', 'aXb', 'a%b', 'shop', 'Shop', 'sho'];
        const keys = alike.flatMap((id) => [
          { appName, userId: 'u', sessionId: id },
          { appName, userId: `u${id}`, sessionId: 's' },
          { appName: `${unique}${id}`, userId: 'u', sessionId: 's' },
        ]);
        for (const key of keys) await service.create(key);
        for (const [i, key] of keys.entries()) {
          await service.appendEvent({ ...key, event: { id: `e${i}`, timestamp: at(i) } });
          for (const [j, other] of keys.entries()) {
            const { revision, lastUpdateTime, createTime } = await read(service, other);
            const expected = j <= i ? [1, at(j)] : [0, createTime];
            const what = `${JSON.stringify(other)} after an append to ${JSON.stringify(key)}`;
            assert.deepEqual([revision, lastUpdateTime], expected, what);
          }
        }
      },
    },
    {
      title: 'removes a state key, and none whose name looks alike',
      async run({ service, newKey }) {
        const key = newKey();
        const { appName } = key;
        const names = families.flat();
        const set = Object.fromEntries(names.map((name) => [name, name]));
        await service.create({ ...key, state: set });
        await service.updateState({ scope: 'app', appName, set });
        for (const name of names) {
          delete set[name];
          const event = { actions: { removedStateKeys: [name] } };
          await service.appendEvent({ ...key, event });
          const app = await service.updateState({ scope: 'app', appName, remove: [name] });
          assert.deepEqual(app, set, `the state of the app without ${name}`);
        }
        const { state } = await read(service, key);
        assert.deepEqual(state.toJSON(), {}, 'what is left of the state');
      },
    },
    {
      title: 'takes ids of events for what they are, not for numbers or patterns',
      async run({ service, newKey }) {
        const key = newKey();
        await service.create(key);
        const ids = families.flat();
        for (const [i, id] of ids.entries()) {
          const { seq } = await service.appendEvent({ ...key, event: { id, timestamp: at(i) } });
          assert.equal(seq, i + 1, `the seq of the event ${id}`);
        }
        for (const [i, id] of ids.entries()) {
          const { seq } = await service.appendEvent({ ...key, event: { id, timestamp: at(i) } });
          assert.equal(seq, i + 1, `the seq of ${id}, when it is appended again`);
        }
      },
    },
  ]),
  ...casesOf('append', [
    {
      title: 'is `already_exists` for an id with another time, however far away that is',
      async run({ service, newKey }) {
        const key = newKey();
        await service.create(key);
        const day = 86_400_000;
        await service.appendEvent({ ...key, event: { id: 'e1', timestamp: at(0) } });
        for (const timestamp of [at(day), at(-day), at(1000 * day), at(-1), 0]) {
          const event = { id: 'e1', timestamp };
          await expectError(() => service.appendEvent({ ...key, event }), {
            code: 'already_exists',
          });
        }
        assert.equal((await read(service, key)).revision, 1);
      },
    },
  ]),
  ...casesOf('list', [
    {
      title: 'gives the state of each of 120 sessions of a page',
      async run({ service, newKey }) {
        const { appName, userId } = newKey();
        await Promise.all(
          upTo(120).map((n) =>
            service.create({ appName, userId, sessionId: `s${n}`, state: { n, 'user:all': 1 } }),
          ),
        );
        const page = await service.list({ appName, userId, limit: 1000, includeState: true });
        assert.equal(page.sessions.length, 120);
        for (const { sessionId, state } of page.sessions) {
          const expected = { n: Number(sessionId.slice(1)), 'user:all': 1 };
          assert.deepEqual(state?.toJSON(), expected, `the state of ${sessionId}`);
        }
      },
    },
  ]),
  ...casesOf('list', [
    {
      title: 'gives each session of a page a state of its own to change',
      async run({ service, newKey }) {
        const { appName, userId } = newKey();
        for (const sessionId of ['a', 'b', 'c']) {
          await service.create({ appName, userId, sessionId, state: { same: 1, 'user:same': 1 } });
        }
        const { sessions } = await service.list({ appName, userId, includeState: true });
        const [first, ...others] = sessions;
        first?.state?.set('same', 2).set('user:same', 2);
        for (const { state } of others) {
          assert.deepEqual(state?.toJSON(), { same: 1, 'user:same': 1 });
        }
      },
    },
  ]),
  ...casesOf('values', [
    {
      title: 'gives back a long text of characters of several bytes as it was',
      async run({ service, newKey }) {
        const key = newKey();
        const text = `a${'€𝄞é'.repeat(60_000)}`;
        await service.create({ ...key, state: { text } });
        await service.appendEvent({ ...key, event: { id: 'e1', output: text } });
        const { events, state } = await read(service, key);
        assert.ok(state.get('text') === text, 'the text in the state must be as it was');
        assert.ok(events[0]?.output === text, 'the text in the event must be as it was');
      },
    },
    {
      title: 'gives names that every object has in the state of an app and a user',
      async run({ service, newKey }) {
        const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
        const set = Object.fromEntries(names.map((name) => [name, { name }]));
        for (const owner of ownersOf(newKey())) {
          for (const state of [
            await service.updateState({ ...owner, set }),
            await service.getState(owner),
          ]) {
            assert.deepEqual(Object.entries(state).sort(), Object.entries(set).sort());
          }
        }
      },
    },
  ]),
  ...casesOf('lifecycle', [
    {
      title:
        'keeps the times of a session whose events are older, when its storage is opened again',
      needs: 'persistent',
      async run({ service, newKey, reopen }) {
        const key = newKey();
        const { createTime } = await service.create(key);
        await service.appendEvent({ ...key, event: { id: 'e1', timestamp: 1 } });
        await service.close();
        const session = await read(await reopen(service), key);
        assert.deepEqual([session.createTime, session.lastUpdateTime], [createTime, createTime]);
      },
    },
  ]),
  ...casesOf('get', [
    {
      title: 'gives 10,050 events in order if no bound is given',
      async run({ service, newKey }) {
        const key = newKey();
        await service.create(key);
        for (const batch of upTo(15)) {
          const events = upTo(670).map((n) => ({ id: `${batch}-${n}`, timestamp: at(n) }));
          await service.appendEvents({ ...key, events });
        }
        const { revision, events } = await read(service, key);
        assert.equal(revision, 10_050);
        const seqs = events.map(({ seq }) => seq);
        assert.equal(seqs.length, 10_050, 'the number of events');
        assert.ok(
          seqs.every((seq, i) => seq === i + 1),
          'the events must be in order',
        );
        const last = await service.listEvents({ ...key, order: 'desc', limit: 2 });
        assert.deepEqual(idsOf(last.events), ['15-670', '15-669']);
      },
    },
  ]),
];
