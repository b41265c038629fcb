import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { appendAt, at, idsOf, newSession, read } from '../scenario.ts';

/** Times that are not whole seconds, nor tens of ms, before and after the ends of some ranges. */
const odd = [
  ...[0, 1, 9, 10, 99, 999, 1000, 1001, 59_999, 86_399_999],
  ...[2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32 + 1, 999_999_999_999, 1_000_000_000_001],
  ...[2 ** 31 * 1000 - 1, 2 ** 31 * 1000 + 7, 2 ** 32 * 1000 - 1, 2 ** 32 * 1000 + 3],
  ...[253_402_300_799_999, 253_402_300_800_001, 9_223_372_036_854, 9_223_372_036_855],
  ...[2 ** 48 + 1, 9_999_999_999_999, 10_000_000_000_001, 8.64e15 - 1],
];

/** The time of the caller before a call and after it. */
async function timed<T>(call: () => Promise<T>): Promise<readonly [T, number, number]> {
  const before = Date.now();
  const answer = await call();
  return [answer, before, Date.now()];
}

function expectBetween(time: number | undefined, [before, after]: readonly [number, number]): void {
  assert.ok(Number.isSafeInteger(time), `a time must be an integer, got ${time}`);
  assert.ok(Number(time) >= before, `${time} is before the call, at ${before}`);
  assert.ok(Number(time) <= after, `${time} is after the call, at ${after}`);
}

