import type { Session as AdkSession } from '@google/adk';
import type { Session, SessionSummary } from '@holdfast/session';
import { eventToAdk } from './event-to-adk.ts';
import { thaw } from './thaw.ts';

/** A session as ADK holds it: a plain object that ADK may change. */
export function sessionToAdk(session: Session): AdkSession {
  return { ...ownFields(session), events: session.events.map(eventToAdk) };
}

/** A session of a list: without its events. */
export function summaryToAdk(summary: SessionSummary): AdkSession {
  return { ...ownFields(summary), events: [] };
}

function ownFields({ id, appName, userId, state, lastUpdateTime }: Session | SessionSummary) {
  return { id, appName, userId, state: thaw(state?.toJSON() ?? {}), lastUpdateTime };
}
