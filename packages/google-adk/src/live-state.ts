import type { Session as AdkSession } from '@google/adk';
import { type Event, setOwn } from '@holdfast/core';
import { isTempKey } from '@holdfast/state';
import { eventToAdk } from './event-to-adk.ts';
import type { LiveSession } from './live-sessions.ts';
import { thaw } from './thaw.ts';

/**
 * Puts an event that someone else has stored into a session object. The state is written
 * directly: ADK orders the writes that go through its own `State`, and one of those that is
 * not stored yet must still win over this older one.
 */
export function takeMissedEvent(session: AdkSession, event: Event): void {
  if (session.events.some(({ id }) => id === event.id)) return;
  session.events.push(eventToAdk(event));
  for (const [key, value] of Object.entries(event.actions.stateDelta)) {
    setOwn(session.state, key, thaw(value));
  }
  for (const key of event.actions.removedStateKeys ?? []) delete session.state[key];
  session.lastUpdateTime = Math.max(session.lastUpdateTime, event.timestamp);
}

/** The `temp:` entries of an event's delta. */
export function tempEntriesOf(stateDelta: object | undefined): readonly [string, unknown][] {
  return Object.entries(stateDelta ?? {}).filter(([key]) => isTempKey(key));
}

/**
 * Keeps the `temp:` keys of an event readable until the invocation ends. A value that was
 * written to the state itself since the last event that brought the key is newer: it stays.
 */
export function keepTemp(
  { session, live }: { readonly session: AdkSession; readonly live: LiveSession },
  entries: readonly [string, unknown][],
): void {
  for (const [key, value] of entries) {
    const isThere = Object.hasOwn(session.state, key);
    const present = session.state[key];
    if (isThere && present !== value && present !== live.temp.get(key)) continue;
    setOwn(session.state, key, value);
    live.temp.set(key, value);
  }
}
