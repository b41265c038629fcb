import { createEvent, createEventActions, type Event, type Session, State } from '@google/adk';
import { InMemorySessionService } from '@holdfast/in-memory';
import type { SessionService } from '@holdfast/session';
import { HoldfastSessionService } from './holdfast-session-service.ts';

export const owner = { appName: 'shop', userId: 'ada' };

export function changing(stateDelta: Record<string, unknown>, id?: string): Event {
  return createEvent({ ...(id && { id }), actions: createEventActions({ stateDelta }) });
}

/** What a tool does: the state at once, and the delta of an event to come. */
export function writeState(session: Session, values: Record<string, unknown>): Event {
  const event = changing({});
  const state = new State(session.state, event.actions.stateDelta);
  for (const [key, value] of Object.entries(values)) state.set(key, value);
  return event;
}

/** A session of its own, and what the store has of it. */
export async function openSession(store: SessionService = new InMemorySessionService()) {
  const service = new HoldfastSessionService(store);
  const session = await service.createSession(owner);
  const read = async () =>
    (await service.getSession({ ...owner, sessionId: session.id })) as Session;
  return { service, session, read };
}
