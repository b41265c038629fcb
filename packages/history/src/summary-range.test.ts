import { InMemorySessionService } from '@holdfast/in-memory';
import type { Event, EventInput } from '@holdfast/session';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { activeEvents } from './active-events.ts';
import { pairCalls } from './call-pairs.ts';
import { compact } from './compact.ts';
import {
  allOf,
  answers,
  asksToConfirm,
  calls,
  callsLong,
  newSession,
  responds,
  says,
  summary,
} from './conversation.fixture.ts';
import { givenUpOf } from './given-up.ts';
import { openCall } from './open-calls.ts';

const service = new InMemorySessionService();

const ids = fc.constantFrom('a', 'b', 'c', 'd');
const branches = fc.constantFrom(undefined, 'root', 'root.one', 'root.two');
const step: fc.Arbitrary<EventInput> = fc
  .tuple(
    fc.oneof(
      fc.constant(says('hello')),
      fc.constant(answers('well')),
      ids.map((id) => calls(id)),
      fc.constant(withoutId(calls(''))),
      fc.constant(withoutId(responds(''))),
      ids.map(callsLong),
      ids.map(asksToConfirm),
      ids.map((id) => responds(id)),
      ids.map((id) => responds(id, 'done', 'user')),
      fc.tuple(ids, ids).map(([one, other]) => together(calls(one), calls(other))),
      fc.tuple(ids, ids).map(([one, other]) => together(responds(one), calls(other))),
    ),
    branches,
  )
  .map(([event, branch]) => ({ ...event, ...(branch !== undefined && { branch }) }));

function withoutId(event: EventInput): EventInput {
  return JSON.parse(JSON.stringify(event).replace('"id":"",', ''));
}

/** One event with the parts of two. */
function together(one: EventInput, other: EventInput): EventInput {
  const parts = [one, other].flatMap(({ content }) => content?.parts ?? []);
  return { ...one, content: { role: 'model', parts } };
}

/** The calls that have a response, with the last one: both by the `seq` of their events. */
function pairsOf(events: readonly Event[]): Map<number | undefined, Set<number | undefined>> {
  const pairs = new Map<number | undefined, Set<number | undefined>>();
  for (const { event, responses } of pairCalls(events).calls) {
    const last = responses.at(-1)?.event.seq;
    if (last !== undefined) pairs.set(event.seq, (pairs.get(event.seq) ?? new Set()).add(last));
  }
  return pairs;
}

/** The events with calls that wait. */
function waitingIn(events: readonly Event[]): Event[] {
  const { calls } = pairCalls(events);
  const givesUp = givenUpOf(events, calls);
  const waits = calls.filter((call) => openCall(call) !== undefined && !givesUp.has(call));
  return waits.map(({ event }) => event);
}

const runs = {
  seed: Number(process.env['HOLDFAST_SEED'] ?? 1),
  numRuns: Number(process.env['HOLDFAST_PROPERTY_RUNS'] ?? 300),
};

it('takes no pair apart, loses no event and covers no call that waits, whatever is kept', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 30 }),
      fc.array(fc.record({ keep: fc.nat(12), more: fc.array(step, { maxLength: 8 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      async (first, rounds) => {
        const key = await newSession(service, first);
        for (const { keep, more } of rounds) {
          await service.appendEvents({ ...key, events: more });
          const before = activeEvents(await allOf(service, key));
          const summarize = () => summary('so far');
          const result = await compact(service, { ...key, summarize, keep: { events: keep } });
          const after = activeEvents(await allOf(service, key));
          if (result.type === 'unchanged') {
            expect([result.reason, after]).toEqual(['nothing_new', before]);
            continue;
          }
          // One part of what was active is now in the summary; all else is as it was.
          const at = after.findIndex(({ id }) => id === result.event.id);
          expect(before.slice(0, at)).toEqual(after.slice(0, at));
          expect(before.slice(at + result.covered)).toEqual(after.slice(at + 1));
          const covered = new Set(before.slice(at, at + result.covered));
          expect(after.length - at - 1).toBeGreaterThanOrEqual(Math.min(keep, before.length));

          for (const [call, responses] of pairsOf(before)) {
            const isCovered = [...covered].some(({ seq }) => seq === call);
            for (const response of responses) {
              expect([...covered].some(({ seq }) => seq === response)).toBe(isCovered);
            }
          }
          for (const event of waitingIn(before)) expect(covered.has(event)).toBe(false);
          const active = await service.get({ ...key, active: true });
          expect(activeEvents(active ?? [])).toEqual(after);
        }
      },
    ),
    runs,
  );
});

it('comes to an end: compacting again and again leaves what waits, and one summary between', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (events) => {
      const key = await newSession(service, events);
      const request = { ...key, summarize: () => summary('so far'), keep: { events: 0 } };
      let rounds = 0;
      while ((await compact(service, request)).type === 'compacted') rounds++;
      const active = activeEvents(await allOf(service, key));
      const waits = waitingIn(active);
      if (waits.length === 0) expect(active.length).toBeLessThanOrEqual(1);
      expect(rounds).toBeLessThanOrEqual(3 * waits.length + 1);
    }),
    runs,
  );
});

it('summarizes what is new, though two summaries before it would be all that a good end leaves', async () => {
  const key = await newSession(service, [says('a'), answers('b'), says('c'), answers('d')]);
  for (const fromSeq of [1, 3]) {
    const compaction = { fromSeq, throughSeq: fromSeq + 1, compactedContent: summary('two') };
    await service.appendEvent({ ...key, event: { author: 'user', actions: { compaction } } });
  }
  await service.appendEvents({ ...key, events: [says('e'), answers('f')] });
  const summarize = () => summary('so far');
  const result = await compact(service, { ...key, summarize, keep: { events: 1 } });
  expect(result).toMatchObject({ type: 'compacted', covered: 3 });
});
