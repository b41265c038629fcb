import type { Event, Part } from '@holdfast/session';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activeEvents } from './active-events.ts';
import type { Budget, Size } from './budget.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { histories, parameters } from './histories.fixture.ts';
import { type NaivePair, naivePairs, naiveWait } from './naive-pairs.fixture.ts';
import { repairHistory } from './repair-history.ts';
import { selectWindow } from './select-window.ts';

const budgets = fc.record(
  {
    maxEvents: fc.nat(12),
    maxTokens: fc.nat(150),
    maxBytes: fc.nat(3_000),
  },
  { requiredKeys: [] },
);

/** What a model is given in place of a response that never came. */
const CUT_OFF = (() => {
  const content = { role: 'model', parts: [{ functionCall: { id: 'c', name: 'look' } }] };
  const actions = { stateDelta: {} };
  const call = { id: 'e', invocationId: '', timestamp: 0, actions, content };
  const [, made] = repairHistory([call]);
  return made?.content?.parts?.[0]?.functionResponse?.response ?? {};
})();

/** A history with all that a window of it is compared with, found slowly. */
class Facts {
  readonly active: readonly Event[];
  readonly pairs: readonly NaivePair[];
  /** Without those that are responses to nothing. */
  readonly usable: readonly Event[];
  readonly orphans: ReturnType<typeof naivePairs>['orphans'];
  readonly #links: (readonly Event[])[];

  constructor(history: readonly Event[]) {
    this.active = activeEvents(history);
    const { pairs, orphans } = naivePairs(this.active);
    this.pairs = pairs;
    this.orphans = orphans;
    const parts = orphans.map(({ part }) => part);
    this.usable = this.active.filter(
      ({ content }) => !content?.parts?.length || content.parts.some((p) => !parts.includes(p)),
    );
    const outdated = pairs.flatMap(({ responses }) => responses.slice(0, -1));
    const isOutdated = ({ content }: Event) =>
      content?.parts?.every((part) => outdated.some((response) => response.part === part));
    this.#links = pairs.flatMap((pair) => [
      ...pair.responses
        .filter((response) => response === pair.responses.at(-1) || !isOutdated(response.event))
        .map((response) => [pair.call.event, response.event]),
      ...this.#originalOf(pair).map((original) => [pair.call.event, original.call.event]),
    ]);
  }

  #originalOf(pair: NaivePair): readonly NaivePair[] {
    if (naiveWait(pair) !== 'person') return [];
    const { originalFunctionCall: original, functionCallId } = (pair.call.value.args ?? {}) as {
      originalFunctionCall?: { id?: string } | null;
      functionCallId?: string;
    };
    const id = original?.id ?? functionCallId;
    const before = this.pairs.slice(0, this.pairs.indexOf(pair));
    return before.filter(({ call }) => id !== undefined && call.value.id === id).slice(-1);
  }

  /** The events with all that they cannot be without. */
  whole(events: readonly Event[]): readonly Event[] {
    const found = new Set(events);
    let before: number;
    do {
      before = found.size;
      for (const link of this.#links) {
        if (link.some((event) => found.has(event))) for (const event of link) found.add(event);
      }
    } while (found.size > before);
    return this.usable.filter((event) => found.has(event));
  }

  sizeOf(events: readonly Event[], { maxTokens, maxBytes }: Budget): Size {
    const sum = (count: (event: Event) => number) =>
      events.reduce((n, event) => n + count(event), 0);
    return {
      events: events.length,
      tokens: maxTokens === undefined ? 0 : sum((event) => this.#tokensOf(event)),
      bytes: maxBytes === undefined ? 0 : sum((event) => Buffer.byteLength(JSON.stringify(event))),
    };
  }

  /** With those of the responses that a model will be given for calls without one. */
  #tokensOf(event: Event): number {
    const unanswered = this.pairs.filter(
      ({ call, responses }) => call.event === event && responses.length === 0,
    );
    const parts = unanswered.map(({ call: { value } }): Part => {
      const { id, name } = value;
      const named = { ...(id !== undefined && { id }), ...(name !== undefined && { name }) };
      return { functionResponse: { ...named, response: CUT_OFF } };
    });
    const madeUp = parts.length === 0 ? 0 : estimateTokens({ role: 'user', parts });
    return (event.content ? estimateTokens(event.content) : 0) + madeUp;
  }

  fits(events: readonly Event[], budget: Budget): boolean {
    const { maxEvents = Infinity, maxTokens = Infinity, maxBytes = Infinity } = budget;
    const size = this.sizeOf(events, budget);
    return size.events <= maxEvents && size.tokens <= maxTokens && size.bytes <= maxBytes;
  }

  get newest(): readonly Event[] {
    return this.whole(this.usable.slice(-1));
  }

  /** Requests that wait for a person, and what they are about. */
  get requests(): readonly Event[] {
    return this.whole(
      this.pairs.filter((pair) => naiveWait(pair) === 'person').map(({ call }) => call.event),
    );
  }

  get summaries(): readonly Event[] {
    return this.whole(this.usable.filter(({ actions }) => actions.compaction !== undefined));
  }
}

const ids = (events: readonly Event[]) => events.map(({ id }) => id);
const isOfUser = ({ author, content }: Event) =>
  (author === 'user' || content?.role === 'user') &&
  (content?.parts ?? []).some(({ text }) => text !== undefined && text !== '');

/** Tries what holds for any history and budget. */
function always(holds: (facts: Facts, budget: Budget) => void): void {
  const property = fc.property(histories, budgets, (events, budget) => {
    holds(new Facts(events), budget);
  });
  fc.assert(property, parameters);
}

