import assert from 'node:assert/strict';
import type { Event, SessionKey } from '@holdfast/core';
import type {
  ListSessionRequest,
  Session,
  SessionService,
  SessionSummary,
  StateInput,
} from '@holdfast/session';
import type { CaseContext } from './conformance-case.ts';

// 2100-01-01: no clock is there yet, so it is later than every session's creation.
const FUTURE = 4_102_444_800_000;

/** Whose sessions are meant. */
export type Owner = Pick<SessionKey, 'appName' | 'userId'>;

/** A time, `ms` after a fixed point that is later than the creation of any session. */
export function at(ms: number): number {
  return FUTURE + ms;
}

/** Creates a session with ids of its own. */
export async function newSession(
  { service, newKey }: Pick<CaseContext, 'service' | 'newKey'>,
  state?: StateInput,
): Promise<SessionKey> {
  const key = newKey();
  await service.create({ ...key, state });
  return key;
}

/** Creates another session of the same user. */
export async function newSibling(
  { service, newId }: Pick<CaseContext, 'service' | 'newId'>,
  key: SessionKey,
): Promise<SessionKey> {
  const sibling = { ...key, sessionId: newId('session') };
  await service.create(sibling);
  return sibling;
}

/** Appends an event for each time, one after the other; their ids are `e1`, `e2` … */
export async function appendAt(
  service: SessionService,
  { key, times }: { readonly key: SessionKey; readonly times: readonly number[] },
): Promise<void> {
  for (const [i, timestamp] of times.entries()) {
    await service.appendEvent({ ...key, event: { id: `e${i + 1}`, timestamp } });
  }
}

/** A session with `count` events, their ids `e1`, `e2` …, their times ascending. */
export async function newSessionWithEvents(
  context: Pick<CaseContext, 'service' | 'newKey'>,
  count: number,
): Promise<SessionKey> {
  const key = await newSession(context);
  const events = Array.from({ length: count }, (_, i) => ({
    id: `e${i + 1}`,
    timestamp: at(i + 1),
  }));
  await context.service.appendEvents({ ...key, events });
  return key;
}

/** The session, which must be there. */
export async function read(service: SessionService, key: SessionKey): Promise<Session> {
  const session = await service.get(key);
  assert.ok(session !== undefined, 'the session must be there');
  return session;
}

/** The state that a session sees. */
export async function readState(service: SessionService, key: SessionKey): Promise<unknown> {
  return (await read(service, key)).state.toJSON();
}

/** Every page of a list, from the first to the last. */
export async function walkList(
  service: SessionService,
  request: ListSessionRequest,
): Promise<(readonly SessionSummary[])[]> {
  const pages: (readonly SessionSummary[])[] = [];
  let cursor: string | undefined;
  do {
    const page = await service.list({ ...request, cursor });
    pages.push(page.sessions);
    cursor = page.nextCursor;
    assert.ok(pages.length <= 100, 'the pages must come to an end');
  } while (cursor !== undefined);
  return pages;
}

export function seqsOf(events: readonly Event[]): (number | undefined)[] {
  return events.map((event) => event.seq);
}

export function idsOf(items: readonly { readonly id: string }[]): string[] {
  return items.map((item) => item.id);
}

/** The numbers 1 to `count`. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

/** Whose state sessions share: that of the app, and that of the user. */
export function ownersOf({ appName, userId }: Owner) {
  return [{ scope: 'app', appName } as const, { scope: 'user', appName, userId } as const] as const;
}
