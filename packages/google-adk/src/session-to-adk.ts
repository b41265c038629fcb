import type { Session as AdkSession } from '@google/adk';
import { thaw } from '@holdfast/core';
import type { Session, SessionSummary } from '@holdfast/session';
import { eventToAdk } from './event-to-adk.ts';

/** A session as ADK holds it: a plain object that ADK may change. One of a list has no events. */
export function sessionToAdk(session: Session | SessionSummary): AdkSession {
  const { id, appName, userId, state, lastUpdateTime } = session;
  const events = 'events' in session ? session.events.map(eventToAdk) : [];
  return { id, appName, userId, state: thaw(state?.toJSON() ?? {}), lastUpdateTime, events };
}
