import {
  checkInteger,
  checkSessionKey,
  describeType,
  type Event,
  invalidArgument,
  JsonCopier,
  type SessionKey,
} from '@holdfast/core';
import { foldDeltas, type ScopedChanges } from '@holdfast/state';
import { checkRequest } from './check-request.ts';
import { type PreparedEvent, prepareEvent, type WriteLimits } from './prepare-event.ts';
import type { AppendEventRequest, AppendEventsRequest } from './requests.ts';

/** A checked `appendEvent` or `appendEvents`. */
export interface PreparedAppend {
  readonly key: SessionKey;
  /** What is to be stored, in order: no partial event is among them, and no id twice. */
  readonly events: readonly PreparedEvent[];
  /** The state changes of all events as one, by scope. */
  readonly changes: ScopedChanges;
  readonly expectedRevision: number | undefined;
  /** The answer: every event of the request in its order, given what the store made of `events`. */
  answer(stored: readonly Event[]): readonly Event[];
}

export interface PrepareAppendOptions {
  readonly limits: WriteLimits;
  /** The time of an event that has none, in epoch ms. */
  readonly now: () => number;
}

/** Checks an `appendEvent` request, as a batch of one. */
export function prepareAppendEvent(
  request: AppendEventRequest,
  options: PrepareAppendOptions,
): PreparedAppend {
  checkRequest(request);
  const key = checkSessionKey(request);
  const expectedRevision = checkExpectedRevision(request);
  const copier = new JsonCopier(options.limits.maxEventBytes);
  const prepared = prepareEvent(request.event, { copier, now: options.now });
  return prepareAppend({ key, expectedRevision, all: [prepared] });
}

/** Checks an `appendEvents` request. */
export function prepareAppendEvents(
  request: AppendEventsRequest,
  { limits, now }: PrepareAppendOptions,
): PreparedAppend {
  checkRequest(request);
  const key = checkSessionKey(request);
  const expectedRevision = checkExpectedRevision(request);
  const { events } = request;
  if (!Array.isArray(events)) {
    throw invalidArgument('events', `must be an array, got ${describeType(events)}`);
  }
  // Array.from, so that a hole is an undefined event, which is refused.
  const all = Array.from(events as readonly unknown[], (event, i) => {
    const copier = new JsonCopier(limits.maxEventBytes);
    return copier.at('events', () =>
      copier.at(i, () => prepareEvent(event, { copier, now, index: i })),
    );
  });
  checkIdsOnce(all);
  return prepareAppend({ key, expectedRevision, all });
}

function prepareAppend({
  key,
  expectedRevision,
  all,
}: {
  readonly key: SessionKey;
  readonly expectedRevision: number | undefined;
  readonly all: readonly PreparedEvent[];
}): PreparedAppend {
  const events = all.some(isPartial) ? all.filter((prepared) => !isPartial(prepared)) : all;
  return {
    key,
    events,
    changes: foldDeltas(events.map(({ event }) => event.actions)),
    expectedRevision,
    answer(stored) {
      if (events === all) return Object.freeze(stored);
      const next = stored[Symbol.iterator]();
      return Object.freeze(
        all.map((prepared) =>
          isPartial(prepared) ? prepared.event : (next.next().value as Event),
        ),
      );
    },
  };
}

function isPartial({ event }: PreparedEvent): boolean {
  return event.partial === true;
}

function checkExpectedRevision({ expectedRevision }: AppendEventsRequest | AppendEventRequest) {
  if (expectedRevision === undefined) return undefined;
  return checkInteger(expectedRevision, { path: 'expectedRevision', min: 0 });
}

function checkIdsOnce(all: readonly PreparedEvent[]): void {
  const seen = new Set<string>();
  all.forEach((prepared, i) => {
    if (isPartial(prepared)) return;
    const { id } = prepared.event;
    if (seen.has(id))
      throw invalidArgument(`events[${i}].id`, 'is that of an earlier event of the batch');
    seen.add(id);
  });
}
