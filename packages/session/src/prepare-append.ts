import type { Event, SessionKey } from '@holdfast/core';
import {
  checkChoice,
  checkIdentifier,
  checkInteger,
  checkSessionKey,
  describeType,
  invalidArgument,
  JsonCopier,
} from '@holdfast/core/internal';
import {
  foldDeltas,
  foldWithIncrements,
  type ScopedChanges,
  type ScopedIncrements,
} from '@holdfast/state/internal';
import { markEvent } from './event-mark.ts';
import { type PreparedEvent, prepareEvent } from './prepare-event.ts';
import type { AppendEventRequest, AppendEventsRequest } from './requests.ts';
import type { WriteOptions } from './service-options.ts';
import { incrementUnfit } from './session-errors.ts';

/** A checked append, as a store gets it: one event at least. */
export interface PreparedAppend {
  readonly key: SessionKey;
  /** What is to be stored, in order and without `seq`: no partial event, and no id twice. */
  readonly events: readonly Event[];
  /** The largest of their timestamps. */
  readonly latestTimestamp: number;
  /** The state changes of all events as one, by scope. */
  readonly changes: ScopedChanges;
  /** Undefined: append at any revision. */
  readonly expectedRevision: number | undefined;
  /** Undefined: append to any session of the key. */
  readonly expectedIncarnation: string | undefined;
  /** Append only if the session is held for this turn; undefined: in any case. */
  readonly turn?: string | undefined;
  /** Epoch ms: when the session is touched. One that has expired by then does not exist. */
  readonly now: number;
  /** What the session's `activeFrom` becomes; undefined: it stays. */
  readonly activeFrom?: number | undefined;
}

/** A checked append, with what a service needs to answer. It may have no event to store. */
export interface CheckedAppend extends PreparedAppend {
  /** What belongs to `events`, each at the same place. */
  readonly given: readonly PreparedEvent[];
  /** Every event of the request, partial ones too. */
  readonly all: readonly PreparedEvent[];
  readonly onStored: 'refuse' | 'skip';
  readonly ifMissing: 'refuse' | 'create';
  /** Undefined if there are none; no key that `changes` has. */
  readonly increments: ScopedIncrements | undefined;
}

type AppendSettings = Pick<
  CheckedAppend,
  | 'key'
  | 'expectedRevision'
  | 'expectedIncarnation'
  | 'onStored'
  | 'ifMissing'
  | 'turn'
  | 'now'
  | 'activeFrom'
>;

/** Checks an `appendEvent` request, as a batch of one. */
export function prepareAppendEvent(
  request: AppendEventRequest,
  { maxEventBytes, now }: WriteOptions,
): CheckedAppend {
  const settings = prepareSettings(request, now);
  const copier = new JsonCopier(maxEventBytes);
  return checkedAppend(settings, [prepareEvent(request.event, { copier, now })]);
}

/** Checks an `appendEvents` request. */
export function prepareAppendEvents(
  request: AppendEventsRequest,
  { maxEventBytes, now }: WriteOptions,
): CheckedAppend {
  const settings = prepareSettings(request, now);
  const { events } = request;
  if (!Array.isArray(events)) {
    throw invalidArgument('events', `must be an array, got ${describeType(events)}`);
  }
  // By length, so that a hole is an undefined event, which is refused.
  const all = Array.from({ length: events.length }, (_, i) => {
    const copier = new JsonCopier(maxEventBytes);
    return copier.at('events', () => {
      const event = copier.read(events, i);
      return copier.at(i, () => prepareEvent(event, { copier, now, index: i }));
    });
  });
  checkIdsOnce(all);
  return checkedAppend(settings, all);
}

/** What is left of an append after those of its events that are stored already. */
export function withoutStored(
  append: CheckedAppend,
  stored: readonly (Event | undefined)[],
): CheckedAppend {
  const rest = append.given.filter((_, i) => stored[i] === undefined);
  // What a stored summary covers may be active again by now.
  return checkedAppend({ ...append, activeFrom: undefined }, rest);
}

/**
 * Gives the events of an append their `seq`, the last of them `revision`, marks them as those of
 * the session, and freezes them: what was prepared becomes what is stored. A second time it
 * changes nothing.
 */
