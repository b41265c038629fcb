import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectFrozen } from '../expect-frozen.ts';
import { markers, numbers, textKinds } from '../odd-values.ts';
import { expectSameEvents, newPastSession, ownState, turnOf } from '../past-session.ts';
import { newSession, read, seqsOf, upTo } from '../scenario.ts';

const needs = 'fork' as const;

/** What a session is after its first events. */
export const forkPointCases = casesOf('fork', [
  {
    title: 'has the first events, with the same ids, the same `seq` and the same bytes',
    needs,
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const values = [numbers, markers, ...textKinds.map(([, texts]) => texts)];
      const events = values.map((value, i) => ({
        ...turnOf(i + 1),
        b: 1,
        a: value,
        output: value,
        actions: { stateDelta: { [`k${i}`]: value }, artifactDelta: { file: i }, z: 1, y: null },
      }));
      await service.appendEvents({ ...key, events });
      const source = await read(service, key);
      for (const throughSeq of [1, 4, events.length]) {
        const fork = await service.fork({ ...key, throughSeq });
        expectSameEvents(fork.events, source.events.slice(0, throughSeq));
        expectSameEvents((await read(service, fork)).events, source.events.slice(0, throughSeq));
        expectFrozen(fork.events, 'events');
      }
    },
  },
  {
    title: 'has the state as it was then: what was given, null, removed, and set again',
    needs,
    async run(context) {
      const { service } = context;
      const { key, states } = await newPastSession(context);
      for (const [throughSeq, state] of states.entries()) {
        const fork = await service.fork({ ...key, throughSeq });
        assert.deepEqual(ownState(fork.state), state, `the state at ${throughSeq}`);
        assert.deepEqual(ownState((await read(service, fork)).state), state);
        assert.equal(fork.revision, throughSeq);
      }
    },
  },
  {
    title: 'has the state as it was then after increments, also of a key that was missing',
    needs: [needs, 'increments'],
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { given: 5, most: Number.MAX_SAFE_INTEGER });
      const increments = [
        { given: 1, missing: 1 },
        { given: -7, missing: -1, most: -Number.MAX_SAFE_INTEGER },
        { missing: 0, most: -Number.MAX_SAFE_INTEGER, late: 0 },
        { most: 2, given: 3 },
      ];
      for (const stateIncrements of increments) {
        await service.appendEvent({ ...key, event: { actions: { stateIncrements } } });
      }
      const set = { given: 'x', missing: 'x', most: 'x', late: 'x' };
      await service.appendEvent({ ...key, event: { actions: { stateDelta: set } } });
      const most = Number.MAX_SAFE_INTEGER;
      const states = [
        { given: 5, most },
        { given: 6, most, missing: 1 },
        { given: -1, most: 0, missing: 0 },
        { given: -1, most: -most, missing: 0, late: 0 },
        { given: 2, most: 2 - most, missing: 0, late: 0 },
        set,
      ];
      for (const [throughSeq, state] of states.entries()) {
        const fork = await service.fork({ ...key, throughSeq });
        assert.deepEqual(fork.state.toJSON(), state, `the state at ${throughSeq}`);
      }
    },
  },
  {
    title: 'has the state as it was before an event whose changes cancel each other out in a batch',
    needs,
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: 1 });
      const change = (stateDelta: object, removedStateKeys: string[] = []) => ({
        actions: { stateDelta: { ...stateDelta }, removedStateKeys },
      });
      const events = [change({ a: 2, b: 1 }), change({ b: 2 }, ['a']), change({ a: 1 }, ['b'])];
      await service.appendEvents({ ...key, events });
      const states = [{ a: 1 }, { a: 2, b: 1 }, { b: 2 }, { a: 1 }];
      for (const [throughSeq, state] of states.entries()) {
        const fork = await service.fork({ ...key, throughSeq });
        assert.deepEqual(fork.state.toJSON(), state);
      }
    },
  },
  {
    title: 'leaves `user:` and `app:` state as it is, and sees it as it is now',
    needs,
    async run(context) {
      const { service } = context;
      const { key } = await newPastSession(context);
      const { appName, userId } = key;
      const shared = async () => [
        await service.getState({ scope: 'user', appName, userId }),
        await service.getState({ scope: 'app', appName }),
      ];
      assert.deepEqual(await shared(), [{ theirs: 'u4' }, { everyones: 'a4' }]);
      for (const throughSeq of [0, 2, 5]) {
        const fork = await service.fork({ ...key, throughSeq });
        assert.equal(fork.state.get('user:theirs'), 'u4');
        assert.equal(fork.state.get('app:everyones'), 'a4');
        assert.equal(fork.state.has('user:other'), false);
        assert.deepEqual(await shared(), [{ theirs: 'u4' }, { everyones: 'a4' }]);
      }
    },
  },
  {
    title: 'has no event and the initial state for `throughSeq: 0`',
    needs,
    async run(context) {
      const { service } = context;
      const { key, states } = await newPastSession(context);
      const fork = await service.fork({ ...key, throughSeq: 0 });
      assert.deepEqual([fork.revision, fork.events], [0, []]);
      assert.deepEqual(ownState(fork.state), states[0]);
      assert.equal(fork.lastUpdateTime, fork.createTime);
      assert.equal((await service.appendEvent({ ...fork, event: { id: 'e1' } })).seq, 1);
      const empty = await newSession(context, { a: null });
      const copy = await service.fork(empty);
      assert.deepEqual([copy.revision, copy.events, copy.state.toJSON()], [0, [], { a: null }]);
    },
  },
  {
    title: 'has the events before the first one of an invocation for `beforeInvocationId`',
    needs,
    async run(context) {
      const { service } = context;
      const { key, states } = await newPastSession(context);
      await service.appendEvent({ ...key, event: { invocationId: 'i1' } });
      for (const [i, seq] of [0, 2, 4].entries()) {
        const fork = await service.fork({ ...key, beforeInvocationId: `i${i + 1}` });
        assert.deepEqual(seqsOf(fork.events), upTo(seq));
        assert.deepEqual(ownState(fork.state), states[seq]);
        assert.equal(fork.forkedFrom?.seq, seq);
      }
    },
  },
  {
    title: 'can be done within a function call and its response',
    needs,
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const call = { functionCall: { id: 'c1', name: 'look', args: {} } };
      const response = { functionResponse: { id: 'c1', name: 'look', response: {} } };
      for (const part of [call, response]) {
        await service.appendEvent({ ...key, event: { content: { parts: [part] } } });
      }
      const fork = await service.fork({ ...key, throughSeq: 1 });
      assert.deepEqual(fork.conversationHistory, [{ parts: [call] }]);
    },
  },
  {
    title: 'has a conversation of many events, whole or to the middle',
    needs,
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { n: 0 });
      for (const part of upTo(3).keys()) {
        const events = upTo(700).map((i) => {
          const n = part * 700 + i;
          return { ...turnOf(n), actions: { stateDelta: { n, [`k${n % 7}`]: n } } };
        });
        await service.appendEvents({ ...key, events });
      }
      const source = await read(service, key);
      for (const throughSeq of [2100, 1051, 1]) {
        const fork = await service.fork({ ...key, throughSeq });
        expectSameEvents(fork.events, source.events.slice(0, throughSeq));
        assert.equal(fork.state.get('n'), throughSeq);
        assert.equal(fork.state.size, Math.min(7, throughSeq) + 1);
        const last = await service.get({ ...fork.key, numRecentEvents: 2 });
        assert.deepEqual(last?.events, fork.events.slice(-2));
      }
      assert.deepEqual((await read(service, key)).toJSON(), source.toJSON());
    },
  },
]);
