import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import { casesOf } from '../conformance-case.ts';
import { newPastSession, wholeOf } from '../past-session.ts';
import { newSession, read } from '../scenario.ts';

export const initialStateCases = casesOf('get', [
  {
    title: 'gives the state that the session began with, for `includeInitialState`',
    async run(context) {
      const { service } = context;
      const { key, states } = await newPastSession(context);
      const session = await service.get({ ...key, includeInitialState: true });
      assert.deepEqual(session?.initialState, states[0]);
      const empty = await newSession(context);
      const window = { numRecentEvents: 0, active: true, includeInitialState: true };
      assert.deepEqual((await service.get({ ...empty, ...window }))?.initialState, {});
      await service.rewind({ ...key, toSeq: 2 });
      assert.deepEqual((await service.get({ ...key, ...window }))?.initialState, states[0]);
    },
  },
  {
    title: 'gives no initial state, and not only the active events, to who does not ask for it',
    async run(context) {
      const { service } = context;
      const { key, count } = await newPastSession(context);
      for (const options of [{}, { includeInitialState: false, active: false }]) {
        const session = await service.get({ ...key, ...options });
        assert.deepEqual([session?.initialState, session?.events.length], [null, count]);
      }
      assert.ok(!('initialState' in (await read(service, key)).toJSON()));
    },
  },
  {
    title: 'gives the initial state of the session that is there, and of a fork',
    async run(context) {
      const { service } = context;
      const { key, states } = await newPastSession(context);
      const initialOf = async (of: SessionKey) =>
        (await service.get({ ...of, includeInitialState: true }))?.initialState;
      const fork = service.capabilities.fork ? await service.fork(key) : undefined;
      await service.delete(key);
      await service.create({ ...key, state: { again: null, 'user:theirs': 1 } });
      assert.deepEqual(await initialOf(key), { again: null });
      if (fork !== undefined) assert.deepEqual(await initialOf(fork.key), states[0]);
      const before = await wholeOf(service, key);
      await service.getOrCreate({ ...key, state: { never: 1 } });
      assert.deepEqual(await wholeOf(service, key), before);
    },
  },
]);
