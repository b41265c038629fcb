import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { newSession, readState } from '../scenario.ts';

export const updateStateCases = casesOf('state', [
  {
    title: 'gives an empty state if nothing was set',
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      assert.deepEqual(await service.getState({ scope: 'app', appName }), {});
      assert.deepEqual(await service.getState({ scope: 'user', appName, userId }), {});
    },
  },
  {
    title: 'sets and removes keys of a user together, and answers with the state after that',
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      const owner = { scope: 'user', appName, userId } as const;
      await service.updateState({ ...owner, set: { a: 1, b: 1, c: 1 } });
      const after = await service.updateState({ ...owner, set: { a: 2, d: 2 }, remove: ['b'] });
      assert.deepEqual(after, { a: 2, c: 1, d: 2 });
      assert.deepEqual(await service.getState(owner), after);
    },
  },
  {
    title: 'sets and removes keys of an app together, and answers with the state after that',
    async run({ service, newKey }) {
      const owner = { scope: 'app', appName: newKey().appName } as const;
      await service.updateState({ ...owner, set: { a: 1, b: 1, c: 1 } });
      const after = await service.updateState({ ...owner, set: { a: 2, d: 2 }, remove: ['b'] });
      assert.deepEqual(after, { a: 2, c: 1, d: 2 });
      assert.deepEqual(await service.getState(owner), after);
    },
  },
  {
    title: 'answers with the state if there is nothing to change',
    async run({ service, newKey }) {
      const owner = { scope: 'app', appName: newKey().appName } as const;
      await service.updateState({ ...owner, set: { a: 1 } });
      assert.deepEqual(await service.updateState(owner), { a: 1 });
      assert.deepEqual(await service.updateState({ ...owner, remove: ['b'] }), { a: 1 });
    },
  },
  {
    title: 'shows an update to existing sessions and to new ones',
    async run(context) {
      const { service, newId } = context;
      const key = await newSession(context);
      const { appName, userId } = key;
      await service.updateState({ scope: 'user', appName, userId, set: { theirs: 1 } });
      await service.updateState({ scope: 'app', appName, set: { everyones: 2 } });
      const expected = { 'user:theirs': 1, 'app:everyones': 2 };
      assert.deepEqual(await readState(service, key), expected);
      const later = await service.create({ ...key, sessionId: newId('session') });
      assert.deepEqual(later.state.toJSON(), expected);
    },
  },
  {
    title: 'keeps null as a value of an update',
    async run({ service, newKey }) {
      const owner = { scope: 'app', appName: newKey().appName } as const;
      assert.deepEqual(await service.updateState({ ...owner, set: { a: null } }), { a: null });
    },
  },
  {
    title: 'takes the names of an update without a prefix: one inside is part of the name',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const { appName } = key;
      const set = { 'user:a': 1, 'temp:b': 2 };
      assert.deepEqual(await service.updateState({ scope: 'app', appName, set }), set);
      const expected = { 'app:user:a': 1, 'app:temp:b': 2 };
      assert.deepEqual(await readState(service, key), expected);
    },
  },
  {
    title: 'refuses a key that an update both sets and removes, and changes nothing',
    async run({ service, newKey }) {
      const owner = { scope: 'app', appName: newKey().appName } as const;
      const request = { ...owner, set: { a: 1, b: 1 }, remove: ['c', 'a'] };
      await expectError(() => service.updateState(request), {
        code: 'invalid_argument',
        path: 'remove[1]',
      });
      assert.deepEqual(await service.getState(owner), {});
    },
  },
  {
    title: 'refuses names and values of an update that are wrong, and changes nothing',
    async run({ service, newKey }) {
      const owner = { scope: 'app', appName: newKey().appName } as const;
      for (const [change, path] of [
        [{ set: { good: 1, '': 1 } }, 'set[""]'],
        [{ set: { good: 1, 'app:': 1 } }, 'set["app:"]'],
        [{ set: { good: 1, bad: undefined } }, 'set["bad"]'],
        [{ set: { good: 1, bad: [{ at: Number.NaN }] } }, 'set["bad"][0].at'],
        [{ set: { good: 1 }, remove: [''] }, 'remove[0]'],
        [{ set: { good: 1 }, remove: 'good' }, 'remove'],
        [{ set: [] }, 'set'],
      ] as const) {
        const request = { ...owner, ...change } as never;
        const expected = { code: 'invalid_argument', path } as const;
        await expectError(() => service.updateState(request), expected);
      }
      assert.deepEqual(await service.getState(owner), {});
    },
  },
  {
    title: 'requires a valid scope and the ids that belong to it',
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      for (const [request, path] of [
        [{ appName }, 'scope'],
        [{ scope: 'session', appName }, 'scope'],
        [{ scope: 'user', appName }, 'userId'],
        [{ scope: 'app', appName, userId }, 'userId'],
        [{ scope: 'app' }, 'appName'],
      ] as const) {
        const expected = { code: 'invalid_argument', path } as const;
        await expectError(() => service.getState(request as never), expected);
        await expectError(() => service.updateState(request as never), expected);
      }
    },
  },
]);
