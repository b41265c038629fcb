import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { newPastSession, wholeOf } from '../past-session.ts';
import { at, newSibling } from '../scenario.ts';

const needs = 'fork' as const;

/** How many sessions the user has. */
async function countOf(service: SessionService, { appName, userId }: SessionKey) {
  return (await service.list({ appName, userId, includeTotal: true })).total;
}

/** What cannot be forked. */
export const forkRefusedCases = casesOf('fork', [
  {
    title: 'refuses a point beyond the last event, and points that are none',
    needs,
    async run(context) {
      const { service } = context;
      const { key, count } = await newPastSession(context);
      for (const throughSeq of [count + 1, 2 ** 53 - 1, -1, 1.5, Number.NaN, '1', null]) {
        const call = () => service.fork({ ...key, throughSeq: throughSeq as number });
        await expectError(call, { code: 'invalid_argument', path: 'throughSeq' });
      }
      for (const beforeInvocationId of ['', 7, null]) {
        const call = () =>
          service.fork({ ...key, beforeInvocationId: beforeInvocationId as string });
        await expectError(call, { code: 'invalid_argument', path: 'beforeInvocationId' });
      }
      const both = { ...key, throughSeq: 1, beforeInvocationId: 'i1' };
      await expectError(() => service.fork(both), {
        code: 'invalid_argument',
        path: 'beforeInvocationId',
      });
      assert.equal(await countOf(service, key), 1);
    },
  },
  {
    title: 'is `not_found` for an invocation that the session does not have',
    needs,
    async run(context) {
      const { service } = context;
      const { key } = await newPastSession(context);
      const sibling = await newSibling(context, key);
      await service.appendEvent({ ...sibling, event: { invocationId: 'i9' } });
      for (const beforeInvocationId of ['i9', 'I1', 'i1 ', 'i']) {
        const call = () => service.fork({ ...key, beforeInvocationId });
        await expectError(call, { code: 'not_found', path: 'beforeInvocationId' });
      }
      assert.equal(await countOf(service, key), 2);
    },
  },
  {
    title: 'is `not_found` for a session that does not exist, or is of another user or app',
    needs,
    async run(context) {
      const { service, newId, newKey } = context;
      const { key } = await newPastSession(context);
      const others = [
        newKey(),
        { ...key, userId: newId('user') },
        { ...key, appName: newId('app') },
        { ...key, sessionId: key.sessionId.toUpperCase() },
      ];
      for (const other of others) {
        const newSessionId = newId('fork');
        await expectError(() => service.fork({ ...other, newSessionId }), {
          code: 'not_found',
          key: other,
        });
        assert.equal(await service.get({ ...other, sessionId: newSessionId }), undefined);
      }
    },
  },
  {
    title: 'is `already_exists` if the id is taken, and changes nothing',
    needs,
    async run(context) {
      const { service } = context;
      const { key } = await newPastSession(context);
      const sibling = await newSibling(context, key);
      await service.appendEvent({ ...sibling, event: { id: 'own', timestamp: at(1) } });
      const before = [await wholeOf(service, key), await wholeOf(service, sibling)];
      for (const { sessionId: newSessionId } of [key, sibling]) {
        await expectError(() => service.fork({ ...key, newSessionId, throughSeq: 2 }), {
          code: 'already_exists',
          key: { ...key, sessionId: newSessionId },
        });
      }
      assert.deepEqual([await wholeOf(service, key), await wholeOf(service, sibling)], before);
    },
  },
  {
    title: 'refuses ids that cannot be, and a window that cannot',
    needs,
    async run(context) {
      const { service } = context;
      const { key } = await newPastSession(context);
      const wrong = { newSessionId: ' a', numRecentEvents: -1, afterTimestamp: 'x', sessionId: '' };
      for (const [path, value] of Object.entries(wrong)) {
        const call = () => service.fork({ ...key, [path]: value } as never);
        await expectError(call, { code: 'invalid_argument', path });
      }
      assert.equal(await countOf(service, key), 1);
    },
  },
]);
