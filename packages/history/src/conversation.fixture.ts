import { randomUUID } from 'node:crypto';
import type { Content, Event, EventInput, SessionKey, SessionService } from '@holdfast/session';
import { activeEvents } from './active-events.ts';

/** The key of a session that no other test has. */
export function newKey(): SessionKey {
  return { appName: 'shop', userId: 'ada', sessionId: randomUUID() };
}

export function says(text: string): EventInput {
  return { author: 'user', content: { role: 'user', parts: [{ text }] } };
}

export function answers(text: string): EventInput {
  return { author: 'agent', content: { role: 'model', parts: [{ text }] } };
}

export function calls(id: string, more: EventInput = {}): EventInput {
  const functionCall = { id, name: 'look', args: {} };
  return { author: 'agent', content: { role: 'model', parts: [{ functionCall }] }, ...more };
}

export function callsLong(id: string): EventInput {
  return calls(id, { longRunningToolIds: [id] });
}

export function responds(id: string, output: unknown = 'found', author = 'agent'): EventInput {
  const functionResponse = { id, name: 'look', response: { output: output as string } };
  return { author, content: { role: 'user', parts: [{ functionResponse }] } };
}

/** An agent's request that a person confirm a call. */
export function asksToConfirm(id: string): EventInput {
  const functionCall = {
    id: `confirm-${id}`,
    name: 'adk_request_confirmation',
    args: { originalFunctionCall: { id, name: 'look' } },
  };
  const content = { role: 'model', parts: [{ functionCall }] };
  return { author: 'agent', content, longRunningToolIds: [`confirm-${id}`] };
}

/** Turns of a user and an agent, two events each. */
export function turns(from: number, to: number): EventInput[] {
  const numbers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return numbers.flatMap((n) => [says(`question ${n}`), answers(`answer ${n}`)]);
}

/** A new session with these events. */
export async function newSession(
  service: SessionService,
  events: readonly EventInput[],
): Promise<SessionKey> {
  const key = newKey();
  await service.create(key);
  await service.appendEvents({ ...key, events });
  return key;
}

/** What a model would be given of a session, and what of it was loaded. */
export async function activeOf(service: SessionService, key: SessionKey) {
  const session = await service.get({ ...key, active: true });
  return { loaded: seqsOf(session?.events ?? []), shown: labelsOf(activeEvents(session ?? [])) };
}

/** All stored events. */
export async function allOf(service: SessionService, key: SessionKey): Promise<readonly Event[]> {
  return (await service.get(key))?.events ?? [];
}

export function seqsOf(events: readonly Event[]): number[] {
  return events.map(({ seq = 0 }) => seq);
}

/** The `seq` of each event, and the range of each summary: `1-8`. */
export function labelsOf(events: readonly Event[]): (number | string)[] {
  return events.map(({ seq = 0, actions: { compaction } }) =>
    compaction === undefined ? seq : `${compaction.fromSeq}-${compaction.throughSeq}`,
  );
}

export function countTo(last: number, from = 1): number[] {
  return Array.from({ length: last - from + 1 }, (_, i) => from + i);
}

export function summary(text: string): Content {
  return { role: 'user', parts: [{ text }] };
}
