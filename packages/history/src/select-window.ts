import { checkPlainObject } from '@holdfast/core/internal';
import type { Content, Event, FunctionResponse, Part } from '@holdfast/session';
import { summaryOf } from '@holdfast/session/store';
import { activeEvents } from './active-events.ts';
import { addSizes, type Budget, type Measure, measureFor, NO_SIZE, type Size } from './budget.ts';
import { type CallPairs, pairCalls, partsOf, type TrackedResponse } from './call-pairs.ts';
import type { History } from './history.ts';
import { isSaidByUser } from './is-said-by-user.ts';
import { cutOffResponse } from './made-response.ts';
import { type OpenCall, openCall } from './open-calls.ts';
import { type Unit, unitsOf } from './window-units.ts';

/** The part of a history that fits a budget. */
export interface HistoryWindow {
  /** Active ones, in their order; some between them may be left out. */
  readonly events: readonly Event[];
  /** The calls in the window that still wait for a response. */
  readonly openCalls: readonly OpenCall[];
  /**
   * The responses whose call is nowhere in the history. None is in the window, unless its event says
   * something else, too.
   */
  readonly orphanResponses: readonly OrphanResponse[];
  /**
   * The `seq` of the first event; of a summary, the first that it covers. Undefined if the window is
   * empty.
   */
  readonly startsAtSeq: number | undefined;
  /**
   * What the newest event needs together with what belongs to it, if that alone is more than the
   * budget. Then the window is empty. @default it fits
   */
  readonly exceeds?: Size;
}

/** A response whose call is missing. */
export interface OrphanResponse {
  readonly response: FunctionResponse;
  readonly eventId: string;
  readonly seq?: number;
}

/**
 * The newest part of a history that fits a budget. A call and its response are in it together or
 * not at all, with all calls of the same event; of a long-running call, that is its last response. A
 * request that waits for a person stays, with the call that it is about, and so do summaries. Behind
 * them, and behind a call whose response came much later, it begins with something that the user said
 * if the budget has room for that, and never with a response. A larger budget never gives less.
 *
 * Only active events count. The history is in `seq` order, and earlier events may be missing. A bound
 * that is not an integer of at least 0 is `invalid_argument`.
 *
 * @example
 * const { events, openCalls } = selectWindow(session, { maxTokens: 8_000 });
 */
export function selectWindow(history: History, budget: Budget = {}): HistoryWindow {
  checkPlainObject(budget, 'budget');
  return windowOf(activeEvents(history), { budget, asked: new Set() });
}

interface WindowOptions {
  readonly budget: Budget;
  /** The ids of calls that requests are about which still wait, if these are not among the events. */
  readonly asked: ReadonlySet<string>;
}

/** As `selectWindow`, of events that are known to be the active ones. */
export function windowOf(
  active: readonly Event[],
  { budget, asked }: WindowOptions,
): HistoryWindow {
  const measure = measureFor(budget);
  const found = pairCalls(active);
  const { orphans } = found;
  const events = withoutOrphans(active, orphans);
  const pairs = events === active ? found : pairCalls(events);
  const { window, exceeds } = measure.isBounded
    ? choose(events, { pairs, measure, asked })
    : { window: events };
  const inside = new Set(window);
  return Object.freeze({
    events: Object.freeze(window),
    openCalls: Object.freeze(
      pairs.calls.flatMap((call) => (inside.has(call.event) ? (openCall(call) ?? []) : [])),
    ),
    orphanResponses: Object.freeze(orphans.map(orphan)),
    startsAtSeq: startOf(window[0]),
    ...(exceeds !== undefined && { exceeds: Object.freeze(exceeds) }),
  });
}

/** Without the events that have nothing but responses to nothing. */
function withoutOrphans(
  events: readonly Event[],
  orphans: readonly TrackedResponse[],
): readonly Event[] {
  if (orphans.length === 0) return events;
  const parts = new Set(orphans.map(({ part }) => part));
  const theirs = new Set(orphans.map(({ event }) => event));
  return events.filter(
    (event) => !theirs.has(event) || partsOf(event).some((part) => !parts.has(part)),
  );
}

interface Chosen {
  readonly window: readonly Event[];
  readonly exceeds?: Size | undefined;
}

/**
 * As many units as fit, one after the other; without the last ones if it begins with what the user
 * said then.
 */
function choose(
  events: readonly Event[],
  {
    pairs,
    measure,
    asked,
  }: {
    readonly pairs: CallPairs;
    readonly measure: Measure;
    readonly asked: ReadonlySet<string>;
  },
): Chosen {
  const units = unitsOf(events, { pairs, asked });
  const madeUp = madeUpResponses(pairs);
  const least = units.filter(({ isPinned }, i) => isPinned || i === 0).length;
  const begin = new WindowBegin(events);
  let size = NO_SIZE;
  let taken = 0;
  let good = 0;
  for (const unit of units) {
    const needed = sizeOf(unit, { events, measure, madeUp });
    size = addSizes(size, needed);
    if (!measure.fits(size)) {
      if (taken === 0) return { window: [], exceeds: needed };
      break;
    }
    begin.add(unit);
    taken += 1;
    if (taken >= least && begin.isGood) good = taken;
  }
  const places = new Set(units.slice(0, good || taken).flatMap((unit) => unit.places));
  return { window: events.filter((_, place) => places.has(place)) };
}

function sizeOf(
  { places }: Unit,
  {
    events,
    measure,
    madeUp,
  }: {
    readonly events: readonly Event[];
    readonly measure: Measure;
    readonly madeUp: ReadonlyMap<number, Content>;
  },
): Size {
  return places
    .map((place) => measure.sizeOf(events[place] as Event, madeUp.get(place)))
    .reduce((sum, size) => addSizes(sum, size), NO_SIZE);
}

/** What a model is given for the calls of an event that have no response, by the event's place. */
function madeUpResponses({ calls }: CallPairs): ReadonlyMap<number, Content> {
  const parts = new Map<number, Part[]>();
  for (const { call, index, responses } of calls) {
    if (responses.length > 0) continue;
    const others = parts.get(index) ?? [];
    parts.set(index, others);
    others.push({ functionResponse: cutOffResponse(call) });
  }
  return new Map([...parts].map(([index, own]) => [index, { role: 'user', parts: own }]));
}

/** Where the part of a window begins from which on nothing is missing. */
class WindowBegin {
  readonly #events: readonly Event[];
  readonly #taken = new Set<number>();
  readonly #pinned = new Set<number>();
  #place: number;
  /** The first event there that is not pinned; undefined if all are. */
  #first: Event | undefined;

  constructor(events: readonly Event[]) {
    this.#events = events;
    this.#place = events.length;
  }

  add({ places, isPinned }: Unit): void {
    for (const place of places) {
      this.#taken.add(place);
      if (isPinned) this.#pinned.add(place);
    }
    while (this.#taken.has(this.#place - 1)) {
      this.#place -= 1;
      if (!this.#pinned.has(this.#place)) this.#first = this.#events[this.#place];
    }
  }

  /** Whether it begins with what the user said, or with the history. */
  get isGood(): boolean {
    return this.#place === 0 || (this.#first !== undefined && isSaidByUser(this.#first));
  }
}

function startOf(event: Event | undefined): number | undefined {
  return event && (summaryOf(event)?.fromSeq ?? event.seq);
}

function orphan({ response, event: { id: eventId, seq } }: TrackedResponse): OrphanResponse {
  return Object.freeze({ response, eventId, ...(seq !== undefined && { seq }) });
}
