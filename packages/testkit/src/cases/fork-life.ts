import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { Session } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { newPastSession, ownState, textsOf, turnOf, wholeOf } from '../past-session.ts';
import { at, idsOf, newSession, read, seqsOf, upTo } from '../scenario.ts';

const needs = 'fork' as const;

/** What becomes of a fork, and of what it was made of. */
export const forkLifeCases = casesOf('fork', [
  {
    title: 'goes its own way: what one session gets, the other does not',
    needs,
    async run(context) {
      const { service } = context;
      const { key, count } = await newPastSession(context);
      const first = await service.fork({ ...key, throughSeq: 3 });
      const second = await service.fork({ ...key, throughSeq: 3 });
      const append = (to: SessionKey, own: string) =>
        service.appendEvent({
          ...to,
          event: { ...turnOf(9), author: own, actions: { stateDelta: { own, title: own } } },
        });
      assert.equal((await append(first.key, 'first')).seq, 4);
      assert.equal((await append(second.key, 'second')).seq, 4);
      assert.equal((await append(key, 'source')).seq, count + 1);
      for (const [each, own, seq] of [
        [first.key, 'first', 4],
        [second.key, 'second', 4],
        [key, 'source', count + 1],
      ] as const) {
        const { events, state, revision } = await read(service, each);
        assert.deepEqual(
          [revision, events.at(-1)?.author, state.get('own'), state.get('title')],
          [seq, own, own, own],
        );
        assert.deepEqual(seqsOf(events), upTo(seq));
      }
    },
  },
  {
    title: 'gives a fork whose time is over already, as `create` does, and then it is gone',
    needs: ['fork', 'updateSession'],
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const newSessionId = context.newId('fork');
      const gone = { ...key, sessionId: newSessionId };
      const fork = await service.fork({ ...key, newSessionId, expires: { at: 1 } });
      assert.deepEqual([fork.id, fork.expires], [newSessionId, { at: 1 }]);
      assert.equal(await service.get(gone), undefined);
      const again = await service.fork({ ...key, newSessionId });
      assert.equal(again.expires, undefined);
      assert.notEqual(await service.get(gone), undefined);
    },
  },
  {
    title: 'knows the ids of the events that it was made with, for retries',
    needs,
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const events = upTo(5).map(turnOf);
      await service.appendEvents({ ...key, events });
      const fork = await service.fork({ ...key, throughSeq: 3 });
      const to = fork.key;
      for (const event of fork.events) {
        assert.deepEqual(await service.appendEvent({ ...to, event }), event);
      }
      assert.deepEqual(
        await service.appendEvents({ ...to, events: events.slice(0, 3) }),
        fork.events,
      );
      const other = { ...turnOf(2), author: 'other' };
      await expectError(() => service.appendEvent({ ...to, event: other }), {
        code: 'already_exists',
        key: to,
      });
      assert.equal((await read(service, to)).revision, 3);
      const stored = await service.appendEvents({ ...to, events, onStored: 'skip' });
      assert.deepEqual(seqsOf(stored), upTo(5));
      assert.equal((await service.appendEvent({ ...key, event: turnOf(4) })).seq, 4);
    },
  },
  {
    title: 'takes each call as any session does',
    needs,
    async run(context) {
      const { service } = context;
      const { key } = await newPastSession(context);
      const { key: fork } = await service.fork({ ...key, throughSeq: 4 });
      const page = await service.listEvents({ ...fork, afterSeq: 1, limit: 2 });
      assert.deepEqual([seqsOf(page.events), page.hasMore], [[2, 3], true]);
      const event = { timestamp: at(50), actions: { removedStateKeys: ['empty'] } };
      const appended = await service.appendEvent({ ...fork, event, expectedRevision: 4 });
      assert.equal(appended.seq, 5);
      await expectError(() => service.appendEvent({ ...fork, event, expectedRevision: 4 }), {
        code: 'conflict',
        revision: 5,
      });
      const session = await read(service, fork);
      assert.deepEqual([session.lastUpdateTime, session.state.has('empty')], [at(50), false]);
      const { sessions } = await service.list({ ...key });
      assert.deepEqual(idsOf(sessions), [fork.sessionId, key.sessionId]);
      const again = await service.getOrCreate({ ...fork, state: { never: 1 }, numRecentEvents: 1 });
      assert.deepEqual(seqsOf(again.events), [5]);
      await expectError(() => service.create(fork), { code: 'already_exists' });
      assert.equal(await service.delete(fork), true);
      assert.equal(await service.get(fork), undefined);
      assert.equal((await service.create(fork)).revision, 0);
    },
  },
  {
    title: 'stays whole when the session that it was made of is deleted, and the other way round',
    needs,
    async run(context) {
      const { service } = context;
      const { key, states } = await newPastSession(context);
      const fork = await service.fork({ ...key, throughSeq: 5 });
      const other = await service.fork({ ...key, throughSeq: 2 });
      const [source, before] = [await wholeOf(service, key), await wholeOf(service, fork.key)];
      await service.delete(other.key);
      assert.deepEqual(await wholeOf(service, key), source);
      assert.deepEqual(await wholeOf(service, fork.key), before);
      await service.delete(key);
      assert.deepEqual(await wholeOf(service, fork.key), before);
      await service.create({ ...key, state: { title: 'again' } });
      await service.appendEvents({ ...key, events: upTo(3).map(turnOf) });
      assert.deepEqual(await wholeOf(service, fork.key), before);
      for (const throughSeq of [0, 1, 3]) {
        const later = await service.fork({ ...fork.key, throughSeq });
        assert.deepEqual(ownState(later.state), states[throughSeq]);
      }
    },
  },
  {
    title: 'can be forked in its turn, also before the point where it was made',
    needs,
    async run(context) {
      const { service } = context;
      const { key, states } = await newPastSession(context);
      const first = await service.fork({ ...key, throughSeq: 5 });
      await service.appendEvent({
        ...first.key,
        event: { ...turnOf(20), actions: { stateDelta: { title: 'fork' } } },
      });
      const second = await service.fork({ ...first.key });
      assert.deepEqual(second.forkedFrom, { sessionId: first.id, seq: 6 });
      assert.deepEqual(idsOf(second.events), ['e1', 'e2', 'e3', 'e4', 'e5', 'e20']);
      assert.deepEqual(ownState(second.state), { ...states[5], title: 'fork' });
      for (const throughSeq of [5, 2, 0]) {
        const third = await service.fork({ ...second.key, throughSeq });
        assert.deepEqual(third.forkedFrom, { sessionId: second.id, seq: throughSeq });
        assert.deepEqual(ownState(third.state), states[throughSeq]);
        assert.deepEqual(seqsOf(third.events), upTo(throughSeq));
        const { initialState } = (await service.get({
          ...third.key,
          includeInitialState: true,
        })) as Session;
        assert.deepEqual(initialState, states[0]);
      }
    },
  },
  {
    title: 'has events of its own: those that one session gets do not go on with another',
    needs,
    async run(context) {
      const { service } = context;
      const { key, count } = await newPastSession(context);
      const source = await read(service, key);
      const fork = await service.fork(key);
      const event = await service.appendEvent({ ...key, event: turnOf(9) });
      const own = await service.appendEvent({ ...fork.key, event: turnOf(9) });
      assert.equal(source.withEvent(event).revision, count + 1);
      assert.equal(fork.withEvent(own).revision, count + 1);
      for (const call of [() => fork.withEvent(event), () => source.withEvent(own)]) {
        await expectError(async () => call(), { code: 'conflict' });
      }
      const { incarnation: expectedIncarnation } = source;
      const late = { ...fork.key, event: turnOf(10), expectedIncarnation };
      await expectError(() => service.appendEvent(late), { code: 'conflict' });
      assert.deepEqual(textsOf(fork.withEvent(own)).at(-1), 't9');
    },
  },
  {
    title: 'has the time, the conversation and the events that any reader of it sees',
    needs: [needs, 'getEvent'],
    async run(context) {
      const { service } = context;
      const { key } = await newPastSession(context);
      const fork = await service.fork({ ...key, throughSeq: 4 });
      assert.deepEqual(textsOf(fork), ['t1', 't2', 't3', 't4']);
      for (const event of fork.events) {
        const found = await service.getEvent({ ...fork.key, eventId: event.id });
        assert.deepEqual(found, event);
      }
      assert.equal(await service.getEvent({ ...fork.key, eventId: 'e5' }), undefined);
    },
  },
]);
