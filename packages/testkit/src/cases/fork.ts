import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { Session, SessionService, SessionSummary } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { newPastSession, ownState, turnOf, wholeOf } from '../past-session.ts';
import { at, idsOf, newSession, read, seqsOf, upTo } from '../scenario.ts';

const needs = 'fork' as const;

/** Fails unless a fork is what is stored of it. */
async function expectStored(service: SessionService, fork: Session): Promise<void> {
  assert.deepEqual((await read(service, fork)).toJSON(), fork.toJSON());
}

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
        seqsOf((await service.fork({ ...key, throughSeq: 5, ...window })).events);
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
