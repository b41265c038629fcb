import type { Event, JsonObject } from '@holdfast/core';
import {
  type EventPage,
  Session,
  type SessionJson,
  type SessionPage,
  type SessionSummary,
  State,
} from '@holdfast/session';
import { erasedEvent } from '@holdfast/session/store';
import { foldDeltas, type StoredState } from '@holdfast/state/internal';
import type { SentMethod } from './process-messages.ts';

type SentSummary = Omit<SessionSummary, 'state'> & { readonly state?: JsonObject };
type SentPage = Omit<SessionPage, 'sessions'> & { readonly sessions: readonly SentSummary[] };
type SentSession = SessionJson & Pick<Session, 'activeFrom' | 'initialState'>;

/** What a call answers as plain data, which can be sent to another process. */
export function packAnswer(method: SentMethod, answer: unknown): unknown {
  switch (method) {
    case 'create':
    case 'get':
    case 'getOrCreate':
    case 'fork':
      return answer === undefined ? undefined : packSession(answer as Session);
    case 'list': {
      const page = answer as SessionPage;
      const sessions = page.sessions.map(({ state, ...summary }) =>
        state === undefined ? summary : { ...summary, state: state.toJSON() },
      );
      return { ...page, sessions };
    }
    default:
      return answer;
  }
}

/** The answer of a call, made of what was sent. */
export function unpackAnswer(method: SentMethod, sent: unknown): unknown {
  switch (method) {
    case 'create':
    case 'get':
    case 'getOrCreate':
    case 'fork':
      return sent === undefined ? undefined : unpackSession(sent as SentSession);
    case 'list': {
      const page = sent as SentPage;
      const sessions = page.sessions.map(({ state, ...summary }) =>
        state === undefined ? summary : { ...summary, state: State.fromStored(byScope(state)) },
      );
      return { ...page, sessions };
    }
    case 'listEvents': {
      const page = sent as EventPage;
      return { ...page, events: page.events.map(unpackEvent) };
    }
    case 'appendEvents':
      return (sent as readonly Event[]).map(unpackEvent);
    case 'appendEvent':
    case 'getEvent':
    case 'rewind':
    case 'retract':
      return sent === undefined ? undefined : unpackEvent(sent as Event);
    default:
      return sent;
  }
}

/** What stays of an erased event has more than what is sent of it. */
export function unpackEvent(event: Event): Event {
  return event.erased === true ? erasedEvent(event) : event;
}

function packSession(session: Session): SentSession {
  const { activeFrom, initialState } = session;
  return { ...session.toJSON(), activeFrom, initialState };
}

function unpackSession(sent: SentSession): Session {
  const { appName, userId, sessionId, state, events, initialState, id: _, ...rest } = sent;
  const { labels, expires, forkedFrom, ...numbers } = rest;
  const key = Object.freeze({ appName, userId, sessionId });
  return new Session({
    key,
    ...numbers,
    events: events.map(unpackEvent),
    state: byScope(state),
    details: {
      labels,
      ...(expires !== undefined && { expires }),
      ...(forkedFrom !== undefined && { forkedFrom }),
    },
    initialState: initialState === null ? undefined : new Map(Object.entries(initialState)),
  });
}

function byScope(state: JsonObject): StoredState {
  return foldDeltas([{ stateDelta: state }]) as StoredState;
}
