import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { at, idsOf, newSession, newSessionWithEvents, readState, seqsOf } from '../scenario.ts';

interface Reading {
  readonly call: string;
  /** Makes the call with a request that changes before the call is awaited. */
  readonly run: (context: CaseContext) => Promise<void>;
}

/** Makes a call, changes its request at once, and gives the answer. */
function thenChange<Request extends object, Answer>(
  call: (request: Request) => Promise<Answer>,
  { request, changes }: { readonly request: Request; readonly changes: object },
): Promise<Answer> {
  const answer = call(request);
  Object.assign(request, changes);
  return answer;
}

const readings: readonly Reading[] = [
  {
    call: 'create',
    async run(context) {
      const { service } = context;
      const key = context.newKey();
      const state: Record<string, unknown> = { own: { list: [1] }, 'user:theirs': [1] };
      const created = service.create({ ...key, state });
      (state['own'] as { list: number[] }).list.push(2);
      (state['user:theirs'] as number[]).push(2);
      state['added'] = 3;
      assert.deepEqual((await created).state.toJSON(), { own: { list: [1] }, 'user:theirs': [1] });

      const second = { ...key, sessionId: context.newId('session'), state: { own: 1 } };
      const { sessionId } = second;
      const changes = { ...context.newKey(), state: { own: 2 } };
      const session = await thenChange((it) => service.create(it), { request: second, changes });
      assert.deepEqual({ ...session.key }, { ...key, sessionId });
      const stored = await readState(service, { ...key, sessionId });
      assert.deepEqual(stored, { own: 1, 'user:theirs': [1] });
    },
  },
  {
    call: 'get',
    async run(context) {
      const key = await newSessionWithEvents(context, 3);
      const request = { ...key, numRecentEvents: 2, afterTimestamp: 0 };
      const changes = { ...context.newKey(), numRecentEvents: 0, afterTimestamp: at(9) };
      const found = await thenChange((it) => context.service.get(it), { request, changes });
      assert.deepEqual(seqsOf(found?.events ?? []), [2, 3]);
      assert.deepEqual({ ...found?.key }, key);
    },
  },
  {
    call: 'getOrCreate',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 3);
      const request = { ...key, numRecentEvents: 2 };
      const changes = { ...context.newKey(), numRecentEvents: 0 };
      const found = await thenChange((it) => service.getOrCreate(it), { request, changes });
      assert.deepEqual([found.sessionId, seqsOf(found.events)], [key.sessionId, [2, 3]]);

      const state = { own: { list: [1] } };
      const missing = { ...key, sessionId: context.newId('session') };
      const created = service.getOrCreate({ ...missing, state });
      state.own.list.push(2);
      state.own = { list: [3] };
      assert.deepEqual((await created).state.toJSON(), { own: { list: [1] } });
      assert.deepEqual(await readState(service, missing), { own: { list: [1] } });
    },
  },
  {
    call: 'list',
    async run(context) {
      const { service } = context;
      const { appName, userId, sessionId } = await newSession(context, { own: 1 });
      await service.create({ appName, userId });
      const request = {
        appName,
        userId,
        limit: 2,
        order: 'asc' as const,
        includeState: true,
        includeTotal: true,
        cursor: undefined,
      };
      const wrong = { limit: 1, order: 'desc', includeState: false, includeTotal: false };
      const changes = { ...context.newKey(), ...wrong, cursor: 'no cursor' };
      const page = await thenChange((it) => service.list(it), { request, changes });
      assert.equal(page.sessions.length, 2);
      assert.equal(page.total, 2);
      const summary = page.sessions.find(({ id }) => id === sessionId);
      assert.deepEqual(summary?.state?.toJSON(), { own: 1 });
    },
  },
  {
    call: 'delete',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const other = await newSession(context);
      const request = { ...key };
      const isGone = thenChange((it) => service.delete(it), { request, changes: other });
      assert.equal(await isGone, true);
      assert.equal(await service.get(key), undefined);
      assert.ok(await service.get(other), 'the other session must stay');
    },
  },
  {
    call: 'appendEvent',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const other = await newSession(context);
      const event = {
        id: 'e1',
        timestamp: at(1),
        author: 'user',
        content: { parts: [{ text: 'as it was' }] },
        actions: { stateDelta: { own: [1] as unknown }, removedStateKeys: ['gone'] },
      };
      const request = { ...key, event, expectedRevision: 0 };
      const appended = service.appendEvent(request);
      Object.assign(request, { ...other, event: {}, expectedRevision: 7 });
      event.content.parts.push({ text: 'later' });
      event.actions.removedStateKeys.push('own');
      (event.actions.stateDelta.own as number[]).push(2);
      event.actions.stateDelta.own = 'later';
      Object.assign(event, { id: 'e2', timestamp: at(2), author: 'later', partial: true });
      const stored = await appended;
      assert.deepEqual([stored.id, stored.timestamp, stored.author], ['e1', at(1), 'user']);
      assert.deepEqual(stored.content, { parts: [{ text: 'as it was' }] });
      const [read] = (await service.listEvents(key)).events;
      assert.deepEqual({ ...read }, { ...stored });
      assert.deepEqual(await readState(service, key), { own: [1] });
    },
  },
  {
    call: 'appendEvents',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const other = await newSession(context);
      const first = {
        id: 'e1',
        timestamp: at(1),
        author: 'user',
        actions: { stateDelta: { a: 1 } },
      };
      const events = [first, { id: 'e2', timestamp: at(2) }];
      const request = { ...key, events, expectedRevision: 0, onStored: 'refuse' as const };
      const appended = service.appendEvents(request);
      Object.assign(request, { ...other, events: [], expectedRevision: 7, onStored: 'wrong' });
      events.push({ id: 'e3', timestamp: at(3) });
      Object.assign(first, { id: 'e4', author: 'later', actions: { stateDelta: { a: 2 } } });
      assert.deepEqual(idsOf(await appended), ['e1', 'e2']);
      const stored = (await service.listEvents(key)).events;
      assert.deepEqual([idsOf(stored), stored[0]?.author], [['e1', 'e2'], 'user']);
      assert.deepEqual(await readState(service, key), { a: 1 });
    },
  },
  {
    call: 'listEvents',
    async run(context) {
      const key = await newSessionWithEvents(context, 5);
      const bounds = { afterSeq: 1, beforeSeq: 5, limit: 2, order: 'desc' as const };
      const changes = { ...context.newKey(), afterSeq: 4, beforeSeq: 2, limit: 9, order: 'asc' };
      const call = (request: typeof bounds & SessionKey) => context.service.listEvents(request);
      const page = await thenChange(call, { request: { ...key, ...bounds }, changes });
      assert.deepEqual([seqsOf(page.events), page.hasMore], [[4, 3], true]);
    },
  },
  {
    call: 'getState',
    async run(context) {
      const { service } = context;
      const { appName, userId } = await newSession(context, { 'user:a': 1, 'app:a': 2 });
      const other = context.newKey();
      const ofUser = { scope: 'user' as const, appName, userId };
      const changes = { appName: other.appName, userId: other.userId };
      const user = thenChange((it) => service.getState(it), { request: ofUser, changes });
      assert.deepEqual(await user, { a: 1 });
      const ofApp = { scope: 'app' as const, appName };
      const app = thenChange((it) => service.getState(it), {
        request: ofApp,
        changes: { appName: other.appName },
      });
      assert.deepEqual(await app, { a: 2 });
    },
  },
  {
    call: 'updateState',
    async run(context) {
      const { service } = context;
      const { appName, userId } = await newSession(context, { 'user:gone': 1, 'user:kept': 2 });
      const owner = { scope: 'user' as const, appName, userId };
      const set: Record<string, unknown> = { list: [1] };
      const remove = ['gone'];
      const request = { ...owner, set, remove };
      const updated = service.updateState(request);
      Object.assign(request, { userId: context.newId('user'), set: { other: 1 }, remove: [] });
      (set['list'] as number[]).push(2);
      set['added'] = 1;
      remove.push('kept');
      assert.deepEqual(await updated, { list: [1], kept: 2 });
      assert.deepEqual(await service.getState(owner), { list: [1], kept: 2 });
    },
  },
];

/** What callers do to a request after the call was made. */
export const requestsReadCases = casesOf(
  'values',
  readings.map(({ call, run }) => ({
    title: `reads the request of \`${call}\` while the call is made, not later`,
    run,
  })),
);
