import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { Session, SessionService, SessionSummary } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { expectFrozen } from '../expect-frozen.ts';
import { markers, numbers, textKinds } from '../odd-values.ts';
import { expectSameEvents, newPastSession, ownState, turnOf, wholeOf } from '../past-session.ts';
import { at, idsOf, newSession, read, seqsOf, upTo } from '../scenario.ts';

const needs = 'fork' as const;

/** Fails unless a fork is what is stored of it. */
async function expectStored(service: SessionService, fork: Session): Promise<void> {
  assert.deepEqual((await read(service, fork)).toJSON(), fork.toJSON());
}

/** What a session is after its first events. */
export const forkCases = casesOf('fork', [
  {
    title: 'is done as its capability says: a session, or `unsupported`',
    async run(context) {
      const key = await newSession(context);
      const call = () => context.service.fork(key);
      if (context.service.capabilities.fork) assert.equal((await call()).userId, key.userId);
      else await expectError(call, { code: 'unsupported' });
    },
  },
  {
    title: 'gives a new session of the same user, which says where it comes from',
    needs,
    async run(context) {
      const { service, newId } = context;
      const { key, count } = await newPastSession(context);
      const newSessionId = newId('fork');
      const fork = await service.fork({ ...key, newSessionId });
      assert.deepEqual({ ...fork.key }, { ...key, sessionId: newSessionId });
      assert.deepEqual(fork.forkedFrom, { sessionId: key.sessionId, seq: count });
      const source = await read(service, key);
      assert.equal(source.forkedFrom, undefined);
      assert.notEqual(fork.incarnation, source.incarnation);
      assert.deepEqual([fork.revision, fork.lastUpdateTime], [count, at(count)]);
      assert.ok(fork.createTime >= source.createTime);
      assert.deepEqual([fork.labels, fork.expires], [{}, undefined]);
      await expectStored(service, fork);
    },
  },
  {
    title: 'makes an id if it is given none, another one each time',
    needs,
    async run(context) {
      const { service } = context;
      const { key } = await newPastSession(context);
      const forks = [await service.fork(key), await service.fork({ ...key, throughSeq: 2 })];
      const ids = new Set([key.sessionId, ...idsOf(forks)]);
      assert.equal(ids.size, 3);
      for (const fork of forks) await expectStored(service, fork);
    },
  },
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
    title: 'leaves the session that it is made of as it is, to the byte',
    needs,
    async run(context) {
      const { service } = context;
      const { key, count } = await newPastSession(context);
      const before = JSON.stringify(await wholeOf(service, key));
      for (const throughSeq of [0, 3, count]) {
        const fork = await service.fork({ ...key, throughSeq });
        await service.appendEvent({ ...fork, event: { actions: { stateDelta: { title: 'x' } } } });
        assert.equal(JSON.stringify(await wholeOf(service, key)), before);
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
    title:
      'takes an id that another user has, or that was deleted, with nothing of the old session',
    needs,
    async run(context) {
      const { service, newId } = context;
      const { key } = await newPastSession(context);
      const other = { ...key, userId: newId('user'), sessionId: newId('session') };
      await service.create({ ...other, state: { of: 'another' } });
      const own = { ...key, sessionId: other.sessionId };
      await service.create({ ...own, state: { of: 'before' } });
      await service.appendEvents({ ...own, events: upTo(9).map(turnOf) });
      await service.delete(own);
      const fork = await service.fork({ ...key, newSessionId: own.sessionId, throughSeq: 2 });
      assert.deepEqual([fork.revision, fork.state.has('of')], [2, false]);
      assert.equal((await service.appendEvent({ ...fork, event: { id: 'e5' } })).seq, 3);
      assert.equal((await read(service, other)).state.get('of'), 'another');
    },
  },
  {
    title: 'answers with the window of events that is asked for',
    needs,
    async run(context) {
      const { service } = context;
      const { key } = await newPastSession(context);
      const seqsFor = async (window: object) =>
        seqs(await service.fork({ ...key, throughSeq: 5, ...window }));
      assert.deepEqual(await seqsFor({ numRecentEvents: 2 }), [4, 5]);
      assert.deepEqual(await seqsFor({ numRecentEvents: 0 }), []);
      assert.deepEqual(await seqsFor({ afterTimestamp: at(3) }), [3, 4, 5]);
      assert.deepEqual(await seqsFor({ numRecentEvents: 9, afterTimestamp: at(9) }), []);
    },
  },
  {
    title: 'was last updated at the latest of its events, or at its creation',
    needs,
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const times = [0, at(5), at(2), at(9)];
      await service.appendEvents({ ...key, events: times.map((timestamp) => ({ timestamp })) });
      const latest = async (throughSeq: number) => {
        const fork = await service.fork({ ...key, throughSeq });
        await expectStored(service, fork);
        return fork.lastUpdateTime === fork.createTime ? 'creation' : fork.lastUpdateTime;
      };
      const found = [];
      for (const throughSeq of upTo(4)) found.push(await latest(throughSeq));
      assert.deepEqual(found, ['creation', at(5), at(5), at(9)]);
    },
  },
  {
    title: 'has labels of its own, none of those that it was made of',
    needs: [needs, 'updateSession'],
    async run(context) {
      const { service } = context;
      const { key } = await newPastSession(context);
      await service.updateSession({ ...key, labels: { set: { title: 'source', kept: '1' } } });
      const bare = await service.fork(key);
      assert.deepEqual(bare.labels, {});
      const labelled = await service.fork({ ...key, labels: { title: 'fork', empty: '' } });
      assert.deepEqual(labelled.labels, { title: 'fork', empty: '' });
      for (const fork of [bare, labelled]) await expectStored(service, fork);
      await service.updateSession({ ...labelled, labels: { set: { title: 'x' } } });
      assert.deepEqual((await read(service, key)).labels, { title: 'source', kept: '1' });
      const labels = Object.fromEntries(upTo(33).map((n) => [`l${n}`, '']));
      await expectError(() => service.fork({ ...key, labels }), {
        code: 'invalid_argument',
        path: 'labels',
      });
    },
  },
  {
    title: 'is listed, with where it comes from and the state that it has',
    needs,
    async run(context) {
      const { service } = context;
      const { key, states } = await newPastSession(context);
      const fork = await service.fork({ ...key, throughSeq: 3 });
      const { appName, userId } = key;
      const list = { appName, userId, includeState: true, includeTotal: true };
      const { sessions, total } = await service.list(list);
      assert.deepEqual([idsOf(sessions), total], [[key.sessionId, fork.id], 2]);
      const { state, ...summary } = sessions[1] as SessionSummary;
      const { events: _, state: __, ...json } = fork.toJSON();
      assert.deepEqual({ ...summary, key: { ...summary.key } }, { ...json, key: { ...fork.key } });
      assert.deepEqual(ownState(state ?? new Map()), states[3]);
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
  {
    title: 'is there when the storage is opened again',
    needs: [needs, 'persistent'],
    async run(context) {
      const { service, reopen } = context;
      const { key } = await newPastSession(context);
      const forks: SessionKey[] = [];
      for (const throughSeq of [0, 4]) {
        forks.push((await service.fork({ ...key, throughSeq })).key);
      }
      const all = [key, ...forks];
      const before = [];
      for (const each of all) before.push(await wholeOf(service, each));
      await service.close();
      const reopened = await reopen(service);
      const after = [];
      for (const each of all) after.push(await wholeOf(reopened, each));
      assert.deepEqual(after, before);
      const again = await reopened.fork({ ...(forks[1] as SessionKey), throughSeq: 1 });
      assert.equal(again.state.get('title'), 'second');
    },
  },
]);

function seqs({ events }: Session): (number | undefined)[] {
  return seqsOf(events);
}
