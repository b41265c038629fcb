import assert from 'node:assert/strict';
import { iterateEvents, type SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { at, newSession, newSessionWithEvents, read, upTo } from '../scenario.ts';

const PATIENCE_MS = 3000;

/** Makes one call after the other until a timer fires, which has to be soon. */
async function expectTimerDuring(calls: () => Promise<unknown>): Promise<void> {
  let hasFired = false;
  const timer = setTimeout(() => {
    hasFired = true;
  }, 20);
  const end = performance.now() + PATIENCE_MS;
  try {
    while (!hasFired && performance.now() < end) await calls();
  } finally {
    clearTimeout(timer);
  }
  assert.ok(hasFired, 'a timer must fire while call follows call');
}

function appendOne(service: SessionService, key: Awaited<ReturnType<typeof newSession>>) {
  return service.appendEvent({ ...key, event: { timestamp: at(1) } });
}

/** What else runs in the process of a program that makes one call after the other. */
export const eventLoopCases = casesOf('lifecycle', [
  {
    title: 'lets a timer fire during a loop of reads',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 20);
      await expectTimerDuring(() => service.get({ ...key, numRecentEvents: 5 }));
      await expectTimerDuring(() => service.listEvents({ ...key, limit: 3 }));
      await expectTimerDuring(() => service.getState({ scope: 'app', appName: key.appName }));
    },
  },
  {
    title: 'lets a timer fire during loops of appends',
    async run(context) {
      const { service, newKey } = context;
      const keys = await Promise.all(upTo(4).map(() => newSession({ service, newKey })));
      await expectTimerDuring(() => Promise.all(keys.map((key) => appendOne(service, key))));
    },
  },
  {
    title: 'lets a timer fire during a loop of calls that are refused',
    async run({ service, newKey }: CaseContext) {
      const key = newKey();
      await expectTimerDuring(() => service.get({ ...key, appName: '' }).catch(() => {}));
      await expectTimerDuring(() => appendOne(service, key).catch(() => {}));
    },
  },
  {
    title: 'ends a walk over events by a signal with a time-out',
    async run(context) {
      const key = await newSessionWithEvents(context, 50);
      const signal = AbortSignal.timeout(20);
      const end = performance.now() + PATIENCE_MS;
      const walk = async () => {
        while (performance.now() < end) {
          for await (const _ of iterateEvents(context.service, { ...key, pageSize: 5, signal }));
        }
      };
      await assert.rejects(walk, { name: 'TimeoutError' });
    },
  },
  {
    title: 'stores an append that was made beside a loop of reads, before the loop ends',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      let isStored = false;
      const append = appendOne(service, key).then(() => {
        isStored = true;
      });
      const end = performance.now() + PATIENCE_MS;
      while (!isStored && performance.now() < end) await read(service, key);
      assert.ok(isStored, 'an append must not wait for reads to end');
      await append;
    },
  },
]);
