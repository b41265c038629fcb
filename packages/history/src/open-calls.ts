import type { FunctionCall } from '@holdfast/session';
import type { TrackedCall } from './call-pairs.ts';

/** A function call that still waits for a response. */
export interface OpenCall {
  readonly call: FunctionCall;
  /** The event that has the call. */
  readonly eventId: string;
  readonly seq?: number;
  /**
   * What it waits for. `response`: of a tool that should have answered at once; if something was said
   * since, its process has died. `person`: a confirmation, a credential or an input that somebody
   * was asked for (`adk_request_…`). `result`: of a long-running tool; it may have said already that
   * it has begun.
   */
  readonly waitsFor: 'response' | 'person' | 'result';
}

/** The call as an open one; undefined if it is answered. */
export function openCall({ call, event, responses }: TrackedCall): OpenCall | undefined {
  const waitsFor = waitOf({ call, event, responses });
  if (waitsFor === undefined) return undefined;
  const { id: eventId, seq } = event;
  return Object.freeze({ call, eventId, ...(seq !== undefined && { seq }), waitsFor });
}

type Waiting = Pick<TrackedCall, 'call' | 'event' | 'responses'>;

function waitOf({ call, event, responses }: Waiting): OpenCall['waitsFor'] | undefined {
  if (isRequest(call)) return responses.length === 0 ? 'person' : undefined;
  const { longRunningToolIds } = event;
  const isLong = Array.isArray(longRunningToolIds) && longRunningToolIds.includes(call.id);
  if (!isLong) return responses.length === 0 ? 'response' : undefined;
  const last = responses.at(-1);
  // A tool says itself that it has begun. What comes later, or from outside, is the result.
  const hasResult = responses.length > 1 || last?.event.author === 'user';
  return hasResult && last?.response.willContinue !== true ? undefined : 'result';
}

/** Whether a call is not one of the model's, but asks a person for something. */
export function isRequest({ name }: { readonly name?: string }): boolean {
  return typeof name === 'string' && name.startsWith('adk_request_');
}

/** The id of the call that a request is about; undefined if it names none. */
export function requestedFor({ call: { args } }: TrackedCall): string | undefined {
  const original = args?.['originalFunctionCall'] as { readonly id?: unknown } | null | undefined;
  const id = original?.id ?? args?.['functionCallId'];
  return typeof id === 'string' ? id : undefined;
}

/** The ids of the calls that requests are about which still wait for a person. */
export function askedAbout(calls: readonly TrackedCall[]): ReadonlySet<string> {
  const waiting = calls.filter((tracked) => openCall(tracked)?.waitsFor === 'person');
  return new Set(waiting.flatMap((tracked) => requestedFor(tracked) ?? []));
}
