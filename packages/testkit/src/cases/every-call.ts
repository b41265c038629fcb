import assert from 'node:assert/strict';
import { isHoldfastError, type SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { type Capability, type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError, refusalOf } from '../expect-error.ts';
import { textsOf, turnOf } from '../past-session.ts';
import { nextTurn } from '../race.ts';
import { idsOf, newSession, newSessionWithEvents, read } from '../scenario.ts';

/** A call about one session, in a way that succeeds for a session with three events. */
interface KeyedCall {
  readonly name: string;
  /** @default every service has it */
  readonly needs?: Capability;
  readonly run: (service: SessionService, key: SessionKey) => Promise<unknown>;
}

const calls: readonly KeyedCall[] = [
  {
    name: 'getEvent',
    needs: 'getEvent',
    run: (service, key) => service.getEvent({ ...key, eventId: 'e1' }),
  },
  {
    name: 'updateSession',
    needs: 'updateSession',
    run: (service, key) => service.updateSession({ ...key, labels: { set: { title: 'x' } } }),
  },
  { name: 'fork', needs: 'fork', run: (service, key) => service.fork({ ...key, throughSeq: 1 }) },
  { name: 'rewind', run: (service, key) => service.rewind({ ...key, toSeq: 1 }) },
  { name: 'retract', run: (service, key) => service.retract({ ...key, eventIds: ['e1', 'e2'] }) },
  {
    name: 'retract with erase',
    needs: 'erase',
    run: (service, key) => service.retract({ ...key, throughSeq: 2, erase: true }),
  },
  {
    name: 'acquireTurn',
    needs: 'turns',
    run: (service, key) => service.acquireTurn({ ...key, turn: 'run-1' }),
  },
  {
    name: 'releaseTurn',
    needs: 'turns',
    run: (service, key) => service.releaseTurn({ ...key, turn: 'run-1' }),
  },
];

const wrongIds = ['', 'x'.repeat(256), ' a', 'a\u3000', 'a\u0000b', '\ud800', undefined, null, 7];

type Unfiled = Omit<ReturnType<typeof casesOf>[number], 'concern'>;

/** One case for each call that the service can do. */
function forEachCall(
  title: (name: string) => string,
  run: (context: CaseContext, call: KeyedCall) => Promise<void>,
): readonly Unfiled[] {
  return calls.map((call) => ({
    title: title(call.name),
    ...(call.needs !== undefined && { needs: call.needs }),
    run: (context: CaseContext) => run(context, call),
  }));
}

export const everyCallCases = [
  ...casesOf('identity', [
    ...forEachCall(
      (name) => `refuses an invalid id in \`${name}\`, with its path`,
      async (context, { run }) => {
        const { service } = context;
        const key = await newSessionWithEvents(context, 3);
        for (const path of ['appName', 'userId', 'sessionId'] as const) {
          for (const id of wrongIds) {
            const call = () => run(service, { ...key, [path]: id as string });
            await expectError(call, { code: 'invalid_argument', path });
          }
        }
        assert.equal((await read(service, key)).revision, 3);
      },
    ),
    ...forEachCall(
      (name) => `never finds a session by fewer than its three ids in \`${name}\``,
      async (context, { name, run }) => {
        const { service, newId } = context;
        const key = await newSessionWithEvents(context, 3);
        const before = (await read(service, key)).toJSON();
        for (const path of ['appName', 'userId', 'sessionId'] as const) {
          const other = { ...key, [path]: newId(path) };
          if (name === 'releaseTurn') assert.equal(await run(service, other), false);
          else await expectError(() => run(service, other), { code: 'not_found', key: other });
          assert.equal(await service.get(other), undefined);
        }
        assert.deepEqual((await read(service, key)).toJSON(), before);
      },
    ),
  ]),
  ...casesOf('errors', [
    ...forEachCall(
      (name) => `rejects a request to \`${name}\` that is not an object, and never throws at once`,
      async ({ service }, { name }) => {
        const method = name.split(' ')[0] as 'rewind';
        for (const request of [undefined, null, 'session-1', 7]) {
          let answer: Promise<unknown> | undefined;
          assert.doesNotThrow(() => {
            answer = service[method](request as never);
          });
          await expectError(async () => answer, { code: 'invalid_argument' });
        }
      },
    ),
    {
      title: 'names the session that later calls do not find',
      async run({ service, newKey }) {
        for (const { name, needs, run } of calls) {
          if (name === 'releaseTurn') continue;
          if (needs !== undefined && !service.capabilities[needs]) continue;
          const key = newKey();
          const error = await refusalOf(() => run(service, key));
          assert.ok(isHoldfastError(error, 'not_found'), `${name}: ${error}`);
          assert.ok(error.message.includes(key.sessionId), error.message);
        }
      },
    },
  ]),
  ...casesOf('lifecycle', [
    ...forEachCall(
      (name) => `is \`closed\` to \`${name}\` after \`close\`, and while it waits`,
      async (context, { run }) => {
        const { service } = context;
        const key = await newSessionWithEvents(context, 3);
        const running = service.appendEvent({ ...key, event: {} });
        const closing = service.close();
        const late = expectError(() => run(service, key), { code: 'closed' });
        await Promise.all([running, closing, late]);
        await expectError(() => run(service, key), { code: 'closed' });
      },
    ),
    ...forEachCall(
      (name) => `finishes an accepted \`${name}\` before \`close\` is done`,
      async (context, { name, run }) => {
        const { service } = context;
        const key = await newSessionWithEvents(context, 3);
        let isDone = false;
        const answer = run(service, key).finally(() => {
          isDone = true;
        });
        const ended = Promise.allSettled([answer]);
        await service.close();
        await nextTurn();
        const wasDone = isDone;
        const [outcome] = await ended;
        assert.equal(outcome?.status, 'fulfilled', `${name} must be finished`);
        assert.ok(wasDone, `close must wait for ${name}`);
      },
    ),
  ]),
];

/** Calls whose requests are changed as soon as they are made. */
export const laterRequestsCases = casesOf('values', [
  {
    title: 'reads the request of `updateSession` and `getEvent` before the call returns',
    needs: ['updateSession', 'getEvent'],
    async run(context) {
      const { service, newKey } = context;
      const key = await newSessionWithEvents(context, 2);
      const labels = { set: { a: '1' } as Record<string, string>, remove: ['gone'] };
      const update = { ...key, labels };
      const updating = service.updateSession(update);
      labels.set['a'] = '2';
      labels.remove.push('a');
      Object.assign(update, newKey(), { labels: { set: { b: '3' } } });
      assert.deepEqual((await updating).labels, { a: '1' });
      const find = { ...key, eventId: 'e1' };
      const finding = service.getEvent(find);
      Object.assign(find, newKey(), { eventId: 'e2' });
      assert.equal((await finding)?.id, 'e1');
    },
  },
  {
    title: 'reads the request of `fork` before the call returns',
    needs: ['fork', 'updateSession'],
    async run(context) {
      const { service, newKey, newId } = context;
      const key = await newSessionWithEvents(context, 3);
      const labels = { a: '1' };
      const newSessionId = newId('fork');
      const fork = { ...key, throughSeq: 2, newSessionId, labels, numRecentEvents: 1 };
      const forking = service.fork(fork);
      labels.a = '2';
      const changes = { throughSeq: 1, newSessionId: newId('other'), numRecentEvents: 0 };
      Object.assign(fork, newKey(), changes, { labels: {} });
      const forked = await forking;
      assert.deepEqual([forked.id, idsOf(forked.events)], [newSessionId, ['e2']]);
      assert.deepEqual([forked.labels, forked.forkedFrom?.seq], [{ a: '1' }, 2]);
    },
  },
  {
    title: 'reads the requests of `rewind` and `retract` before the calls return',
    async run(context) {
      const { service, newKey } = context;
      const key = await newSession(context);
      await service.appendEvents({ ...key, events: [turnOf(1), turnOf(2), turnOf(3)] });
      const eventIds = ['e1'];
      const retract = { ...key, eventIds, expectedRevision: 3 };
      const retracting = service.retract(retract);
      eventIds.push('e2');
      Object.assign(retract, newKey(), { eventIds: ['e3'], expectedRevision: 9 });
      assert.deepEqual((await retracting).actions.retract, { eventIds: ['e1'] });
      assert.deepEqual(textsOf(await read(service, key)), ['t2', 't3']);
      const rewind = { ...key, toSeq: 2, expectedRevision: 4 };
      const rewinding = service.rewind(rewind);
      Object.assign(rewind, newKey(), { toSeq: 0, expectedRevision: 9 });
      assert.deepEqual((await rewinding).actions.rewind, { toSeq: 2 });
      assert.deepEqual(textsOf(await read(service, key)), ['t1', 't2']);
    },
  },
]);
