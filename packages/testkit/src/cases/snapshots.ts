import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { SessionService, StateInput } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { at, newSession } from '../scenario.ts';

const state = { own: { n: 1 }, gone: 1, 'user:a': 1, 'user:gone': 1, 'app:a': 1, 'app:gone': 1 };

/** Everything that has a state, of a session that is new, or is there already. */
async function snapshotsOf(context: CaseContext): Promise<{
  readonly key: SessionKey;
  readonly look: () => unknown;
}> {
  const { service, newKey } = context;
  const key = newKey();
  const { appName, userId } = key;
  const sessions = [
    await service.create({ ...key, state }),
    await service.get(key),
    await service.getOrCreate(key),
    await service.get({ ...key, numRecentEvents: 0 }),
  ];
  const page = await service.list({ appName, userId, includeState: true });
  const states = [
    await service.getState({ scope: 'user', appName, userId }),
    await service.getState({ scope: 'app', appName }),
    await service.updateState({ scope: 'user', appName, userId }),
    await service.updateState({ scope: 'app', appName, set: { a: 1 } }),
  ];
  const look = () => [
    ...sessions.map((session) => session?.toJSON()),
    ...page.sessions.map((each) => [each.revision, each.lastUpdateTime, each.state?.toJSON()]),
    ...states.map((each) => ({ ...each })),
  ];
  return { key, look };
}

const writes: Readonly<Record<string, (service: SessionService, key: SessionKey) => unknown>> = {
  appendEvent: (service, key) => {
    const actions = { stateDelta: changed, removedStateKeys: ['gone', 'user:gone', 'app:gone'] };
    return service.appendEvent({ ...key, event: { timestamp: at(1), actions } });
  },
  appendEvents: (service, key) => {
    const actions = { stateDelta: changed, removedStateKeys: ['gone', 'user:gone', 'app:gone'] };
    return service.appendEvents({ ...key, events: [{ actions }, { timestamp: at(2) }] });
  },
  updateState: async (service, { appName, userId }) => {
    const changes = { set: { a: 2, new: 2 }, remove: ['gone'] };
    await service.updateState({ scope: 'user', appName, userId, ...changes });
    await service.updateState({ scope: 'app', appName, ...changes });
  },
  create: (service, { appName, userId }) => service.create({ appName, userId, state: changed }),
  delete: async (service, key) => {
    await service.delete(key);
    await service.create({ ...key, state: changed });
  },
};

const changed: StateInput = {
  own: { n: 2 },
  new: 2,
  'user:a': 2,
  'user:b': 2,
  'app:a': 2,
  'app:b': 2,
};

/** What was answered stays as it was. */
export const snapshotCases = casesOf('values', [
  ...Object.entries(writes).map(([name, write]) => ({
    title: `leaves every answer as it was when a later \`${name}\` changes what is stored`,
    async run(context: CaseContext) {
      const { key, look } = await snapshotsOf(context);
      const before = look();
      await write(context.service, key);
      assert.deepEqual(look(), before);
    },
  })),
  {
    title: 'keeps what is set in the `State` of one answer out of every other answer',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, state);
      const { appName, userId } = key;
      const answers = async () => {
        const list = await service.list({ appName, userId, includeState: true });
        const read = [await service.get(key), await service.getOrCreate(key)];
        return [...read, ...list.sessions].map((each) => each?.state);
      };
      const before = await answers();
      const first = await answers();
      for (const each of first) {
        each?.set('own', 'mine').set('user:a', 'mine').set('app:new', 'mine').set('temp:t', 1);
        each?.delete('gone');
      }
      for (const each of [...before, ...(await answers())]) assert.deepEqual(each?.toJSON(), state);
    },
  },
  {
    title: 'gives arrays of its own with each answer',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await service.appendEvents({ ...key, events: [{ timestamp: at(1) }, { timestamp: at(2) }] });
      const first = [await service.get(key), await service.getOrCreate(key)];
      const page = await service.listEvents(key);
      await service.appendEvents({ ...key, events: [{ timestamp: at(3) }] });
      for (const each of first)
        assert.deepEqual(
          each?.events.map(({ seq }) => seq),
          [1, 2],
        );
      assert.deepEqual(
        page.events.map(({ seq }) => seq),
        [1, 2],
      );
      assert.equal((await service.listEvents({ ...key, order: 'desc' })).events[0]?.seq, 3);
      assert.equal((await service.get(key))?.events[0]?.seq, 1);
    },
  },
]);