export const timeCases = [
  ...casesOf('create', [
    {
      title: 'keeps the ms of the creation, as the clock of the caller shows them',
      async run({ service, newKey }) {
        for (let n = 0; n < 8; n++) {
          const key = newKey();
          const [created, before, after] = await timed(() => service.create(key));
          expectBetween(created.createTime, [before, after]);
          const session = await read(service, key);
          const [summary] = (await service.list(key)).sessions;
          for (const { createTime, lastUpdateTime } of [session, summary ?? session]) {
            assert.deepEqual(
              [createTime, lastUpdateTime],
              [created.createTime, created.createTime],
            );
          }
        }
      },
    },
    {
      title: 'keeps the ms of a creation by `getOrCreate`, which later calls leave as it was',
      async run({ service, newKey }) {
        const key = newKey();
        const [created, before, after] = await timed(() => service.getOrCreate(key));
        expectBetween(created.createTime, [before, after]);
        await service.appendEvent({ ...key, event: { timestamp: at(7) } });
        const again = await service.getOrCreate(key);
        assert.deepEqual([again.createTime, again.lastUpdateTime], [created.createTime, at(7)]);
      },
    },
  ]),
  ...casesOf('append', [
    {
      title: 'gives an event without a timestamp the ms of the append',
      async run(context) {
        const { service } = context;
        const key = await newSession(context);
        for (let n = 0; n < 8; n++) {
          const [event, before, after] = await timed(() =>
            service.appendEvent({ ...key, event: {} }),
          );
          expectBetween(event.timestamp, [before, after]);
          const { events, lastUpdateTime } = await read(service, key);
          assert.equal(events.at(-1)?.timestamp, event.timestamp);
          assert.ok(lastUpdateTime >= event.timestamp, 'the session was updated by the event');
        }
      },
    },
    {
      title: 'keeps the ms of every timestamp, from the earliest to the latest',
      async run(context) {
        const { service } = context;
        const key = await newSession(context);
        const events = odd.map((timestamp, i) => ({ id: `e${i}`, timestamp }));
        await service.appendEvents({ ...key, events });
        const session = await read(service, key);
        assert.deepEqual(
          session.events.map(({ timestamp }) => timestamp),
          odd,
        );
        const listed = (await service.listEvents(key)).events;
        assert.deepEqual(
          listed.map(({ timestamp }) => timestamp),
          odd,
        );
        assert.equal(session.lastUpdateTime, Math.max(...odd));
      },
    },
    {
      title: 'moves `lastUpdateTime` by a single ms, and to times of every size',
      async run(context) {
        const { service } = context;
        const key = await newSession(context);
        const later = odd.filter((time) => time > at(0)).sort((a, b) => a - b);
        for (const timestamp of [at(1), at(2), at(3), at(999), at(1000), at(1001), ...later]) {
          await service.appendEvent({ ...key, event: { timestamp } });
          const [summary] = (await service.list(key)).sessions;
          const { lastUpdateTime } = await read(service, key);
          assert.deepEqual([lastUpdateTime, summary?.lastUpdateTime], [timestamp, timestamp]);
        }
      },
    },
    {
      title: 'moves `lastUpdateTime` to the latest event of a batch, wherever it stands',
      async run(context) {
        const { service } = context;
        const key = await newSession(context);
        await appendAt(service, { key, times: [at(5)] });
        const batches = [
          [at(9), at(1), at(2)],
          [at(3), at(12), at(4)],
          [at(0), at(1)],
        ];
        for (const [i, latest] of [at(9), at(12), at(12)].entries()) {
          const events = (batches[i] ?? []).map((timestamp) => ({ timestamp }));
          await service.appendEvents({ ...key, events });
          assert.equal((await read(service, key)).lastUpdateTime, latest);
        }
      },
    },
    {
      title: 'keeps `lastUpdateTime` at the creation for events that are earlier, even of time 0',
      async run(context) {
        const { service } = context;
        const key = await newSession(context);
        const events = [
          { id: 'e0', timestamp: 0 },
          { id: 'e1', timestamp: 1 },
        ];
        await service.appendEvents({ ...key, events });
        const { createTime, lastUpdateTime, events: stored } = await read(service, key);
        assert.equal(lastUpdateTime, createTime);
        assert.deepEqual(
          stored.map(({ timestamp }) => timestamp),
          [0, 1],
        );
      },
    },
    {
      title: 'is `already_exists` for an event whose time differs by a ms, or is 0',
      async run(context) {
        const { service } = context;
        const key = await newSession(context);
        const exists = { code: 'already_exists', key } as const;
        for (const [i, timestamp] of [0, 1, at(1000)].entries()) {
          const event = { id: `e${i}`, timestamp };
          await service.appendEvent({ ...key, event });
          assert.equal((await service.appendEvent({ ...key, event })).seq, i + 1);
          const other = { id: `e${i}`, timestamp: timestamp === 1 ? 0 : timestamp + 1 };
          await expectError(() => service.appendEvent({ ...key, event: other }), exists);
        }
      },
    },
  ]),
  ...casesOf('get', [
    {
      title: 'takes `afterTimestamp` by the ms, for times of every size',
      async run(context) {
        const { service } = context;
        const key = await newSession(context);
        const events = odd.map((timestamp) => ({ timestamp }));
        await service.appendEvents({ ...key, events });
        for (const bound of odd) {
          for (const afterTimestamp of [bound, bound + 1]) {
            const session = await service.get({ ...key, afterTimestamp });
            const expected = odd.filter((time) => time >= afterTimestamp);
            assert.deepEqual(
              session?.events.map(({ timestamp }) => timestamp),
              expected,
            );
          }
        }
      },
    },
    {
      title:
        'takes `afterTimestamp` by the ms among the last `numRecentEvents`, by `getOrCreate` too',
      async run(context) {
        const { service } = context;
        const key = await newSession(context);
        const times = [at(5), at(1), at(6), at(2), at(4), at(3)];
        await appendAt(service, { key, times });
        for (const numRecentEvents of [1, 3, 6]) {
          for (const afterTimestamp of [at(0), at(2), at(3), at(5), at(6), at(7)]) {
            const expected = ['e1', 'e2', 'e3', 'e4', 'e5', 'e6'].filter(
              (_, i) => i >= 6 - numRecentEvents && Number(times[i]) >= afterTimestamp,
            );
            const request = { ...key, numRecentEvents, afterTimestamp };
            const found = await service.get(request);
            assert.deepEqual(idsOf(found?.events ?? []), expected);
            assert.deepEqual(idsOf((await service.getOrCreate(request)).events), expected);
          }
        }
      },
    },
  ]),
  ...casesOf('list', [
    {
      title: 'orders sessions by the ms of their last update, whatever the size of the times',
      async run({ service, newKey }) {
        const { appName, userId } = newKey();
        const later = odd.filter((time) => time > at(0));
        const times = [at(3), at(1), at(2), at(1000), at(999), at(1001), ...later];
        for (const [i, timestamp] of times.entries()) {
          const key = { appName, userId, sessionId: `s${(i * 7) % times.length}` };
          await service.create(key);
          await service.appendEvent({ ...key, event: { timestamp } });
        }
        const sorted = times.toSorted((a, b) => a - b);
        for (const order of ['asc', 'desc'] as const) {
          const expected = order === 'asc' ? sorted : sorted.toReversed();
          const whole = await service.list({ appName, userId, order });
          assert.deepEqual(
            whole.sessions.map((each) => each.lastUpdateTime),
            expected,
          );
          const limit = 4;
          const first = await service.list({ appName, userId, order, limit });
          const cursor = first.nextCursor;
          const second = await service.list({ appName, userId, order, limit, cursor });
          const walked = [...first.sessions, ...second.sessions];
          assert.deepEqual(
            walked.map((each) => each.lastUpdateTime),
            expected.slice(0, 8),
          );
        }
      },
    },
  ]),
];
