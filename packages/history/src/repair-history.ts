import { checkChoice, checkPlainObject } from '@holdfast/core/internal';
import type { Event, Part } from '@holdfast/session';
import { activeEvents } from './active-events.ts';
import { lastResponse, pairCalls, partsOf, type TrackedCall } from './call-pairs.ts';
import type { History } from './history.ts';
import { cutOffResponse, namedAs, pendingResponse } from './made-response.ts';
import { askedAbout, openCall } from './open-calls.ts';

export interface RepairOptions {
  /**
   * What becomes of a call that got no response. `error`: it gets one that says so; if it waits for
   * a person or for a long-running tool, or a person is asked about it, one that says that it is
   * pending. `omit`: it is left out.
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
 * - Of several responses to a call, as a long-running tool gives them, the last one is there, with the
 *   id and the name of the call.
 * - A response without its call is left out.
 *
 * The other events are the very objects that were given. Those that are joined or made up have no
 * `seq`, unless they are the event that they are made of, with other parts. Nothing is stored.
 *
 * @example
 * for (const event of repairHistory(session)) console.log(event.author, event.content);
 */
export function repairHistory(history: History, options: RepairOptions = {}): readonly Event[] {
  checkPlainObject(options, 'options');
  const { missingResponse } = options;
  return repairEvents(activeEvents(history), { missingResponse });
}

interface RepairEventsOptions {
  readonly missingResponse: unknown;
  /** The ids of calls that a person is asked about. @default those that the events ask about */
  readonly asked?: ReadonlySet<string>;
}

/** As `repairHistory`, of events that are known to be the active ones. */
export function repairEvents(
  events: readonly Event[],
  { missingResponse, asked: given }: RepairEventsOptions,
): readonly Event[] {
  const choices = ['error', 'omit'] as const;
  const missing = checkChoice(missingResponse, { path: 'missingResponse', choices });
  const { calls } = pairCalls(events);
  const asked = given ?? askedAbout(calls);
  const kept = calls.filter(({ responses }) => missing === 'error' || responses.length > 0);
  const steps = stepsByPlace(kept);
  const callers = new Set(kept.map(({ index }) => index));
  const keptParts = new Set(kept.map(({ part }) => part));
  const staysThere = (part: Part) =>
    !part.functionResponse && (!part.functionCall || keptParts.has(part));

  const repaired: Event[] = [];
  for (const [place, event] of events.entries()) {
    // What an event is made into has its id: its calls or, without any, the first responses.
    let isTaken = callers.has(place);
    for (const step of steps.get(place) ?? []) {
      const caller = withParts(events[step.index] as Event, staysThere);
      const responses = responsesOf(step, { event, isTaken, asked });
      repaired.push(caller as Event, responses);
      isTaken ||= responses.id === event.id;
    }
    if (callers.has(place)) continue;
    const rest = withParts(event, staysThere);
    if (rest !== undefined) repaired.push(isTaken ? madeUp(rest, 'rest') : rest);
  }
  return Object.freeze(repaired);
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
    const places = calls.map((call) => lastResponse(call)?.index ?? index);
    const place = places.reduce((a, b) => Math.max(a, b));
    const others = steps.get(place);
    if (others === undefined) steps.set(place, [{ index, calls }]);
    else others.push({ index, calls });
  }
  return steps;
}

interface ResponsesOptions {
  /** The event that brought the last one. */
  readonly event: Event;
  /** Whether something else is made of it already. */
  readonly isTaken: boolean;
  readonly asked: ReadonlySet<string>;
}

/** One event with the responses of a step, made of the event that brought the last one. */
function responsesOf({ calls }: Step, { event, isTaken, asked }: ResponsesOptions): Event {
  const parts = calls.map((call) => answerTo(call, asked));
  if (isSame(parts, partsOf(event))) return event;
  const content = Object.freeze({ role: 'user', parts: Object.freeze(parts) });
  const { id, invocationId, author, branch } = calls[0]?.event ?? event;
  if (!isTaken && event.branch === branch) return Object.freeze({ ...event, content });
  const responses = {
    id,
    invocationId,
    ...(author !== undefined && { author }),
    timestamp: event.timestamp,
    ...(branch !== undefined && { branch }),
    content,
    actions: Object.freeze({ stateDelta: Object.freeze({}) }),
  };
  return madeUp(responses, 'responses');
}

/** The response that counts, with the id and the name of its call. */
function answerTo(tracked: TrackedCall, asked: ReadonlySet<string>): Part {
  const answer = lastResponse(tracked);
  const { id, name } = tracked.call;
  if (answer === undefined) {
    const isPending = openCall(tracked)?.waitsFor !== 'response' || asked.has(id ?? '');
    const made = isPending ? pendingResponse(tracked.call) : cutOffResponse(tracked.call);
    return Object.freeze({ functionResponse: made });
  }
  const { part, response } = answer;
  if (response.id === id && response.name === name) return part;
  const { id: _, name: __, ...rest } = response;
  const functionResponse = { ...namedAs(tracked.call), ...rest };
  return Object.freeze({ ...part, functionResponse: Object.freeze(functionResponse) });
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
