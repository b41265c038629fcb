import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError, refusalOf } from '../expect-error.ts';
import { appendAt, at, newSession, read, readState } from '../scenario.ts';

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export const createCases = casesOf('create', [
  {
    title: 'answers with the new session, empty and at revision 0',
    async run({ service, newKey }) {
      const key = newKey();
      const session = await service.create(key);
      const { id, appName, userId } = session;
      assert.deepEqual({ appName, userId, sessionId: id }, key);
      assert.deepEqual({ ...session.key }, key);
      assert.equal(session.revision, 0);
      assert.deepEqual(session.events, []);
      assert.deepEqual(session.state.toJSON(), {});
    },
  },
  {
    title: 'sets both times of a new session to the time of its creation',
    async run({ service, newKey }) {
      const session = await service.create(newKey());
      assert.ok(Number.isSafeInteger(session.createTime), 'createTime must be an integer');
      assert.ok(session.createTime > 0 && session.createTime < at(0));
      assert.equal(session.lastUpdateTime, session.createTime);
    },
  },
  {
    title: 'stores what it answered',
    async run({ service, newKey }) {
      const key = newKey();
      const created = await service.create(key);
      assert.deepEqual((await read(service, key)).toJSON(), created.toJSON());
    },
  },
  {
    title: 'gives a new UUIDv7 each time if no id is given',
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      const first = await service.create({ appName, userId });
      const second = await service.create({ appName, userId });
      assert.match(first.id, uuidV7);
      assert.match(second.id, uuidV7);
      assert.notEqual(first.id, second.id);
      assert.ok(await service.get(first.key), 'the session must be found by its new id');
    },
  },
  {
    title: 'puts each key of the initial state into its scope',
    async run({ service, newKey }) {
      const key = newKey();
      const state = { own: 1, 'user:theirs': 2, 'app:everyones': 3 };
      const session = await service.create({ ...key, state });
      const { appName, userId } = key;
      assert.deepEqual(session.state.toJSON(), state);
      assert.deepEqual(await service.getState({ scope: 'user', appName, userId }), { theirs: 2 });
      assert.deepEqual(await service.getState({ scope: 'app', appName }), { everyones: 3 });
    },
  },
  {
    title: 'stores no `temp:` key of the initial state',
    async run(context) {
      const key = await newSession(context, { kept: 1, 'temp:gone': 2 });
      assert.deepEqual(await readState(context.service, key), { kept: 1 });
    },
  },
  {
    title: 'refuses an id that is taken',
    async run(context) {
      const key = await newSession(context);
      await expectError(() => context.service.create(key), { code: 'already_exists', key });
    },
  },
  {
    title: 'leaves everything as it was if the id is taken',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { own: 1, 'user:theirs': 1, 'app:everyones': 1 });
      await service.appendEvent({ ...key, event: { id: 'e1', timestamp: at(1) } });
      const before = (await read(service, key)).toJSON();
      const state = { own: 2, 'user:theirs': 2, 'app:everyones': 2, other: 2 };
      await refusalOf(() => service.create({ ...key, state }));
      assert.deepEqual((await read(service, key)).toJSON(), before);
    },
  },
  {
    title: 'creates nothing if the initial state is refused',
    async run({ service, newKey }) {
      const key = newKey();
      const state = { 'user:good': 1, bad: Number.NaN };
      const { appName, userId } = key;
      await expectError(() => service.create({ ...key, state }), {
        code: 'invalid_argument',
        path: 'state["bad"]',
      });
      assert.equal(await service.get(key), undefined);
      assert.deepEqual(await service.getState({ scope: 'user', appName, userId }), {});
    },
  },
  {
    title: 'refuses an initial state that is not a plain object',
    async run({ service, newKey }) {
      for (const state of [null, 'text', 7, [], new Map()]) {
        await expectError(() => service.create({ ...newKey(), state: state as never }), {
          code: 'invalid_argument',
          path: 'state',
        });
      }
    },
  },
  {
    title: 'creates the session by `getOrCreate`, with its state, if there is none',
    async run({ service, newKey }) {
      const key = newKey();
      const session = await service.getOrCreate({ ...key, state: { own: 1 } });
      assert.deepEqual({ ...session.key }, key);
      assert.deepEqual(session.state.toJSON(), { own: 1 });
      assert.deepEqual((await read(service, key)).toJSON(), session.toJSON());
    },
  },
  {
    title: 'gives the session that exists by `getOrCreate`, with its events',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await service.appendEvent({ ...key, event: { id: 'e1', timestamp: at(1) } });
      const session = await service.getOrCreate(key);
      assert.deepEqual(session.toJSON(), (await read(service, key)).toJSON());
      assert.equal(session.events.length, 1);
    },
  },
  {
    title: 'ignores the state of a `getOrCreate` that finds the session',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { own: 1 });
      const state = { own: 2, other: 2, 'user:theirs': 2, 'app:everyones': 2 };
      const session = await service.getOrCreate({ ...key, state });
      assert.deepEqual(session.state.toJSON(), { own: 1 });
      assert.deepEqual(await readState(service, key), { own: 1 });
    },
  },
  {
    title: 'loads the same window of events by `getOrCreate` as by `get`',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { own: 1 });
      await appendAt(service, { key, times: [at(10), at(40), at(20), at(30)] });
      for (const window of [
        { numRecentEvents: 0 },
        { numRecentEvents: 2 },
        { afterTimestamp: at(30) },
        { numRecentEvents: 3, afterTimestamp: at(25) },
      ]) {
        const session = await service.getOrCreate({ ...key, ...window });
        const expected = await service.get({ ...key, ...window });
        assert.deepEqual(session.toJSON(), expected?.toJSON());
        assert.equal(session.revision, 4);
      }
    },
  },
  {
    title: 'creates the session by `getOrCreate` with a window, too, if there is none',
    async run({ service, newKey }) {
      const key = newKey();
      const window = { numRecentEvents: 2, afterTimestamp: at(1) };
      const session = await service.getOrCreate({ ...key, ...window, state: { own: 1 } });
      assert.deepEqual([session.revision, session.state.toJSON()], [0, { own: 1 }]);
      assert.deepEqual((await read(service, key)).toJSON(), session.toJSON());
    },
  },
  {
    title: 'refuses a window of `getOrCreate` that is out of range, and creates nothing',
    async run({ service, newKey }) {
      const key = newKey();
      for (const [path, values] of Object.entries({
        numRecentEvents: [-1, 1.5, '3', null],
        afterTimestamp: [-1, 8.64e15 + 2, '3'],
      })) {
        for (const value of values) {
          const request = { ...key, [path]: value } as never;
          const expected = { code: 'invalid_argument', path } as const;
          await expectError(() => service.getOrCreate(request), expected);
        }
      }
      assert.equal(await service.get(key), undefined);
    },
  },
  {
    title: 'requires a session id in `getOrCreate`',
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      const request = { appName, userId } as never;
      await expectError(() => service.getOrCreate(request), {
        code: 'invalid_argument',
        path: 'sessionId',
      });
    },
  },
]);
