import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { nextTurn } from '../race.ts';
import { at, newSession, newSessionWithEvents } from '../scenario.ts';

type Call = (service: SessionService, key: SessionKey) => Promise<unknown>;

/** Each call, in a way that succeeds for a session with two events. */
const calls: Readonly<Record<string, Call>> = {
  create: (service, { appName, userId }) => service.create({ appName, userId }),
  get: (service, key) => service.get(key),
  getOrCreate: (service, key) => service.getOrCreate({ ...key, sessionId: `${key.sessionId}-2` }),
  list: (service, { appName, userId }) => service.list({ appName, userId, includeState: true }),
  delete: (service, key) => service.delete(key),
  appendEvent: (service, key) => service.appendEvent({ ...key, event: { timestamp: at(9) } }),
  appendEvents: (service, key) => service.appendEvents({ ...key, events: [{}, {}] }),
  listEvents: (service, key) => service.listEvents({ ...key, limit: 1 }),
  getState: (service, { appName }) => service.getState({ scope: 'app', appName }),
  updateState: (service, { appName, userId }) =>
    service.updateState({ scope: 'user', appName, userId, set: { a: 1 } }),
};

/** Every call, and in forms that need nothing of a storage. */
const everyCall: readonly Call[] = [
  ...Object.values(calls),
  (service, key) => service.get({ ...key, numRecentEvents: 0 }),
  (service, key) => service.getOrCreate(key),
  (service, key) => service.create({ ...key, sessionId: 'a' }),
  (service, key) => service.appendEvent({ ...key, event: { partial: true } }),
  (service, key) => service.appendEvents({ ...key, events: [] }),
  (service, key) => service.appendEvents({ ...key, events: [{ partial: true }] }),
  (service, key) => service.appendEvents({ ...key, events: [{ id: 'e1' }], onStored: 'skip' }),
  (service, { appName, userId }) => service.getState({ scope: 'user', appName, userId }),
  (service, { appName }) => service.updateState({ scope: 'app', appName }),
  (service, { appName }) => service.updateState({ scope: 'app', appName, set: {}, remove: [] }),
  (service, { appName, userId }) => service.updateState({ scope: 'user', appName, userId }),
];

export const closingCases = casesOf('lifecycle', [
  ...Object.entries(calls).map(([name, call]) => ({
    title: `finishes an accepted \`${name}\` before \`close\` is done`,
    async run(context: Parameters<typeof newSession>[0]) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 2);
      let isDone = false;
      const answer = call(service, key).finally(() => {
        isDone = true;
      });
      const ended = Promise.allSettled([answer]);
      await service.close();
      await nextTurn();
      const wasDone = isDone;
      const [outcome] = await ended;
      assert.equal(outcome?.status, 'fulfilled', `${name} must be finished: ${reasonOf(outcome)}`);
      assert.ok(wasDone, `close must wait for ${name}`);
    },
  })),
  {
    title: 'waits for accepted calls in every `close`, not only in the first',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      let isDone = false;
      const appended = service.appendEvent({ ...key, event: {} }).finally(() => {
        isDone = true;
      });
      // It may be refused before it is waited for.
      appended.catch(() => {});
      const first = service.close();
      await service.close();
      await nextTurn();
      const wasDone = isDone;
      await Promise.all([first, appended]);
      assert.ok(wasDone, 'the second close must wait, too');
    },
  },
  {
    title: 'closes although a call that is running is refused',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const refused = [
        expectError(() => service.create(key), { code: 'already_exists' }),
        expectError(() => service.appendEvent({ ...key, event: {}, expectedRevision: 3 }), {
          code: 'conflict',
        }),
        expectError(() => service.listEvents({ ...key, sessionId: 'missing' }), {
          code: 'not_found',
        }),
        expectError(() => service.get({} as never), { code: 'invalid_argument' }),
      ];
      const all = Promise.all(refused);
      all.catch(() => {});
      await service.close();
      await all;
    },
  },
  {
    title: 'is `closed` to calls that are made while `close` waits',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const running = service.appendEvent({ ...key, event: {} });
      const closing = service.close();
      const late = everyCall.map((call) => expectError(() => call(service, key), CLOSED));
      await Promise.all([running, closing, ...late]);
    },
  },
  {
    title: 'is `closed` to calls that it has answered before, and to those that change nothing',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 2);
      const { sessionId: _, ...owner } = key;
      await service.updateState({ scope: 'user', ...owner, set: { a: 1 } });
      for (const call of readsAndNothings) await call(service, key);
      await service.close();
      for (const call of everyCall) await expectError(() => call(service, key), CLOSED);
    },
  },
]);

const CLOSED = { code: 'closed' } as const;

const readsAndNothings: readonly Call[] = [
  (service, key) => service.get(key),
  (service, key) => service.get({ ...key, numRecentEvents: 0 }),
  (service, key) => service.getOrCreate(key),
  (service, { appName, userId }) => service.list({ appName, userId, includeState: true }),
  (service, key) => service.listEvents({ ...key, limit: 1 }),
  (service, { appName }) => service.getState({ scope: 'app', appName }),
  (service, { appName, userId }) => service.getState({ scope: 'user', appName, userId }),
  (service, { appName }) => service.updateState({ scope: 'app', appName }),
];

function reasonOf(outcome: PromiseSettledResult<unknown> | undefined): string {
  return outcome?.status === 'rejected' ? String(outcome.reason) : '';
}
