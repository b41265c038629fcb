import assert from 'node:assert/strict';
import type { Event, SessionKey } from '@holdfast/core';
import type { ListEventsRequest, SessionService, StateInput } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { unlessRefused } from '../expect-error.ts';
import { watchWhile } from '../progress.ts';
import { type Instances, inLanes, raceCases } from '../race.ts';
import { at, read, seqsOf, upTo } from '../scenario.ts';

const ROUNDS = 12;
const EVENTS = 12;
const LONG_ROUNDS = 4;
const MANY_EVENTS = 300;
const KEYS = 12;
const READERS = 8;

interface Deleted {
  readonly key: SessionKey;
  readonly events: number;
  readonly state: StateInput;
}

async function newFilledSession(
  { newKey }: Pick<CaseContext, 'newKey'>,
  { service, events }: { readonly service: SessionService; readonly events: number },
): Promise<Deleted> {
  const key = newKey();
  const state = Object.fromEntries(upTo(KEYS).map((n) => [`k${n}`, n]));
  await service.create({ ...key, state: { ...state, 'user:stays': 1 } });
  const batch = upTo(events).map((n) => ({ id: `e${n}`, timestamp: at(n), author: 'old' }));
  await service.appendEvents({ ...key, events: batch });
  return { key, events, state: { ...state, 'user:stays': 1 } };
}

/** Looks at a session that is deleted meanwhile: all of it is there, or nothing. */
function looksAtDeleted({ key, events, state }: Deleted) {
  let isGone = false;
  /** What was seen to be gone must not come back; of what is there, `found` says whether it is whole. */
  const looksAt =
    <T>(
      call: string,
      look: (service: SessionService) => Promise<T | undefined>,
      whole: (found: T) => void,
    ) =>
    async (service: SessionService) => {
      const wasGone = isGone;
      const found = await look(service);
      if (found === undefined) {
        isGone = true;
        return;
      }
      assert.ok(!wasGone, `${call} finds a session that was seen to be gone`);
      whole(found);
    };
  const window = (request: { numRecentEvents?: number; afterTimestamp?: number }, count: number) =>
    looksAt(
      '`get`',
      (service) => service.get({ ...key, ...request }),
      (session) => {
        const seqs = upTo(count).map((n) => events - count + n);
        assert.deepEqual([session.revision, seqsOf(session.events)], [events, seqs]);
        assert.deepEqual(session.state.toJSON(), state);
        assert.equal(session.lastUpdateTime, at(events));
      },
    );
  const page = (request: Omit<ListEventsRequest, keyof SessionKey>, seqs: readonly number[]) =>
    looksAt(
      '`listEvents`',
      (service) => unlessRefused('not_found', () => service.listEvents({ ...key, ...request })),
      (found) => assert.deepEqual(seqsOf(found.events), seqs),
    );
  return [
    window({}, events),
    window({ numRecentEvents: 3 }, 3),
    window({ afterTimestamp: at(events - 4) }, 5),
    page({ limit: 1000 }, upTo(events)),
    page({ order: 'desc', limit: 2 }, [events, events - 1]),
    page({ afterSeq: 4, limit: 3 }, [5, 6, 7]),
    looksAt(
      '`list`',
      async (service) => {
        const { sessions } = await service.list({ ...key, includeState: true });
        return sessions[0];
      },
      (summary) => {
        assert.deepEqual([summary.id, summary.revision], [key.sessionId, events]);
        assert.deepEqual(summary.state?.toJSON(), state);
      },
    ),
    looksAt(
      '`list`',
      async (service) => {
        const { total } = await service.list({ ...key, limit: 1, includeTotal: true });
        return total === 0 ? undefined : total;
      },
      (total) => assert.equal(total, 1),
    ),
  ];
}