export function numberEvents(
  { events }: Pick<PreparedAppend, 'events'>,
  { revision, mark }: { readonly revision: number; readonly mark: string },
): readonly Event[] {
  for (let i = 0; i < events.length; i++) {
    const event = events[i] as { seq?: number };
    if (event.seq !== undefined) continue;
    event.seq = revision - events.length + 1 + i;
    markEvent(event, mark);
    Object.freeze(event);
  }
  return events;
}

/** Every event of the request in its order, given what is stored of those that are. */
export function answerAppend(
  { all, given }: CheckedAppend,
  stored: readonly Event[],
): readonly Event[] {
  if (all.length === given.length) return Object.freeze(stored);
  const next = stored[Symbol.iterator]();
  return Object.freeze(
    all.map((prepared) => (isPartial(prepared) ? prepared.event : (next.next().value as Event))),
  );
}

function checkedAppend(settings: AppendSettings, all: readonly PreparedEvent[]): CheckedAppend {
  const { key, expectedRevision, expectedIncarnation, onStored, ifMissing, turn, now } = settings;
  const given = all.some(isPartial) ? all.filter((prepared) => !isPartial(prepared)) : all;
  const events = given.map(({ event }) => event);
  let latestTimestamp = 0;
  for (const { timestamp } of events) if (timestamp > latestTimestamp) latestTimestamp = timestamp;
  const { changes, increments } = foldActions(key, given);
  return {
    key,
    events,
    latestTimestamp,
    changes,
    increments,
    expectedRevision,
    expectedIncarnation,
    turn,
    now,
    activeFrom: settings.activeFrom ?? (events.some(mayBringBack) ? 1 : undefined),
    ifMissing,
    given,
    all,
    onStored,
  };
}

// Which summary counts after it is known to those who looked: it may be one that is retracted. All is
// right, if dearer, from the first event on.
function mayBringBack({ actions: { rewind, retract } }: Event): boolean {
  return rewind !== undefined || Array.isArray(retract?.eventIds);
}

/** The changes of all events as one, and their increments if there are any. */
function foldActions(
  key: SessionKey,
  given: readonly PreparedEvent[],
): Pick<CheckedAppend, 'changes' | 'increments'> {
  const deltas = given.map(({ event }) => event.actions);
  if (deltas.every(({ stateIncrements }) => stateIncrements === undefined)) {
    return { changes: foldDeltas(deltas), increments: undefined };
  }
  const { changes, increments } = foldWithIncrements(deltas, (name, i) =>
    incrementUnfit(name, { key, index: given[i]?.index }),
  );
  const isEmpty = Object.values(increments).every(({ size }) => size === 0);
  return { changes, increments: isEmpty ? undefined : increments };
}

function isPartial({ event }: PreparedEvent): boolean {
  return event.partial === true;
}

function prepareSettings(
  request: AppendEventRequest | AppendEventsRequest,
  now: () => number,
): AppendSettings {
  const key = checkSessionKey(request);
  const { onStored, ifMissing, turn } = request as AppendEventsRequest;
  return {
    key,
    ...checkExpected(request),
    onStored: checkChoice(onStored, { path: 'onStored', choices: ['refuse', 'skip'] }),
    ifMissing: checkChoice(ifMissing, { path: 'ifMissing', choices: ['refuse', 'create'] }),
    turn: turn === undefined ? undefined : checkIdentifier(turn, 'turn'),
    now: now(),
  };
}

/** Where a write expects the session to be. */
export function checkExpected({
  expectedRevision,
  expectedIncarnation,
}: Pick<AppendEventRequest, 'expectedRevision' | 'expectedIncarnation'>) {
  return {
    expectedRevision:
      expectedRevision === undefined
        ? undefined
        : checkInteger(expectedRevision, { path: 'expectedRevision', min: 0 }),
    expectedIncarnation: checkIncarnation(expectedIncarnation),
  };
}

/** Of a session that has none it is empty. */
function checkIncarnation(expected: string | undefined): string | undefined {
  if (expected === undefined || expected === '') return expected;
  return checkIdentifier(expected, 'expectedIncarnation');
}

function checkIdsOnce(all: readonly PreparedEvent[]): void {
  const seen = new Set<string>();
  all.forEach((prepared, i) => {
    if (isPartial(prepared)) return;
    const { id } = prepared.event;
    if (seen.has(id)) {
      throw invalidArgument(`events[${i}].id`, 'is that of an earlier event of the batch');
    }
    seen.add(id);
  });
}
