import type { Event, FunctionResponse } from '@holdfast/session';
import { activeEvents } from './active-events.ts';
import { addSizes, type Budget, type Measure, measureFor, NO_SIZE, type Size } from './budget.ts';
import { type CallPairs, pairCalls, type TrackedResponse } from './call-pairs.ts';
import type { History } from './history.ts';
import { isSaidByUser } from './is-said-by-user.ts';
import { type OpenCall, openCall } from './open-calls.ts';
import { summaryOf } from './summary-of.ts';
import { newestOf, type Unit, unitsOf } from './window-units.ts';

/** The part of a history that fits a budget. */
export interface HistoryWindow {
  /** Active ones, in their order; some between them may be left out. */
  readonly events: readonly Event[];
  /** The calls in the window that still wait for a response. */
  readonly openCalls: readonly OpenCall[];
  /** The responses whose call is nowhere in the history. Some may be in the window, none begins it. */
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

/** A response whose call is not there. */
export interface OrphanResponse {
  readonly response: FunctionResponse;
  readonly eventId: string;
  readonly seq?: number;
}

/**
 * The newest part of a history that fits a budget. A call and its response are in it together or
 * not at all, with all calls of the same event; of a long-running call, that is its last response. A
 * request that waits for a person stays, with the call that it is about, and so do summaries. It
 * begins with something that the user said if the budget has room for one, and never with a
 * response. A larger budget never gives less.
 *
 * Only active events count. The history is in `seq` order, and earlier events may be missing. A bound
 * that is not an integer of at least 0 is `invalid_argument`.
 *
 * @example
 * const { events, openCalls } = selectWindow(session, { maxTokens: 8_000 });
 */
export function selectWindow(history: History, budget: Budget = {}): HistoryWindow {
  const measure = measureFor(budget);
  const events = activeEvents(history);
  const pairs = pairCalls(events);
  const chosen = measure.isBounded
    ? chooseUnits(events, { pairs, measure })
    : { places: new Set(events.keys()) };
  const first = firstPlace(events, { pairs, places: chosen.places });
  const window = events.filter((_, place) => place >= first && chosen.places.has(place));
  const inside = new Set(window);
  return Object.freeze({
    events: Object.freeze(window),
    openCalls: Object.freeze(
      pairs.calls.flatMap((call) => (inside.has(call.event) ? (openCall(call) ?? []) : [])),
    ),
    orphanResponses: Object.freeze(pairs.orphans.map(orphan)),
    startsAtSeq: startOf(window[0]),
    ...(chosen.exceeds !== undefined && { exceeds: Object.freeze(chosen.exceeds) }),
  });
}

interface Chosen {
  readonly places: ReadonlySet<number>;
  readonly exceeds?: Size | undefined;
}

/**
 * As many units as fit, one after the other; without the last ones if it begins with what the user
 * said then.
 */
function chooseUnits(
  events: readonly Event[],
  { pairs, measure }: { readonly pairs: CallPairs; readonly measure: Measure },
): Chosen {
  const units = unitsOf(events, pairs);
  const places = new Set<number>();
  let size = NO_SIZE;
  let taken = 0;
  let good = 0;
  let begin = events.length;
  for (const unit of units) {
    const needed = sizeOf(unit, { events, measure });
    size = addSizes(size, needed);
    if (!measure.fits(size)) {
      if (taken === 0) return { places, exceeds: needed };
      break;
    }
    for (const place of unit) places.add(place);
    taken += 1;
    // From here on, nothing is missing.
    begin = Math.min(begin, newestOf(units[0] as Unit));
    while (places.has(begin - 1)) begin -= 1;
    if (begin === 0 || isSaidByUser(events[begin] as Event)) good = taken;
  }
  return { places: new Set(units.slice(0, good || taken).flat()) };
}

function sizeOf(
  unit: Unit,
  { events, measure }: { readonly events: readonly Event[]; readonly measure: Measure },
): Size {
  return unit
    .map((place) => measure.sizeOf(events[place] as Event))
    .reduce((sum, size) => addSizes(sum, size), NO_SIZE);
}

/** Where a window begins that does not begin with responses to nothing. */
function firstPlace(
  events: readonly Event[],
  { pairs, places }: { readonly pairs: CallPairs; readonly places: ReadonlySet<number> },
): number {
  const callers = new Set(pairs.calls.map(({ index }) => index));
  const orphans = new Set(
    pairs.orphans.flatMap(({ index }) => (callers.has(index) ? [] : [index])),
  );
  const first = events.findIndex((_, place) => places.has(place) && !orphans.has(place));
  return first < 0 ? events.length : first;
}

function startOf(event: Event | undefined): number | undefined {
  return event && (summaryOf(event)?.fromSeq ?? event.seq);
}

function orphan({ response, event: { id: eventId, seq } }: TrackedResponse): OrphanResponse {
  return Object.freeze({ response, eventId, ...(seq !== undefined && { seq }) });
}
