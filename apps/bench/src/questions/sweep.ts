import type { SessionService } from '@holdfast/session';
import { CONTESTANTS } from '../contestants/catalogue.ts';
import { APP, sampleEvent } from '../contestants/sample-event.ts';
import type { Answer, Question } from './question.ts';
import { withStore } from './with-store.ts';

const ALONE = 'alone';
const BESIDE = 'beside the sweep';
const DELETION = 'a deletion alone';
const COLUMNS = [ALONE, BESIDE, DELETION] as const;

const CREATED_AT_ONCE = 32;
const EVENTS = 10;

/** How long a sweep holds up those who append meanwhile. */
export const sweep: Question = {
  id: 'sweep',
  contestants: CONTESTANTS.filter(
    ({ kind, group }) => kind === 'holdfast' && group !== 'sqlite-full',
  ),
  // A server takes minutes to write so many sessions one by one, and as long to sweep them.
  timeoutMs: 900_000,
  sections: [
    {
      id: 'sweep',
      title: 'The longest append while expired sessions are swept',
      unit: 'ms',
      axis: 'the longest of',
      picture: 'none',
      method:
        'One writer appends while 100,000 sessions that have expired, of ten events each at most, are swept in steps of 1,000. Beside it the longest append without a sweep, of as many, and the longest of a thousand deletions.',
    },
  ],
  cells: () => COLUMNS.map((at) => ({ section: 'sweep', at })),
  answer(asked) {
    return withStore({ asked, kinds: ['append'] }, async ({ service }): Promise<Answer[]> => {
      if (service === undefined) return [];
      const writer = { appName: APP, userId: 'writer', sessionId: 'written' };
      await service.create(writer);
      let n = 0;
      const append = () => service.appendEvent({ ...writer, event: sampleEvent(n++) });
      await createExpired(service, asked.effort.sweptSessions);

      let isSweeping = true;
      const sweeping = sweepAll(service).finally(() => {
        isSweeping = false;
      });
      const beside = await longest(append, () => isSweeping);
      await sweeping;
      const appends = n;
      const alone = await longest(append, () => n < 2 * appends);
      const doomed = await createDoomed(service, Math.min(1_000, asked.effort.sweptSessions));
      const deletion = await longest(
        () => service.delete(doomed.pop() as (typeof doomed)[number]),
        () => doomed.length > 0,
      );
      const values: Record<(typeof COLUMNS)[number], number> = {
        [ALONE]: alone,
        [BESIDE]: beside,
        [DELETION]: deletion,
      };
      return COLUMNS.map((at) => ({ section: 'sweep', at, value: values[at] }));
    });
  },
};

async function sweepAll(service: SessionService): Promise<void> {
  for (;;) {
    const { done } = await service.sweep({ appName: APP, allUsers: true });
    if (done) return;
  }
}

/** The longest of some calls, one after the other, in ms. */
async function longest(call: () => Promise<unknown>, goesOn: () => boolean): Promise<number> {
  let most = 0;
  do {
    const start = performance.now();
    await call();
    most = Math.max(most, performance.now() - start);
    // Whoever else is at work has its turn, too.
    await new Promise((resolve) => setImmediate(resolve));
  } while (goesOn());
  return most;
}

async function createExpired(service: SessionService, count: number): Promise<void> {
  await inLanes(count, async (n) => {
    const key = { appName: APP, userId: `user-${n % 100}`, sessionId: `expired-${n}` };
    // One in a hundred has events: it is those that take time to fill.
    if (n % 100 === 0) {
      await createWithEvents(service, key);
      await service.updateSession({ ...key, expires: { at: 1 } });
    } else {
      await service.create({ ...key, expires: { at: 1 } });
    }
  });
}

async function createDoomed(service: SessionService, count: number) {
  const keys = Array.from({ length: count }, (_, n) => ({
    appName: APP,
    userId: `user-${n % 100}`,
    sessionId: `doomed-${n}`,
  }));
  await inLanes(count, (n) => createWithEvents(service, keys[n] as (typeof keys)[number]));
  return keys;
}

async function createWithEvents(
  service: SessionService,
  key: { readonly appName: string; readonly userId: string; readonly sessionId: string },
): Promise<void> {
  await service.create(key);
  const events = Array.from({ length: EVENTS }, (_, n) => sampleEvent(n));
  await service.appendEvents({ ...key, events });
}

async function inLanes(count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: CREATED_AT_ONCE }, lane));
}
