import { checkChoice } from '@holdfast/core/internal';
import type { Event, FunctionResponse, Part } from '@holdfast/session';
import { activeEvents } from './active-events.ts';
import { lastResponse, pairCalls, partsOf, type TrackedCall } from './call-pairs.ts';
import type { History } from './history.ts';
import { openCall } from './open-calls.ts';

export interface RepairOptions {
  /**
   * What becomes of a call that got no response. `error`: it gets one that says so; if it waits for
   * a person or for a long-running tool, one that says that it is pending. `omit`: it is left out.
   *
   * @default 'error'
   */
  readonly missingResponse?: 'error' | 'omit' | undefined;
}

/**
 * The active events of a history as a view that a model's provider accepts:
 *
 * - Each event with calls is followed by one event with exactly one response for each of them, in
 *   the order of the calls. Both stand where the last of these responses came.
 * - Of several responses to a call, as a long-running tool gives them, the last one is there.
 * - A response without its call is left out.
 *
 * The other events are the very objects that were given. Those that are joined or made up have no
 * `seq`, unless they are the event that they are made of, with other parts. Nothing is stored.
 *
 * @example
 * for (const event of repairHistory(session)) console.log(event.author, event.content);
 */
export function repairHistory(history: History, options: RepairOptions = {}): readonly Event[] {
  const choices = ['error', 'omit'] as const;
  const missing = checkChoice(options.missingResponse, { path: 'missingResponse', choices });
  const events = activeEvents(history);
  const { calls } = pairCalls(events);
  const isKept = (call: TrackedCall) => missing === 'error' || call.responses.length > 0;
  const steps = stepsByPlace(calls.filter(isKept));
  const callers = new Set(calls.map(({ index }) => index));
  const dropped = new Set(calls.filter((call) => !isKept(call)).map(({ part }) => part));

  const repaired: Event[] = [];
  const add = (event: Event | undefined) => {
    if (event !== undefined) repaired.push(event);
  };
  for (const [place, event] of events.entries()) {
    let isTaken = false;
    for (const step of steps.get(place) ?? []) {
      const caller = events[step.index] as Event;
      add(withParts(caller, (part) => !part.functionResponse && !dropped.has(part)));
      add(responsesOf(step, { event, isTaken }));
      isTaken ||= step.index !== place;
    }
    const isAStep = callers.has(place) && partsOf(event).some(isKeptCall);
    if (isAStep) continue;
    const rest = withParts(event, (part) => !part.functionResponse && !dropped.has(part));
    add(rest !== undefined && rest !== event && isTaken ? madeUp(rest, 'rest') : rest);
  }
  return Object.freeze(repaired);

  function isKeptCall(part: Part): boolean {
    return part.functionCall !== undefined && !dropped.has(part);
  }
}

/** The calls of one event, and the place at which they stand with their responses. */
interface Step {
  readonly index: number;
  readonly calls: readonly TrackedCall[];
}

function stepsByPlace(calls: readonly TrackedCall[]): ReadonlyMap<number, readonly Step[]> {
  const byEvent = new Map<number, TrackedCall[]>();
  for (const call of calls) {
    const others = byEvent.get(call.index);
    if (others === undefined) byEvent.set(call.index, [call]);
    else others.push(call);
  }
  const steps = new Map<number, Step[]>();
  for (const [index, calls] of byEvent) {
    const place = Math.max(...calls.map((call) => lastResponse(call)?.index ?? index));
    const others = steps.get(place);
    if (others === undefined) steps.set(place, [{ index, calls }]);
    else others.push({ index, calls });
  }
  return steps;
}

/** One event with the responses of a step, made of the event that brought the last one. */
function responsesOf(
  { calls }: Step,
  { event, isTaken }: { readonly event: Event; readonly isTaken: boolean },
): Event {
  const parts = calls.map(
    (call) => lastResponse(call)?.part ?? { functionResponse: missing(call) },
  );
  const isItself = isSame(parts, partsOf(event));
  if (isItself) return event;
  const answer = Object.freeze({ role: 'user', parts: Object.freeze(parts) });
  const isOfThisEvent = calls.some((call) => lastResponse(call)?.event === event) && !isTaken;
  if (isOfThisEvent) return Object.freeze({ ...event, content: answer });
  const caller = calls[0]?.event as Event;
  const { id, invocationId, author, branch } = caller;
  return madeUp(
    {
      id,
      invocationId,
      ...(author !== undefined && { author }),
      timestamp: event.timestamp,
      ...(branch !== undefined && { branch }),
      content: answer,
      actions: Object.freeze({ stateDelta: Object.freeze({}) }),
    },
    'responses',
  );
}

function missing(tracked: TrackedCall): FunctionResponse {
  const { id, name } = tracked.call;
  const isPending = openCall(tracked)?.waitsFor !== 'response';
  const response = isPending
    ? { status: 'pending' }
    : { error: 'no response: the call was cut off before it was answered' };
  return Object.freeze({
    ...(id !== undefined && { id }),
    ...(name !== undefined && { name }),
    response: Object.freeze(response),
  });
}

/** The event with these of its parts; undefined if none is left of them. */
function withParts(event: Event, isWanted: (part: Part) => boolean): Event | undefined {
  const parts = partsOf(event);
  const wanted = parts.filter(isWanted);
  if (wanted.length === parts.length) return event;
  if (wanted.length === 0) return undefined;
  return Object.freeze({
    ...event,
    content: Object.freeze({ ...event.content, parts: Object.freeze(wanted) }),
  });
}

function madeUp({ seq: _, ...event }: Event, suffix: string): Event {
  return Object.freeze({ ...event, id: `${event.id}:${suffix}` });
}

function isSame(a: readonly Part[], b: readonly Part[]): boolean {
  return a.length === b.length && a.every((part, i) => part === b[i]);
}
