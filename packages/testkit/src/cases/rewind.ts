import assert from 'node:assert/strict';

import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { expectFrozen } from '../expect-frozen.ts';
import {
  expectSameEvents,
  newPastSession,
  ownState,
  statesAfter,
  textsOf,
  turnOf,
  wholeOf,
} from '../past-session.ts';
import { newSession, read, seqsOf, upTo } from '../scenario.ts';

/** Going back in a session. */
export const rewindCases = casesOf('rewind', [
  {
    title: 'appends a marker, and takes nothing away',
    async run(context) {
      const { service } = context;
      const { key, count } = await newPastSession(context);
      const before = await read(service, key);
      const marker = await service.rewind({ ...key, toSeq: 3 });
      assert.equal(marker.seq, count + 1);
      assert.deepEqual(marker.actions.rewind, { toSeq: 3 });
      assert.equal(marker.actions.rewindBeforeInvocationId, undefined);
      assert.equal(marker.content, undefined);
      expectFrozen(marker, 'marker');
      const after = await read(service, key);
      assert.equal(after.revision, count + 1);
      expectSameEvents(after.events, [...before.events, marker]);
      const page = await service.listEvents({ ...key, order: 'desc', limit: 2 });
      expectSameEvents(page.events, [marker, ...before.events.slice(-1)]);
      assert.equal(after.incarnation, before.incarnation);
    },
  },
  {
    title: 'appends a marker that comes back as it was from every call',
    async run(context) {
      const { service } = context;
      const { key } = await newPastSession(context);
      const marker = await service.rewind({ ...key, beforeInvocationId: 'i2' });
      assert.deepEqual(marker.actions.rewind, { toSeq: 2 });
      assert.equal(marker.actions.rewindBeforeInvocationId, 'i2');
      const last = await service.get({ ...key, numRecentEvents: 1 });
      expectSameEvents(last?.events ?? [], [marker]);
      const page = await service.listEvents({ ...key, afterSeq: (marker.seq ?? 0) - 1 });
      expectSameEvents(page.events, [marker]);
      if (service.capabilities.getEvent) {
        const found = await service.getEvent({ ...key, eventId: marker.id });
        expectSameEvents(found === undefined ? [] : [found], [marker]);
      }
    },
  },
  {
    title: 'brings back the state as it was: given, null, removed, set again',
    async run(context) {
      const { service } = context;
      for (const toSeq of upTo(7).keys()) {
        const { key, states } = await newPastSession(context);
        const before = await read(service, key);
        const marker = await service.rewind({ ...key, toSeq });
        const { state } = await read(service, key);
        assert.deepEqual(ownState(state), states[toSeq], `the state at ${toSeq}`);
        assert.deepEqual(before.withEvent(marker).state.toJSON(), state.toJSON());
        const { sessions } = await service.list({ ...key, includeState: true });
        assert.deepEqual(sessions[0]?.state?.toJSON(), state.toJSON());
      }
    },
  },
  {
    title: 'changes no key that is as it was',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { kept: { a: [1, null] }, changed: 1 });
      const actions = { stateDelta: { kept: { a: [1, null] }, changed: 2, added: 3 } };
      await service.appendEvent({ ...key, event: { actions } });
      const marker = await service.rewind({ ...key, toSeq: 0 });
      assert.deepEqual(marker.actions.stateDelta, { changed: 1 });
      assert.deepEqual(marker.actions.removedStateKeys, ['added']);
      const again = await service.rewind({ ...key, toSeq: 2 });
      assert.deepEqual(again.actions.stateDelta, {});
      assert.deepEqual(again.actions.removedStateKeys ?? [], []);
      assert.deepEqual((await read(service, key)).state.toJSON(), {
        kept: { a: [1, null] },
        changed: 1,
      });
    },
  },
  {
    title: 'knows the state of a long conversation, of which nobody has loaded the events',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { given: 1, last: 0 });
      const events = upTo(600).map((n) => ({
        ...turnOf(n),
        actions: { stateDelta: { last: n, [`k${n % 50}`]: n, ...(n === 1 && { first: 'x' }) } },
      }));
      await service.appendEvents({ ...key, events });
      const states = statesAfter({ given: 1, last: 0 }, events);
      for (const toSeq of [599, 251, 20]) {
        await service.rewind({ ...key, toSeq });
        const session = await service.get({ ...key, numRecentEvents: 0 });
        assert.deepEqual(session?.state.toJSON(), states[toSeq]);
      }
    },
  },
  {
    title: 'leaves `user:` and `app:` state as it is',
    async run(context) {
      const { service } = context;
      const { key } = await newPastSession(context);
      const { appName, userId } = key;
      const marker = await service.rewind({ ...key, toSeq: 0 });
      const { stateDelta, removedStateKeys = [] } = marker.actions;
      const keys = [...Object.keys(stateDelta), ...removedStateKeys];
      assert.deepEqual(
        keys.filter((name) => name.includes(':')),
        [],
      );
      const user = { scope: 'user', appName, userId } as const;
      assert.deepEqual(await service.getState(user), { theirs: 'u4' });
      assert.deepEqual(await service.getState({ scope: 'app', appName }), { everyones: 'a4' });
      const { state } = await read(service, key);
      assert.deepEqual([state.get('user:theirs'), state.get('user:other')], ['u4', undefined]);
    },
  },
  {
    title: 'takes later events out of the conversation, which goes on from there',
    async run(context) {
      const { service } = context;
      const { key, count } = await newPastSession(context);
      await service.rewind({ ...key, toSeq: 2 });
      assert.deepEqual(textsOf(await read(service, key)), ['t1', 't2']);
      const next = await service.appendEvent({ ...key, event: turnOf(10) });
      assert.equal(next.seq, count + 2);
      const session = await read(service, key);
      assert.deepEqual(textsOf(session), ['t1', 't2', 't10']);
      assert.deepEqual(seqsOf(session.events), upTo(count + 2));
      const recent = await service.get({ ...key, numRecentEvents: 4 });
      assert.deepEqual(recent && textsOf(recent), ['t10']);
      await service.rewind({ ...key, toSeq: 0 });
      assert.deepEqual(textsOf(await read(service, key)), []);
    },
  },
  {
    title: 'can be rewound itself, with the events, the state and the conversation as they were',
    async run(context) {
      const { service } = context;
      const { key, count, states } = await newPastSession(context);
      await service.rewind({ ...key, toSeq: 1 });
      const actions = { stateDelta: { title: 'other', more: 1 } };
      await service.appendEvent({ ...key, event: { ...turnOf(8), actions } });
      const steps: readonly (readonly [number, readonly string[], object | undefined])[] = [
        [count, ['t1', 't2', 't3', 't4', 't5', 't6'], states[count]],
        [count + 2, ['t1', 't8'], { ...states[1], title: 'other', more: 1 }],
        [count + 1, ['t1'], states[1]],
        [count + 3, ['t1', 't2', 't3', 't4', 't5', 't6'], states[count]],
        [4, ['t1', 't2', 't3', 't4'], states[4]],
        [count + 4, ['t1', 't8'], { ...states[1], title: 'other', more: 1 }],
        [0, [], states[0]],
      ];
      for (const [toSeq, texts, state] of steps) {
        await service.rewind({ ...key, toSeq });
        const session = await read(service, key);
        assert.deepEqual(textsOf(session), texts, `the conversation at ${toSeq}`);
        assert.deepEqual(ownState(session.state), state, `the state at ${toSeq}`);
      }
      assert.equal((await read(service, key)).revision, count + 2 + steps.length);
    },
  },
  {
    title: 'goes before an invocation that is named, by its first event',
    async run(context) {
      const { service } = context;
      for (const [i, seq] of [0, 2, 4].entries()) {
        const { key, states } = await newPastSession(context);
        await service.appendEvent({ ...key, event: { invocationId: 'i1' } });
        const marker = await service.rewind({ ...key, beforeInvocationId: `i${i + 1}` });
        assert.deepEqual(marker.actions.rewind, { toSeq: seq });
        assert.deepEqual(ownState((await read(service, key)).state), states[seq]);
      }
    },
  },
  {
    title: 'knows the ids of what it took back, for retries',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const events = upTo(4).map(turnOf);
      const stored = await service.appendEvents({ ...key, events });
      await service.rewind({ ...key, toSeq: 1 });
      for (const [i, event] of events.entries()) {
        assert.deepEqual(await service.appendEvent({ ...key, event }), stored[i]);
      }
      await expectError(
        () => service.appendEvent({ ...key, event: { ...turnOf(3), author: 'other' } }),
        { code: 'already_exists' },
      );
      const session = await read(service, key);
      assert.deepEqual([session.revision, textsOf(session)], [5, ['t1']]);
    },
  },
  {
    title: 'brings back what increments had made of a key',
    needs: 'increments',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { count: 1, 'user:count': 1 });
      const increments = { count: 2, missing: 1, 'user:count': 5, 'app:count': 7 };
      const event = { actions: { stateIncrements: increments } };
      for (const _ of upTo(3)) await service.appendEvent({ ...key, event });
      await service.rewind({ ...key, toSeq: 1 });
      const shared = { 'user:count': 16, 'app:count': 21 };
      const state = async () => (await read(service, key)).state.toJSON();
      assert.deepEqual(await state(), { count: 3, missing: 1, ...shared });
      await service.rewind({ ...key, toSeq: 0 });
      assert.deepEqual(await state(), { count: 1, ...shared });
      await service.rewind({ ...key, toSeq: 3 });
      assert.deepEqual(await state(), { count: 7, missing: 3, ...shared });
    },
  },
  {
    title: 'is taken along by a fork, from before it and from behind it',
    needs: 'fork',
    async run(context) {
      const { service } = context;
      const { key, count, states } = await newPastSession(context);
      await service.rewind({ ...key, toSeq: 2 });
      await service.appendEvent({ ...key, event: turnOf(9) });
      const whole = await service.fork(key);
      assert.deepEqual(textsOf(whole), ['t1', 't2', 't9']);
      assert.deepEqual(ownState(whole.state), states[2]);
      const before = await service.fork({ ...key, throughSeq: count });
      assert.deepEqual(textsOf(before), ['t1', 't2', 't3', 't4', 't5', 't6']);
      assert.deepEqual(ownState(before.state), states[count]);
      await service.rewind({ ...whole.key, toSeq: count });
      const back = await read(service, whole.key);
      assert.deepEqual([textsOf(back), ownState(back.state)], [textsOf(before), states[count]]);
      assert.deepEqual(textsOf(await read(service, key)), ['t1', 't2', 't9']);
    },
  },
  {
    title: 'is there when the storage is opened again',
    needs: 'persistent',
    async run(context) {
      const { service, reopen } = context;
      const { key, states } = await newPastSession(context);
      await service.rewind({ ...key, toSeq: 4 });
      await service.rewind({ ...key, beforeInvocationId: 'i2' });
      const before = await wholeOf(service, key);
      await service.close();
      const reopened = await reopen(service);
      assert.deepEqual(await wholeOf(reopened, key), before);
      await reopened.rewind({ ...key, toSeq: 3 });
      assert.deepEqual(ownState((await read(reopened, key)).state), states[3]);
    },
  },
]);
