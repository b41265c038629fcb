import assert from 'node:assert/strict';
import { isHoldfastError } from '@holdfast/core';
import { casesOf } from '../conformance-case.ts';
import { refusalOf } from '../expect-error.ts';
import { newSession } from '../scenario.ts';

/** Fails unless `call` is refused with `code` and a message that has `name` in it. */
async function expectNamed(
  call: () => Promise<unknown>,
  { code, name }: { readonly code: string; readonly name: string },
): Promise<void> {
  const error = await refusalOf(call);
  assert.ok(isHoldfastError(error), `${code} was expected, not ${error}`);
  assert.equal(error.code, code);
  assert.ok(error.message.includes(name), `the message must name ${name}: ${error.message}`);
}

/** What a person reads who has the message alone. */
export const messagesCases = casesOf('errors', [
  {
    title: 'names the session that does not exist, exists already, or has moved on',
    async run(context) {
      const { service, newKey } = context;
      const missing = newKey();
      const notFound = { code: 'not_found', name: missing.sessionId };
      await expectNamed(() => service.appendEvent({ ...missing, event: {} }), notFound);
      await expectNamed(() => service.appendEvents({ ...missing, events: [{}] }), notFound);
      await expectNamed(() => service.listEvents(missing), notFound);
      const key = await newSession(context);
      const { sessionId: name } = key;
      await expectNamed(() => service.create(key), { code: 'already_exists', name });
      const append = { ...key, event: {}, expectedRevision: 7 };
      await expectNamed(() => service.appendEvent(append), { code: 'conflict', name });
    },
  },
  {
    title: 'names the field that is wrong',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const { appName, userId } = key;
      const calls: Record<string, () => Promise<unknown>> = {
        sessionId: () => service.create({ ...key, sessionId: '' }),
        state: () => service.getOrCreate({ ...key, state: 7 as never }),
        numRecentEvents: () => service.get({ ...key, numRecentEvents: -1 }),
        limit: () => service.list({ appName, userId, limit: 0 }),
        userId: () => service.delete({ ...key, userId: '' }),
        timestamp: () => service.appendEvent({ ...key, event: { timestamp: -1 } }),
        'events[0].author': () =>
          service.appendEvents({ ...key, events: [{ author: 7 as never }] }),
        afterSeq: () => service.listEvents({ ...key, afterSeq: -1 }),
        appName: () => service.getState({ scope: 'app', appName: '' }),
        remove: () => service.updateState({ scope: 'app', appName, remove: 7 as never }),
      };
      for (const [name, call] of Object.entries(calls)) {
        await expectNamed(call, { code: 'invalid_argument', name });
      }
    },
  },
]);
