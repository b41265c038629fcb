import { InMemorySessionService } from '@holdfast/in-memory';
import type { Event } from '@holdfast/session';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activeEvents } from './active-events.ts';
import { type Draft, draft, histories, historyOf, parameters } from './histories.fixture.ts';

const text = (words: string) => ({ content: { role: 'user', parts: [{ text: words }] } });
const rewind = (toSeq: number) => ({ actions: { stateDelta: {}, rewind: { toSeq } } });
const summary = (fromSeq: number, throughSeq: number, words = `${fromSeq}-${throughSeq}`) => ({
  author: 'user',
  actions: {
    stateDelta: {},
    compaction: {
      fromSeq,
      throughSeq,
      compactedContent: { role: 'user', parts: [{ text: words }] },
    },
  },
});
const plain = text('said');
const seqs = (events: readonly Event[]) => events.map(({ seq }) => seq);

describe('activeEvents', () => {
  it.each<[string, readonly Draft[], readonly number[]]>([
    ['are all, if nothing was taken back', [plain, plain], [1, 2]],
    ['are without what was rewound', [plain, plain, rewind(1), plain], [1, 4]],
    ['have a summary in place of what it covers', [plain, plain, plain, summary(1, 2)], [4, 3]],
    [
      'have a summary of a part in its place',
      [plain, plain, plain, plain, summary(2, 3)],
      [1, 5, 4],
    ],
    ['have a summary of the last events at the end', [plain, plain, summary(2, 2)], [1, 3]],
    [
      'are without a summary that a later one covers',
      [plain, summary(1, 1), plain, summary(1, 3), plain],
      [4, 5],
    ],
    [
      'are without a later summary of less than an earlier one',
      [plain, plain, plain, summary(1, 3), summary(2, 2)],
      [4],
    ],
    ['have the later of two summaries of the same', [plain, summary(1, 1), summary(1, 1)], [3]],
    [
      'have both of two that overlap in part',
      [plain, plain, plain, summary(1, 2), summary(2, 3), plain],
      [4, 5, 6],
    ],
    [
      'have the earlier summary again if the later one is rewound',
      [plain, summary(1, 1), plain, summary(1, 3), rewind(3)],
      [2, 3],
    ],
    [
      'have the earlier summary again if the later one is retracted',
      [
        plain,
        summary(1, 1),
        plain,
        summary(1, 3),
        { actions: { stateDelta: {}, retract: { eventIds: ['e4'] } } },
      ],
      [2, 3],
    ],
    ['have a summary that claims what is yet to come as an event', [plain, summary(1, 2)], [1, 2]],
  ])('%s', (_, events, expected) => {
    expect(seqs(activeEvents(historyOf(...events)))).toEqual(expected);
  });

  it('give what a summary says as its content, and all else of it as it was stored', () => {
    const events = historyOf(plain, summary(1, 1, 'in short'));
    const [event] = activeEvents(events);
    expect(event).toEqual({
      ...events[1],
      content: { role: 'user', parts: [{ text: 'in short' }] },
    });
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a text', 'in short'],
    ['without a content', { fromSeq: 1, throughSeq: 1 }],
    ['with a content without parts', { fromSeq: 1, throughSeq: 1, compactedContent: {} }],
    ['with null for a content', { fromSeq: 1, throughSeq: 1, compactedContent: null }],
    ['of a range that ends first', { ...summary(2, 1).actions.compaction }],
    ['from 0 on', { ...summary(0, 1).actions.compaction }],
    ['of a range in text', { ...summary(1, 1).actions.compaction, throughSeq: '1' }],
  ])('take a summary that is %s for an event', (_, compaction) => {
    const odd = { actions: { stateDelta: {}, compaction } };
    expect(seqs(activeEvents(historyOf(plain, plain, odd as never)))).toEqual([1, 2, 3]);
  });

  it('have those that were never stored, where they stand', () => {
    const partial = draft({ id: 'p', partial: true, ...text('a piece') });
    const [first, second] = historyOf(plain, plain) as [Event, Event];
    expect(activeEvents([first, partial, second])).toEqual([first, partial, second]);
    expect(activeEvents({ events: [partial] })).toEqual([partial]);
  });

  it('look at each event a few times only, however many summaries there are', () => {
    const readsOf = (count: number) => {
      let reads = 0;
      const drafts = Array.from({ length: count }, (_, i) =>
        i % 10 === 9 ? summary(i - 8, i - 1) : plain,
      );
      const events = historyOf(...drafts).map(({ seq, ...event }) => ({
        ...event,
        get seq() {
          reads += 1;
          return seq as number;
        },
      }));
      expect(activeEvents(events)).toHaveLength(count / 5);
      return reads;
    };
    expect(readsOf(4_000)).toBeLessThan(readsOf(1_000) * 5);
  });

  it.each<[string, unknown]>([
    ['events', undefined],
    ['events', null],
    ['events', 'events'],
    ['events', {}],
    ['events[1]', [draft({}), null]],
    ['events[0]', { events: ['event'] }],
    ['events[0].actions', [{ id: 'e1', actions: null }]],
  ])('are refused with the path %s for what is not a history', (path, history) => {
    expect(() => activeEvents(history as never)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', path }),
    );
  });

  it('are what a slow and simple model has, for any history', () => {
    fc.assert(
      fc.property(histories, (events) => {
        const active = activeEvents(events).filter(({ seq }) => seq !== undefined);
        expect(seqs(active)).toEqual(seqs(modelOf(events)));
      }),
      parameters,
    );
  });

  it('stay the same if they are asked for their active events, for any history', () => {
    fc.assert(
      fc.property(histories, (events) => {
        const active = activeEvents(events);
        expect(activeEvents(active)).toEqual(active);
      }),
      parameters,
    );
  });

  it('are the very events that were given, but for summaries', () => {
    fc.assert(
      fc.property(histories, (events) => {
        for (const event of activeEvents(events)) {
          if (event.actions.compaction === undefined) expect(events).toContain(event);
        }
      }),
      parameters,
    );
  });

  it('need no event before the first active one of the session', async () => {
    const service = new InMemorySessionService();
    let sessions = 0;
    const property = fc.asyncProperty(histories, async (events) => {
      // A store does not rewind to what was erased.
      fc.pre(!events.some(({ erased }) => erased) || !events.some(isRewind));
      sessions += 1;
      const key = { appName: 'app', userId: 'ann', sessionId: `s${sessions}` };
      await service.create(key);
      for (const event of events) {
        const { eventIds = [] } = event.actions.retract ?? {};
        const erase = events.some(({ id, erased }) => erased && eventIds.includes(id));
        await store(service, { key, event, erase });
      }
      const whole = await service.get(key);
      const part = await service.get({ ...key, active: true });
      const active = activeEvents(whole?.events ?? []);
      expect(activeEvents(part?.events ?? [])).toEqual(active);
      expect(seqs(active)).toEqual(seqs(modelOf(events)));
    });
    await fc.assert(property, parameters);
  });
});