/** Creates the session again, and stores events of the same ids in it. */
async function expectNothingLeft(instances: Instances, { key, events }: Deleted): Promise<void> {
  const [first, second] = instances;
  assert.equal(await first.get(key), undefined);
  assert.equal(await second.delete(key), false);
  const created = await second.create({ ...key, state: { own: 'new' } });
  const state = { own: 'new', 'user:stays': 1 };
  assert.deepEqual([created.revision, created.state.toJSON()], [0, state]);
  const empty = await read(first, key);
  assert.deepEqual([empty.revision, empty.events, empty.state.toJSON()], [0, [], state]);
  assert.deepEqual(await first.listEvents(key), { events: [], hasMore: false });
  const batch = upTo(events).map((n) => ({ id: `e${n}`, timestamp: at(n), author: 'new' }));
  const stored = await first.appendEvents({ ...key, events: batch });
  assert.deepEqual(seqsOf(stored), upTo(events));
  const { events: loaded } = await read(second, key);
  assert.deepEqual(loaded, stored);
  assert.ok(loaded.every(({ author }) => author === 'new'));
}

async function expectWholeOrGone(
  context: CaseContext,
  { instances, rounds, events }: { instances: Instances; rounds: number; events: number },
): Promise<void> {
  await inLanes(rounds, async (round) => {
    const deleted = await newFilledSession(context, { service: instances[0], events });
    const looks = looksAtDeleted(deleted);
    const write = async (pace: () => Promise<void>) => {
      await pace();
      assert.equal(await instances[1].delete(deleted.key), true);
    };
    await watchWhile(write, { instances, random: context.random, looks, readers: READERS });
    if (round % 4 === 0) await expectNothingLeft(instances, deleted);
    else assert.equal(await instances[0].get(deleted.key), undefined);
  });
}

const GENERATIONS = 6;
const PER_GENERATION = 60;

async function expectNoMix(context: CaseContext, instances: Instances): Promise<void> {
  const key = context.newKey();
  const generation = async (n: number) => {
    await instances[0].create({ ...key, state: { own: `${n}` } });
    const events = upTo(PER_GENERATION).map((i) => ({ id: `e${i}`, author: `${n}` }));
    await instances[1].appendEvents({ ...key, events });
  };
  const write = async (pace: () => Promise<void>) => {
    for (const n of upTo(GENERATIONS)) {
      await pace();
      await generation(n);
      await pace();
      await instances[0].delete(key);
    }
  };
  const authorOf = (events: readonly Event[], revision: number) => {
    const authors = new Set(events.map(({ author }) => author));
    assert.ok(revision === 0 || revision === PER_GENERATION, `at revision ${revision}`);
    assert.deepEqual([events.length, authors.size], [revision, Math.min(1, revision)]);
    return [...authors][0];
  };
  const get = async (service: SessionService) => {
    const session = await service.get(key);
    if (session === undefined) return;
    const author = authorOf(session.events, session.revision);
    if (author !== undefined) assert.equal(session.state.get('own'), author);
  };
  const page = (order: 'asc' | 'desc') => async (service: SessionService) => {
    const request = { ...key, order, limit: 1000 };
    const found = await unlessRefused('not_found', () => service.listEvents(request));
    if (found !== undefined) authorOf(found.events, found.events.length);
  };
  await watchWhile(write, {
    instances,
    random: context.random,
    looks: [get, page('asc'), page('desc')],
    readers: 6,
  });
}

/** What is seen of a session while it is deleted. */
export const deleteMomentCases = casesOf('moments', [
  ...raceCases({
    title: 'shows a session whole, or not at all, while it is deleted',
    run: (context, instances) =>
      expectWholeOrGone(context, { instances, rounds: ROUNDS, events: EVENTS }),
  }),
  ...raceCases({
    title: 'shows a session of hundreds of events whole, or not at all, while it is deleted',
    run: (context, instances) =>
      expectWholeOrGone(context, { instances, rounds: LONG_ROUNDS, events: MANY_EVENTS }),
  }),
  ...raceCases({
    title: 'never mixes a session with the one that had its id before',
    run: expectNoMix,
  }),
]);
