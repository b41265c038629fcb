import assert from 'node:assert/strict';
import { iterateEvents } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import {
  at,
  newSession,
  newSessionWithEvents,
  read,
  readState,
  seqsOf,
  upTo,
} from '../scenario.ts';

/** An object with `count` keys that begin with `prefix`. */
function manyKeys(count: number, prefix = ''): Record<string, number> {
  return Object.fromEntries(upTo(count).map((n) => [`${prefix}k${n}`, n]));
}

/** What is larger than a page, or than one statement takes. */
export const largeCases = [
  ...casesOf('append', [
    {
      title:
        'is `already_exists` for a batch of 1,100 with a taken id near its end, and writes nothing',
      async run(context) {
        const { service } = context;
        const key = await newSession(context);
        const taken = { id: 'e1090', timestamp: at(0), author: 'other' };
        await service.appendEvent({ ...key, event: taken });
        const before = (await read(service, key)).toJSON();
        const events = upTo(1100).map((n) => ({
          id: `e${n}`,
          timestamp: at(n),
          actions: { stateDelta: { last: n } },
        }));
        await expectError(() => service.appendEvents({ ...key, events }), {
          code: 'already_exists',
        });
        assert.deepEqual((await read(service, key)).toJSON(), before);
      },
    },
  ]),
  ...casesOf('get', [
    {
      title: 'gives 1,500 events in order if no bound is given',
      async run(context) {
        const key = await newSessionWithEvents(context, 1500);
        assert.deepEqual(seqsOf((await read(context.service, key)).events), upTo(1500));
      },
    },
    {
      title: 'gives more than a hundred events by `getOrCreate`, too',
      async run(context) {
        const key = await newSessionWithEvents(context, 150);
        const { events } = await context.service.getOrCreate(key);
        assert.deepEqual(seqsOf(events), upTo(150));
      },
    },
  ]),
  ...casesOf('events', [
    {
      title: 'has pages of 1,000 events, and says after each whether there are more',
      async run(context) {
        const { service } = context;
        const key = await newSessionWithEvents(context, 1500);
        const first = await service.listEvents({ ...key, limit: 1000 });
        assert.deepEqual([seqsOf(first.events), first.hasMore], [upTo(1000), true]);
        const second = await service.listEvents({ ...key, limit: 1000, afterSeq: 1000 });
        assert.deepEqual([second.events[0]?.seq, second.events.length], [1001, 500]);
        assert.equal(second.hasMore, false);
        const seqs: (number | undefined)[] = [];
        for await (const { seq } of iterateEvents(service, key)) seqs.push(seq);
        assert.deepEqual(seqs, upTo(1500));
      },
    },
  ]),
  ...casesOf('state', [
    {
      title: 'accepts 3,000 keys in one append',
      async run(context) {
        const key = await newSession(context);
        const stateDelta = { ...manyKeys(3000), ...manyKeys(3000, 'user:') };
        const event = { timestamp: at(1), actions: { stateDelta } };
        await context.service.appendEvent({ ...key, event });
        assert.deepEqual(await readState(context.service, key), stateDelta);
      },
    },
    {
      title: 'accepts 3,000 keys in one initial state',
      async run(context) {
        const state = { ...manyKeys(3000), ...manyKeys(3000, 'user:') };
        const key = await newSession(context, state);
        assert.deepEqual(await readState(context.service, key), state);
      },
    },
    {
      title: 'accepts 3,000 keys in one update',
      async run({ service, newKey }) {
        const { appName, userId } = newKey();
        const owner = { scope: 'user', appName, userId } as const;
        const set = manyKeys(3000);
        assert.deepEqual(await service.updateState({ ...owner, set }), set);
        assert.deepEqual(await service.getState(owner), set);
      },
    },
  ]),
  ...casesOf('list', [
    {
      title: 'gives the whole state of each session of a list, however many keys there are in all',
      async run(context) {
        const { service } = context;
        const shared = { ...manyKeys(1200, 'user:'), ...manyKeys(1200, 'app:') };
        const { appName, userId } = await newSession(context, { ...shared, own: 0 });
        const ids = upTo(30).map((n) => `s${n}`);
        for (const sessionId of ids) {
          await service.create({
            appName,
            userId,
            sessionId,
            state: { ...manyKeys(45), sessionId },
          });
        }
        const { sessions } = await service.list({ appName, userId, includeState: true });
        assert.equal(sessions.length, 31);
        for (const { id, state } of sessions) {
          const own = ids.includes(id) ? { ...manyKeys(45), sessionId: id } : { own: 0 };
          assert.deepEqual(state?.toJSON(), { ...shared, ...own });
        }
      },
    },
  ]),
];
