import type { Event, FunctionCall, FunctionResponse, Part } from '@holdfast/session';

/** A function call, and what came back. */
export interface TrackedCall {
  readonly call: FunctionCall;
  readonly part: Part;
  /** The event that has it, and that event's place in the list. */
  readonly event: Event;
  readonly index: number;
  /** In the order in which they came: the last one counts. */
  readonly responses: TrackedResponse[];
}

export interface TrackedResponse {
  readonly response: FunctionResponse;
  readonly part: Part;
  readonly event: Event;
  readonly index: number;
}

/** Which response belongs to which call. */
export interface CallPairs {
  readonly calls: readonly TrackedCall[];
  /** Responses whose call is missing. */
  readonly orphans: readonly TrackedResponse[];
}

/**
 * Brings calls and their responses together. By id, the latest call that has it: programs use ids
 * again. If one of both has no id, by name and branch: the first call without a response of the
 * latest event that has one.
 */
export function pairCalls(events: readonly Event[]): CallPairs {
  const calls: TrackedCall[] = [];
  const orphans: TrackedResponse[] = [];
  const byId = new Map<string, TrackedCall>();
  const open = { any: new OpenByName(), withoutId: new OpenByName() };
  for (const [index, event] of events.entries()) {
    for (const part of partsOf(event)) {
      const { functionCall: call, functionResponse: response } = part;
      if (call) {
        const tracked: TrackedCall = { call, part, event, index, responses: [] };
        calls.push(tracked);
        open.any.add(tracked);
        if (call.id) byId.set(call.id, tracked);
        else open.withoutId.add(tracked);
      }
      if (response) {
        const tracked: TrackedResponse = { response, part, event, index };
        const exact = response.id ? byId.get(response.id) : undefined;
        const likely = response.id ? open.withoutId : open.any;
        const found = exact ?? likely.find(event, response.name);
        if (found === undefined || !haveOneName(found, response)) orphans.push(tracked);
        else found.responses.push(tracked);
      }
    }
  }
  return { calls, orphans };
}

/** The calls of one name and branch in one event; those before `next` have a response. */
interface CallsOfEvent {
  readonly index: number;
  readonly calls: TrackedCall[];
  next: number;
}

/** Calls that may be without a response, by their name and branch. Each is passed over once. */
class OpenByName {
  readonly #events = new Map<string, CallsOfEvent[]>();

  add(tracked: TrackedCall): void {
    const { call, event, index } = tracked;
    const name = nameIn(event, call.name);
    const events = this.#events.get(name) ?? [];
    this.#events.set(name, events);
    const last = events.at(-1);
    if (last?.index === index) last.calls.push(tracked);
    else events.push({ index, calls: [tracked], next: 0 });
  }

  find(event: Event, name: string | undefined): TrackedCall | undefined {
    const events = this.#events.get(nameIn(event, name)) ?? [];
    for (let last = events.at(-1); last !== undefined; last = events.at(-1)) {
      while (isAnswered(last.calls[last.next])) last.next += 1;
      const found = last.calls[last.next];
      if (found !== undefined) return found;
      events.pop();
    }
    return undefined;
  }
}

function isAnswered(tracked: TrackedCall | undefined): boolean {
  return tracked !== undefined && tracked.responses.length > 0;
}

function haveOneName({ call }: TrackedCall, { name }: FunctionResponse): boolean {
  return !call.name || !name || call.name === name;
}

/** The response that counts; undefined if there is none. */
export function lastResponse({ responses }: TrackedCall): TrackedResponse | undefined {
  return responses.at(-1);
}

/** The parts of an event's content. What was stored as it came may have any form. */
export function partsOf({ content }: Event): readonly Part[] {
  const parts: unknown = content?.parts;
  return Array.isArray(parts) ? parts.filter((part) => typeof part === 'object' && part) : [];
}

/** Whether a part says anything. Of a text of no characters alone, models make a refusal. */
export function isTelling(part: Part): boolean {
  const fields = Object.keys(part).length;
  return fields > 1 || (fields === 1 && part.text !== '');
}

function nameIn({ branch = '' }: Event, name = ''): string {
  return JSON.stringify([branch, name]);
}
