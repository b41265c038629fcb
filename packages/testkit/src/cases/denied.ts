import assert from 'node:assert/strict';
import type { SessionKey, SessionService } from '@holdfast/session';
import { type Capability, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { newSession, read } from '../scenario.ts';

type Denied = readonly [
  capability: Capability,
  call: (service: SessionService, key: SessionKey) => Promise<unknown>,
  /** What of the request asks for it; undefined: the call itself. */
  path?: string,
];

const imported = { createTime: 1, lastUpdateTime: 1, revision: 0, initialState: {}, state: {} };

/** Each use of what a service may not have. */
const denied: readonly Denied[] = [
  ['updateSession', (service, key) => service.updateSession({ ...key, expires: null })],
  [
    'updateSession',
    (service, key) => service.create({ ...key, sessionId: 'labeled', labels: { a: 'b' } }),
    'labels',
  ],
  [
    'updateSession',
    (service, key) => service.getOrCreate({ ...key, sessionId: 'new', expires: { at: 1 } }),
    'expires',
  ],
  ['updateSession', (service, key) => service.list({ ...key, labels: { a: 'b' } }), 'labels'],
  ['getEvent', (service, key) => service.getEvent({ ...key, eventId: 'e1' })],
  ['fork', (service, key) => service.fork(key)],
  ['erase', (service, key) => service.retract({ ...key, throughSeq: 1, erase: true }), 'erase'],
  [
    'increments',
    (service, key) =>
      service.appendEvent({ ...key, event: { actions: { stateIncrements: { a: 1 } } } }),
    'actions.stateIncrements',
  ],
  [
    'increments',
    (service, { appName }) => service.updateState({ scope: 'app', appName, increment: { a: 1 } }),
    'increment',
  ],
  ['turns', (service, key) => service.acquireTurn({ ...key, turn: 'mine' })],
  ['turns', (service, key) => service.releaseTurn({ ...key, turn: 'mine' })],
  ['turns', (service, key) => service.appendEvent({ ...key, event: {}, turn: 'mine' }), 'turn'],
  ['turns', (service, key) => service.rewind({ ...key, toSeq: 0, turn: 'mine' }), 'turn'],
  ['turns', (service, key) => service.retract({ ...key, throughSeq: 1, turn: 'mine' }), 'turn'],
  ['sweep', (service, { appName, userId }) => service.sweep({ appName, userId })],
  ['eraseUser', (service, { appName, userId }) => service.eraseUser({ appName, userId })],
  ['listUsers', (service, { appName }) => service.listUsers({ appName })],
  [
    'importSession',
    (service, key) =>
      service.importSession({ ...key, sessionId: 'imported', session: imported, events: [] }),
  ],
  [
    'watch',
    async (service, key) => {
      for await (const event of service.watch(key)) return event;
      return undefined;
    },
  ],
];

export const deniedCases = casesOf('lifecycle', [
  {
    title: 'answers `unsupported` to what a capability denies, and writes nothing',
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: 1 });
      await service.appendEvent({ ...key, event: { id: 'e1' } });
      const before = (await read(service, key)).toJSON();
      for (const [capability, call, path] of denied) {
        if (service.capabilities[capability]) continue;
        const expected = path === undefined ? {} : { path };
        await expectError(() => call(service, key), { code: 'unsupported', ...expected });
      }
      assert.deepEqual((await read(service, key)).toJSON(), before);
      const { sessions } = await service.list({ appName: key.appName, userId: key.userId });
      assert.equal(sessions.length, 1);
    },
  },
]);
