import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import {
  appendAt,
  at,
  idsOf,
  newSession,
  newSessionWithEvents,
  read,
  seqsOf,
  walkList,
} from '../scenario.ts';

/** The latest time there is, in epoch ms. */
const LATEST = 8.64e15;

/** Beyond the integers of 31, 32 and 48 bits, and the largest there is. */
const huge = [2 ** 31, 2 ** 32, 2 ** 48, Number.MAX_SAFE_INTEGER];

/** The ends of the ranges that numbers may come from. */
export const extremesCases = [
  ...casesOf('values', [
    {
      title: 'gives back the earliest and the latest time as they were',
      async run(context) {
        const { service } = context;
        const key = await newSession(context);
        for (const timestamp of [0, LATEST]) {
          const stored = await service.appendEvent({ ...key, event: { timestamp } });
          assert.equal(stored.timestamp, timestamp);
        }
        const { events, lastUpdateTime } = await read(service, key);
        assert.deepEqual(
          events.map(({ timestamp }) => timestamp),
          [0, LATEST],
        );
        assert.equal(lastUpdateTime, LATEST);
      },
    },
  ]),
  ...casesOf('list', [
    {
      title: 'walks sessions of the latest time once, in both orders',
      async run({ service, newKey }) {
        const key = newKey();
        const ids = ['s1', 's2', 's3'];
        for (const sessionId of ids) {
          await service.create({ ...key, sessionId });
          await service.appendEvent({ ...key, sessionId, event: { timestamp: LATEST } });
        }
        for (const order of ['asc', 'desc'] as const) {
          const { appName, userId } = key;
          const walked = (await walkList(service, { appName, userId, order, limit: 1 })).flat();
          assert.deepEqual(idsOf(walked), order === 'asc' ? ids : ids.toReversed());
          for (const { lastUpdateTime } of walked) assert.equal(lastUpdateTime, LATEST);
        }
      },
    },
  ]),
  ...casesOf('get', [
    {
      title: 'gives all events for `afterTimestamp: 0`',
      async run(context) {
        const { service } = context;
        const key = await newSession(context);
        await appendAt(service, { key, times: [1, 2, at(1)] });
        const session = await service.get({ ...key, afterTimestamp: 0 });
        assert.deepEqual(idsOf(session?.events ?? []), ['e1', 'e2', 'e3']);
      },
    },
    {
      title: 'gives all events for a `numRecentEvents` as large as integers go',
      async run(context) {
        const key = await newSessionWithEvents(context, 2);
        for (const numRecentEvents of huge) {
          const session = await context.service.get({ ...key, numRecentEvents });
          assert.deepEqual(seqsOf(session?.events ?? []), [1, 2]);
        }
      },
    },
  ]),
  ...casesOf('append', [
    {
      title: 'is `conflict` for an `expectedRevision` as large as integers go',
      async run(context) {
        const key = await newSessionWithEvents(context, 1);
        for (const expectedRevision of huge) {
          const request = { ...key, event: { timestamp: at(9) }, expectedRevision };
          await expectError(() => context.service.appendEvent(request), { code: 'conflict', key });
        }
      },
    },
  ]),
  ...casesOf('events', [
    {
      title: 'accepts bounds as large as integers go',
      async run(context) {
        const { service } = context;
        const key = await newSessionWithEvents(context, 2);
        for (const bound of huge) {
          for (const order of ['asc', 'desc'] as const) {
            const behind = await service.listEvents({ ...key, afterSeq: bound, order });
            assert.deepEqual(behind, { events: [], hasMore: false });
            const { events, hasMore } = await service.listEvents({
              ...key,
              beforeSeq: bound,
              order,
            });
            const seqs = order === 'asc' ? [1, 2] : [2, 1];
            assert.deepEqual([seqsOf(events), hasMore], [seqs, false]);
          }
        }
      },
    },
  ]),
];