describe('a window of any history', () => {
  it('has active events in their order, and fits its budget', () => {
    always((facts, budget) => {
      const { events } = selectWindow(facts.active, budget);
      const inside = ids(events);
      expect(inside).toEqual(ids(facts.active).filter((id) => inside.includes(id)));
      expect(facts.fits(events, budget)).toBe(true);
    });
  });

  it('is whole in its pairs', () => {
    always((facts, budget) => {
      const { events } = selectWindow(facts.active, budget);
      const inside = new Set(ids(events));
      for (const { call, responses } of facts.pairs) {
        const callIsIn = inside.has(call.event.id);
        for (const { event } of responses) if (inside.has(event.id)) expect(callIsIn).toBe(true);
        const last = responses.at(-1);
        if (callIsIn && last !== undefined) expect(inside).toContain(last.event.id);
      }
    });
  });

  it('does not begin with an event that only answers', () => {
    always((facts, budget) => {
      const [first] = selectWindow(facts.active, budget).events;
      const parts = first?.content?.parts ?? [];
      if (parts.length > 0) expect(parts.some((part) => !part.functionResponse)).toBe(true);
    });
  });

  it('is its own window', () => {
    always((facts, budget) => {
      const { events } = selectWindow(facts.active, budget);
      expect(selectWindow(events, budget).events).toEqual(events);
    });
  });

  it('is empty only if the newest event does not fit, and says so', () => {
    always((facts, budget) => {
      const { events, exceeds } = selectWindow(facts.active, budget);
      const isTooMuch = facts.usable.length > 0 && !facts.fits(facts.newest, budget);
      expect(exceeds).toEqual(isTooMuch ? facts.sizeOf(facts.newest, budget) : undefined);
      expect(events.length === 0).toBe(isTooMuch || facts.usable.length === 0);
    });
  });

  it('has all that counts if there is room', () => {
    always((facts, budget) => {
      const { events } = selectWindow(facts.active, budget);
      if (facts.fits(facts.usable, budget)) expect(ids(events)).toEqual(ids(facts.usable));
      expect(ids(selectWindow(facts.active).events)).toEqual(ids(facts.usable));
    });
  });

  it('keeps what waits for a person, and then summaries, if the newest event leaves room', () => {
    always((facts, budget) => {
      const inside = ids(selectWindow(facts.active, budget).events);
      const waiting = facts.whole([...facts.newest, ...facts.requests]);
      if (facts.fits(waiting, budget)) expect(inside).toEqual(expect.arrayContaining(ids(waiting)));
      const pinned = facts.whole([...waiting, ...facts.summaries]);
      if (facts.fits(pinned, budget)) expect(inside).toEqual(expect.arrayContaining(ids(pinned)));
    });
  });

  it('begins with what the user said, but for what is kept, if there is room', () => {
    always((facts, budget) => {
      const inside = new Set(ids(selectWindow(facts.active, budget).events));
      if (inside.size === facts.usable.length) return;
      const pinned = facts.whole([...facts.requests, ...facts.summaries]);
      const others = facts.usable.filter((event) => !pinned.includes(event));
      const canBegin = others.some((event) => {
        const behind = facts.usable.slice(facts.usable.indexOf(event));
        const needed = facts.whole([...behind, ...pinned]);
        const isFirst = needed.find((other) => !pinned.includes(other)) === event;
        return isOfUser(event) && isFirst && facts.fits(needed, budget);
      });
      // A call may stand far before its response: what counts is where nothing is missing any more.
      const missing = facts.usable.findLastIndex(({ id }) => !inside.has(id));
      const first = facts.usable.slice(missing + 1).find((event) => others.includes(event));
      if (canBegin) expect(first !== undefined && isOfUser(first)).toBe(true);
    });
  });

  it('has no less if the budget is larger', () => {
    const more = fc.record({ events: fc.nat(4), tokens: fc.nat(60), bytes: fc.nat(900) });
    const property = fc.property(
      histories,
      budgets,
      more,
      (history, budget, { events, tokens, bytes }) => {
        const { maxEvents, maxTokens, maxBytes } = budget;
        const larger = {
          ...(maxEvents !== undefined && { maxEvents: maxEvents + events }),
          ...(maxTokens !== undefined && { maxTokens: maxTokens + tokens }),
          ...(maxBytes !== undefined && { maxBytes: maxBytes + bytes }),
        };
        const wide = ids(selectWindow(history, larger).events);
        expect(wide).toEqual(expect.arrayContaining(ids(selectWindow(history, budget).events)));
      },
    );
    fc.assert(property, parameters);
  });

  it('names its open calls, the orphans of the history, and where it starts', () => {
    always((facts, budget) => {
      const { events, openCalls, orphanResponses, startsAtSeq } = selectWindow(
        facts.active,
        budget,
      );
      const inside = new Set(ids(events));
      const open = facts.pairs.flatMap((pair) => {
        const waitsFor = naiveWait(pair);
        const { event, value } = pair.call;
        if (waitsFor === undefined || !inside.has(event.id)) return [];
        return [{ call: value, eventId: event.id, seq: event.seq, waitsFor }];
      });
      expect(openCalls).toEqual(open);
      expect(orphanResponses).toEqual(
        facts.orphans.map(({ value, event: { id, seq } }) => ({
          response: value,
          eventId: id,
          seq,
        })),
      );
      const [first] = events;
      expect(startsAtSeq).toBe(first?.actions.compaction?.fromSeq ?? first?.seq);
    });
  });
});
