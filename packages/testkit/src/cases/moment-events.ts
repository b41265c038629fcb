import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { Progress, watchWhile } from '../progress.ts';
import { type Instances, raceCases } from '../race.ts';
import { at, newSession, read, seqsOf, upTo } from '../scenario.ts';

const BATCHES = 10;
const PER_BATCH = 4;
const LONG_BATCHES = 3;
const PER_LONG_BATCH = 250;
const PAGED_EVENTS = 24;

interface Batches {
  readonly key: SessionKey;
  readonly batches: number;
  readonly size: number;
  readonly progress: Progress;
}

/** Appends batches, each event of which sets one key to the number of its batch. */
async function appendBatches(
  service: SessionService,
  { key, batches, size, progress, pace }: Batches & { readonly pace: () => Promise<void> },
): Promise<void> {
  for (let batch = 0; batch < batches; batch++) {
    await pace();
    await progress.next((n) => {
      const events = upTo(size).map((i) => ({
        id: `e${n}-${i}`,
        timestamp: at(n),
        actions: { stateDelta: { [`k${i % 10}`]: n, [`user:k${i % 10}`]: n } },
      }));
      return service.appendEvents({ ...key, events });
    });
  }
}

/** The ways to see a batch. */
function looksAtBatches({ key, size, progress }: Batches) {
  const { appName, userId, sessionId } = key;
  const expectWhole = (seen: number | undefined, what: string) => {
    assert.ok(seen !== undefined && seen % size === 0, `${what} ${seen}, in the middle of a batch`);
    return seen / size;
  };
  return [
    async (service: SessionService) => {
      const watch = progress.watch();
      const { revision, events, state } = await read(service, key);
      assert.equal(events.length, revision);
      const batch = expectWhole(revision, '`get` gives the revision');
      watch.expect(batch, '`get`');
      for (const [name, value] of state) assert.equal(value, batch, `${name} at batch ${batch}`);
    },
    async (service: SessionService) => {
      const watch = progress.watch();
      const session = await service.get({ ...key, numRecentEvents: 1 });
      assert.ok(session !== undefined, 'the session must be there');
      watch.expect(
        expectWhole(session.revision, '`get` gives the revision'),
        '`get` with a window',
      );
    },
    async (service: SessionService) => {
      const watch = progress.watch();
      const { events } = await service.listEvents({ ...key, order: 'desc', limit: 1 });
      const seq = events[0]?.seq ?? 0;
      watch.expect(expectWhole(seq, '`listEvents` begins at the end with'), '`listEvents`');
    },
    async (service: SessionService) => {
      const watch = progress.watch();
      const { events, hasMore } = await service.listEvents({ ...key, limit: 1000 });
      assert.deepEqual([seqsOf(events), hasMore], [upTo(events.length), false]);
      watch.expect(expectWhole(events.length, '`listEvents` ends with'), '`listEvents`');
    },
    async (service: SessionService) => {
      const watch = progress.watch();
      const { sessions } = await service.list({ appName, userId, includeState: true });
      const summary = sessions.find((each) => each.id === sessionId);
      const batch = expectWhole(summary?.revision, '`list` gives the revision');
      watch.expect(batch, '`list`');
      if (batch > 0) assert.equal(summary?.lastUpdateTime, at(batch));
      for (const [name, value] of summary?.state ?? []) {
        assert.equal(value, batch, `${name} in a list at batch ${batch}`);
      }
    },
  ];
}

async function expectWholeBatches(
  context: CaseContext,
  { instances, ...sizes }: Pick<Batches, 'batches' | 'size'> & { readonly instances: Instances },
): Promise<void> {
  const key = await newSession(context);
  const batches = { key, ...sizes, progress: new Progress() };
  const looks = looksAtBatches(batches);
  await watchWhile((pace) => appendBatches(instances[0], { ...batches, pace }), {
    instances,
    random: context.random,
    looks,
  });
  for (const look of looks) await look(instances[1]);
}

async function expectPagesOfOneMoment(context: CaseContext, instances: Instances): Promise<void> {
  const key = await newSession(context);
  const progress = new Progress();
  const { random } = context;

  const ascending = async (service: SessionService) => {
    const watch = progress.watch();
    const afterSeq = random.below(PAGED_EVENTS);
    const limit = 1 + random.below(4);
    const { events, hasMore } = await service.listEvents({ ...key, afterSeq, limit });
    const last = afterSeq + events.length;
    assert.deepEqual(
      seqsOf(events),
      upTo(events.length).map((n) => afterSeq + n),
    );
    if (hasMore) {
      assert.equal(events.length, limit, 'a page that has more beyond it is full');
      // One more than it shows is there, so that many were begun.
      const { events: rest } = await service.listEvents({ ...key, afterSeq: last, limit: 1 });
      assert.equal(rest.length, 1, '`hasMore` says that there is more');
    } else assert.ok(watch.least <= last, `${watch.least} were there, and a page ends at ${last}`);
  };

  const descending = async (service: SessionService) => {
    const watch = progress.watch();
    const limit = 1 + random.below(2);
    const { events, hasMore } = await service.listEvents({ ...key, order: 'desc', limit });
    const latest = events[0]?.seq ?? 0;
    watch.expect(latest, '`listEvents` from the end');
    const length = Math.min(limit, latest);
    assert.deepEqual(
      seqsOf(events),
      upTo(length).map((n) => latest - n + 1),
    );
    assert.equal(hasMore, latest > limit, `a page of ${limit} that begins at ${latest}`);
  };

  const bounded = async (service: SessionService) => {
    const { least } = progress.watch();
    const beforeSeq = 1 + random.below(PAGED_EVENTS);
    const { events, hasMore } = await service.listEvents({ ...key, beforeSeq, limit: 1000 });
    assert.deepEqual([seqsOf(events), hasMore], [upTo(events.length), false]);
    assert.ok(events.length >= Math.min(least, beforeSeq - 1), `${least} events were there`);
  };

  const write = async (pace: () => Promise<void>) => {
    for (const _ of upTo(PAGED_EVENTS)) {
      await pace();
      await progress.next((n) => {
        const event = { id: `e${n}`, timestamp: at(n) };
        return instances[0].appendEvent({ ...key, event });
      });
    }
  };
  await watchWhile(write, {
    instances,
    random: context.random,
    looks: [ascending, descending, bounded],
  });
}

/** What is seen of events while they are appended. */
export const eventsMomentCases = casesOf('moments', [
  ...raceCases({
    title: 'shows all events of a batch and all that they change, or nothing of it',
    run: (context, instances) =>
      expectWholeBatches(context, { instances, batches: BATCHES, size: PER_BATCH }),
  }),
  ...raceCases({
    title: 'shows all events of a batch of hundreds, or none',
    run: (context, instances) =>
      expectWholeBatches(context, { instances, batches: LONG_BATCHES, size: PER_LONG_BATCH }),
  }),
  ...raceCases({
    title: 'gives the events of a page, and whether there are more, as of one moment',
    run: expectPagesOfOneMoment,
  }),
]);
