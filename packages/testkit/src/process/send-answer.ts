import type { JsonObject } from '@holdfast/core';
import {
  Session,
  type SessionJson,
  type SessionPage,
  type SessionServiceMethod,
  type SessionSummary,
  State,
} from '@holdfast/session';
import { foldDeltas, type StoredState } from '@holdfast/state/internal';

type SentSummary = Omit<SessionSummary, 'state'> & { readonly state?: JsonObject };
type SentPage = Omit<SessionPage, 'sessions'> & { readonly sessions: readonly SentSummary[] };

/** What a call answers as plain data, which can be sent to another process. */
export function packAnswer(method: SessionServiceMethod, answer: unknown): unknown {
  switch (method) {
    case 'create':
    case 'get':
    case 'getOrCreate':
      return (answer as Session | undefined)?.toJSON();
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
export function unpackAnswer(method: SessionServiceMethod, sent: unknown): unknown {
  switch (method) {
    case 'create':
    case 'get':
    case 'getOrCreate':
      return sent === undefined ? undefined : unpackSession(sent as SessionJson);
    case 'list': {
      const page = sent as SentPage;
      const sessions = page.sessions.map(({ state, ...summary }) =>
        state === undefined ? summary : { ...summary, state: State.fromStored(byScope(state)) },
      );
      return { ...page, sessions };
    }
    default:
      return sent;
  }
}

function unpackSession(json: SessionJson): Session {
  const { appName, userId, sessionId, state, id: _, ...rest } = json;
  const key = Object.freeze({ appName, userId, sessionId });
  return new Session({ key, ...rest, state: byScope(state) });
}

function byScope(state: JsonObject): StoredState {
  return foldDeltas([{ stateDelta: state }]) as StoredState;
}
