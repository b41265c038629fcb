import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';

import { newPastSession, wholeOf } from '../past-session.ts';
import { newSession, newSibling, read } from '../scenario.ts';

/** What cannot be rewound. */
export const rewindRefusedCases = casesOf('rewind', [
  {
    title: 'refuses a point beyond the last event, points that are none, and none at all',
    async run(context) {
      const { service } = context;
      const { key, count } = await newPastSession(context);
      const before = await wholeOf(service, key);
      for (const toSeq of [count + 1, -1, 0.5, '1', null]) {
        const call = () => service.rewind({ ...key, toSeq: toSeq as number });
        await expectError(call, { code: 'invalid_argument', path: 'toSeq' });
      }
      await expectError(() => service.rewind(key as never), {
        code: 'invalid_argument',
        path: 'toSeq',
      });
      for (const wrong of [{ beforeInvocationId: '' }, { toSeq: 1, beforeInvocationId: 'i1' }]) {
        await expectError(() => service.rewind({ ...key, ...wrong } as never), {
          code: 'invalid_argument',
          path: 'beforeInvocationId',
        });
      }
      assert.deepEqual(await wholeOf(service, key), before);
    },
  },
  {
    title: 'is `not_found` for an invocation that the session does not have',
    async run(context) {
      const { service } = context;
      const { key } = await newPastSession(context);
      const sibling = await newSibling(context, key);
      await service.appendEvent({ ...sibling, event: { invocationId: 'i9' } });
      const before = await wholeOf(service, key);
      for (const beforeInvocationId of ['i9', 'I1', 'i']) {
        const call = () => service.rewind({ ...key, beforeInvocationId });
        await expectError(call, { code: 'not_found', path: 'beforeInvocationId' });
      }
      assert.deepEqual(await wholeOf(service, key), before);
    },
  },
  {
    title: 'is `not_found` for a session that does not exist, or is of another user or app',
    run: expectMissing,
  },
  {
    title: 'is `conflict` if the session has moved on, and changes nothing',
    async run(context) {
      const { service } = context;
      const { key, count } = await newPastSession(context);
      const other = await read(service, await newSession(context));
      const before = await wholeOf(service, key);
      for (const expectedRevision of [0, count - 1, count + 1]) {
        const call = () => service.rewind({ ...key, toSeq: 1, expectedRevision });
        await expectError(call, { code: 'conflict', key, revision: count });
      }
      const { incarnation: expectedIncarnation } = other;
      await expectError(() => service.rewind({ ...key, toSeq: 1, expectedIncarnation }), {
        code: 'conflict',
        path: 'expectedIncarnation',
      });
      assert.deepEqual(await wholeOf(service, key), before);
      const { incarnation } = await read(service, key);
      const right = { expectedRevision: count, expectedIncarnation: incarnation };
      assert.equal((await service.rewind({ ...key, toSeq: 1, ...right })).seq, count + 1);
    },
  },
]);

async function expectMissing(context: CaseContext): Promise<void> {
  const { service, newId, newKey } = context;
  const { key } = await newPastSession(context);
  const others: readonly SessionKey[] = [
    newKey(),
    { ...key, userId: newId('user') },
    { ...key, appName: newId('app') },
  ];
  for (const other of others) {
    for (const point of [{ toSeq: 0 }, { beforeInvocationId: 'i1' }]) {
      const call = () => service.rewind({ ...other, ...point } as never);
      await expectError(call, { code: 'not_found', key: other });
    }
    assert.equal(await service.get(other), undefined);
  }
  assert.equal((await read(service, key)).events.length, 6);
}
