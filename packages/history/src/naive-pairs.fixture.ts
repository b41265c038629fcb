import type { Event, FunctionCall, FunctionResponse, Part } from '@holdfast/session';
import { partsOf } from './call-pairs.ts';

/** A call or a response, and where it stands. */
export interface Placed<T> {
  readonly value: T;
  readonly part: Part;
  readonly event: Event;
  readonly place: number;
}

export interface NaivePair {
  readonly call: Placed<FunctionCall>;
  readonly responses: Placed<FunctionResponse>[];
}

/** Which response belongs to which call, found by looking at all calls for each response. */
export function naivePairs(events: readonly Event[]): {
  readonly pairs: readonly NaivePair[];
  readonly orphans: readonly Placed<FunctionResponse>[];
} {
  const pairs: NaivePair[] = [];
  const orphans: Placed<FunctionResponse>[] = [];
  for (const [place, event] of events.entries()) {
    for (const part of partsOf(event)) {
      const { functionCall, functionResponse } = part;
      if (functionCall) {
        pairs.push({ call: { value: functionCall, part, event, place }, responses: [] });
      }
      if (functionResponse) {
        const response = { value: functionResponse, part, event, place };
        const pair = pairOf(response, pairs);
        if (pair === undefined) orphans.push(response);
        else pair.responses.push(response);
      }
    }
  }
  return { pairs, orphans };
}

function pairOf(
  { value: { id, name }, event: { branch } }: Placed<FunctionResponse>,
  pairs: readonly NaivePair[],
): NaivePair | undefined {
  const sameId = pairs.filter(({ call }) => id !== undefined && call.value.id === id).at(-1);
  if (sameId !== undefined) {
    return name === undefined || name === sameId.call.value.name ? sameId : undefined;
  }
  const likely = pairs.filter(
    ({ call, responses }) =>
      responses.length === 0 &&
      call.value.name === name &&
      call.event.branch === branch &&
      (id === undefined || call.value.id === undefined),
  );
  const latest = likely.at(-1)?.call.place;
  return likely.find(({ call }) => call.place === latest);
}

/** What a call waits for still; undefined if it is answered. */
export function naiveWait({ call, responses }: NaivePair): string | undefined {
  const { id, name = '' } = call.value;
  const last = responses.at(-1);
  if (name.startsWith('adk_request_')) return last ? undefined : 'person';
  const isLong = id !== undefined && (call.event.longRunningToolIds ?? []).includes(id);
  if (!isLong) return last ? undefined : 'response';
  if (last === undefined || last.value.willContinue) return 'result';
  return responses.length > 1 || last.event.author === 'user' ? undefined : 'result';
}