function isRewind({ actions: { rewind } }: Event): boolean {
  return rewind !== undefined;
}

type Key = Parameters<InMemorySessionService['create']>[0] & { sessionId: string };

async function store(
  service: InMemorySessionService,
  { key, event, erase }: { readonly key: Key; readonly event: Event; readonly erase: boolean },
): Promise<void> {
  const { rewind, retract } = event.actions;
  const { erased: _, ...rest } = event;
  if (rewind !== undefined) await service.rewind({ ...key, toSeq: rewind.toSeq });
  else if (retract !== undefined) await service.retract({ ...key, ...retract, erase });
  else await service.appendEvent({ ...key, event: rest });
}

/** What is active, event by event, with a picture of all that is active after each of them. */
function modelOf(events: readonly Event[]): readonly Event[] {
  const after: Event[][] = [[]];
  for (const event of events) {
    const { rewind, retract } = event.actions;
    if (event.seq === undefined) continue;
    let now = after.at(-1) ?? [];
    if (rewind !== undefined) now = after[rewind.toSeq] ?? [];
    else if (retract?.throughSeq !== undefined) {
      const { throughSeq } = retract;
      now = now.filter(({ seq }) => (seq ?? 0) > throughSeq);
    } else if (retract?.eventIds !== undefined) {
      const { eventIds } = retract;
      now = now.filter(({ id }) => !eventIds.includes(id));
    } else if (!event.erased) now = [...now, event];
    after.push(now);
  }
  const remaining = after.at(-1) ?? [];

  const summaries = remaining.filter(({ actions }) => actions.compaction !== undefined);
  const standing = summaries.filter((summary) => !summaries.some((other) => beats(other, summary)));
  const others = remaining.filter(
    ({ seq, actions }) =>
      actions.compaction === undefined && !standing.some((summary) => seqsOf(summary).has(seq)),
  );
  const placed = [...others, ...standing].map((event) => ({
    event,
    place: event.actions.compaction?.fromSeq ?? event.seq ?? 0,
  }));
  return placed.sort((a, b) => a.place - b.place).map(({ event }) => event);
}

function beats(other: Event, summary: Event): boolean {
  const [theirs, ours] = [seqsOf(other), seqsOf(summary)];
  const coversAll = [...ours].every((seq) => theirs.has(seq));
  const isLater = (other.seq ?? 0) > (summary.seq ?? 0);
  return other !== summary && coversAll && (theirs.size > ours.size || isLater);
}

function seqsOf({ actions: { compaction } }: Event): ReadonlySet<number | undefined> {
  const { fromSeq = 1, throughSeq = 0 } = compaction ?? {};
  return new Set(Array.from({ length: throughSeq - fromSeq + 1 }, (_, i) => fromSeq + i));
}
