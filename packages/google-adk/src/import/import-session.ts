import {
  describeSessionKey,
  type Event,
  HoldfastError,
  isHoldfastError,
  type JsonValue,
  jsonEqual,
  type SessionKey,
  setOwn,
} from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { splitStateKey } from '@holdfast/state';
import type { StoredSession } from './read-rows.ts';
import type { StoredEvent } from './stored-event.ts';

/** The id of the event that sets right what the events alone do not explain. */
const CORRECTION_ID = 'holdfast-adk-import';

export interface SessionImport {
  readonly service: SessionService;
  readonly key: SessionKey;
  readonly session: StoredSession;
  readonly events: readonly StoredEvent[];
  /** How many events are written at once. */
  readonly batchSize: number;
}

/** What a session's import wrote. */
export interface WrittenSession {
  readonly isNew: boolean;
  readonly events: number;
  readonly isCorrected: boolean;
}

/** Writes a session, or what is missing of it. */
export async function importSession(request: SessionImport): Promise<WrittenSession> {
  const { service, key, batchSize } = request;
  const state = sessionKeysOf(request.session.state);
  const replayed = replay(request.events);
  const initial = new Map([...state].filter(([name]) => !replayed.has(name)));
  const events = request.events.map(({ event }) => event);
  const correction = correctionOf({ state, replayed, last: request.events.at(-1) });
  const all = correction === undefined ? events : [...events, correction];

  const there = await service.get({ ...key, numRecentEvents: 1 });
  if (there === undefined) {
    await naming(key, () => service.create({ ...key, state: Object.fromEntries(initial) }));
  }
  const done = there?.revision ?? 0;
  checkSame({ key, last: there?.events[0], expected: all[done - 1]?.id });
  for (let from = done; from < all.length; from += batchSize) {
    const batch = all.slice(from, from + batchSize);
    await naming(key, () =>
      service.appendEvents({ ...key, events: batch, expectedRevision: from }),
    );
  }
  return {
    isNew: there === undefined,
    events: Math.max(0, events.length - done),
    isCorrected: correction !== undefined,
  };
}

/** The session's own keys: no other scope has its values here. */
function sessionKeysOf(state: Readonly<Record<string, unknown>>): Map<string, unknown> {
  return new Map(Object.entries(state).filter(([key]) => splitStateKey(key).scope === 'session'));
}

/** The session keys that events set, with the last value of each. */
function replay(events: readonly StoredEvent[]): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const { event } of events) {
    for (const [key, value] of Object.entries(event.actions?.stateDelta ?? {})) {
      if (splitStateKey(key).scope === 'session') values.set(key, value);
    }
  }
  return values;
}

/**
 * The state is what the agent goes by, so it is the state that is kept where it is not what
 * the events make of it: a key was set to undefined, which the stored event does not say, two
 * writers overtook each other, or someone changed the table.
 */
function correctionOf({
  state,
  replayed,
  last,
}: {
  readonly state: ReadonlyMap<string, unknown>;
  readonly replayed: ReadonlyMap<string, unknown>;
  readonly last: StoredEvent | undefined;
}) {
  const stateDelta: Record<string, unknown> = {};
  const removedStateKeys: string[] = [];
  for (const [key, value] of replayed) {
    if (!state.has(key)) removedStateKeys.push(key);
    else if (!jsonEqual(state.get(key) as JsonValue, value as JsonValue)) {
      setOwn(stateDelta, key, state.get(key));
    }
  }
  if (Object.keys(stateDelta).length === 0 && removedStateKeys.length === 0) return undefined;
  return {
    id: CORRECTION_ID,
    invocationId: last?.event.invocationId ?? '',
    timestamp: last?.event.timestamp ?? 0,
    actions: {
      stateDelta,
      artifactDelta: {},
      requestedAuthConfigs: {},
      requestedToolConfirmations: {},
      ...(removedStateKeys.length > 0 && { removedStateKeys }),
    },
  };
}

function checkSame({
  key,
  last,
  expected,
}: {
  readonly key: SessionKey;
  readonly last: Event | undefined;
  readonly expected: string | undefined;
}): void {
  if (last === undefined || last.id === expected) return;
  throw new HoldfastError('conflict', {
    message: `${describeSessionKey(key)} has changed since its import began: event ${last.id} is not the one of the ADK database`,
    key,
  });
}

/** Says which session is meant, where its content is refused. */
async function naming<T>(key: SessionKey, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isHoldfastError(error) || error.key !== undefined || error.path === undefined) throw error;
    throw new HoldfastError(error.code, {
      message: `${describeSessionKey(key)} cannot be imported: ${error.message}`,
      key,
      path: error.path,
      cause: error,
    });
  }
}
