import type { Event as AdkEvent, Session as AdkSession } from '@google/adk';
import { thaw } from '@holdfast/core';
import type { Session, SessionSummary } from '@holdfast/session';

// ADK has no field for it.
const incarnations = new WeakMap<AdkSession, string>();

/** A session as ADK holds it: a plain object that ADK may change. One of a list has no events. */
export function sessionToAdk(
  session: Session | SessionSummary,
  events: AdkEvent[] = [],
): AdkSession {
  const { id, appName, userId, state, lastUpdateTime, incarnation } = session;
  const copy = { id, appName, userId, state: thaw(state?.toJSON() ?? {}), lastUpdateTime, events };
  incarnations.set(copy, incarnation);
  return copy;
}

/** Which session an object of ADK's is of; undefined if it comes from elsewhere. */
export function incarnationOf(session: AdkSession): string | undefined {
  return incarnations.get(session);
}

/** Takes note of the session that an object from elsewhere turned out to be of. */
export function noteIncarnation(session: AdkSession, incarnation: string): void {
  incarnations.set(session, incarnation);
}
