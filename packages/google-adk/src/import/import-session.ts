import { HoldfastError, isHoldfastError, type JsonValue, type SessionKey } from '@holdfast/core';
import { describeSessionKey, jsonEqual, setOwn } from '@holdfast/core/internal';
import type { SessionService } from '@holdfast/session';
import { splitStateKey } from '@holdfast/state';
import type { StoredEvent } from './stored-event.ts';

/** The id of the event that sets right what the events alone do not explain. */
const CORRECTION_ID = 'holdfast-adk-import';

interface SessionImport {
  readonly service: SessionService;
  readonly key: SessionKey;
  readonly state: object;
  readonly events: readonly StoredEvent[];
  /** How many events are written at once. */
  readonly batchSize: number;
}

type Values = ReadonlyMap<string, unknown>;

/** Writes a session, or what is missing of it, and answers what it wrote. */
export async function importSession(request: SessionImport) {
  const { service, key, events, batchSize } = request;
  const state: Values = new Map(ownEntries(request.state));
  const replayed: Values = new Map(
    events.flatMap(({ actions }) => ownEntries(actions?.stateDelta)),
  );
  const initial = [...state].filter(([name]) => !replayed.has(name));
  const actions = correctionOf(state, replayed);
  const { invocationId = '', timestamp = 0 } = events.at(-1) ?? {};
  const correction = { id: CORRECTION_ID, invocationId, timestamp, actions };
  const all = actions === undefined ? events : [...events, correction];

  const there = await service.get({ ...key, numRecentEvents: 1 });
  const done = there?.revision ?? 0;
  const last = there?.events[0];
  if (last !== undefined && last.id !== all[done - 1]?.id) {
    throw new HoldfastError('conflict', {
      message: `${describeSessionKey(key)} has changed since its import began: event ${last.id} is not the one of the ADK database`,
      key,
    });
  }
  try {
    if (there === undefined) await service.create({ ...key, state: Object.fromEntries(initial) });
    for (let from = done; from < all.length; from += batchSize) {
      const batch = all.slice(from, from + batchSize);
      await service.appendEvents({ ...key, events: batch, expectedRevision: from });
    }
  } catch (error) {
    throw named(error, key);
  }
  return {
    isNew: there === undefined,
    events: Math.max(0, events.length - done),
    isCorrected: actions !== undefined,
  };
}

/** What a state or a delta says of the session's own keys. */
function ownEntries(state: object | undefined): readonly [string, unknown][] {
  return Object.entries(state ?? {}).filter(([key]) => splitStateKey(key).scope === 'session');
}

/**
 * The actions that lead from what the events make of the state to the state itself; undefined if
 * that is the same. The state is what the agent goes by, so it wins if the two differ: a key was
 * set to undefined, which the stored event does not say, two writers overtook each other, or
 * someone changed the table.
 */
function correctionOf(state: Values, replayed: Values) {
  const stateDelta: Record<string, unknown> = {};
  const removedStateKeys: string[] = [];
  for (const [key, value] of replayed) {
    const present = state.get(key);
    if (!state.has(key)) removedStateKeys.push(key);
    else if (!jsonEqual(present as JsonValue, value as JsonValue)) setOwn(stateDelta, key, present);
  }
  if (Object.keys(stateDelta).length === 0 && removedStateKeys.length === 0) return undefined;
  return {
    stateDelta,
    artifactDelta: {},
    requestedAuthConfigs: {},
    requestedToolConfirmations: {},
    ...(removedStateKeys.length > 0 && { removedStateKeys }),
  };
}

/** Says which session is meant, if its content was refused. */
function named(error: unknown, key: SessionKey): unknown {
  if (!isHoldfastError(error) || error.key !== undefined || error.path === undefined) return error;
  return new HoldfastError(error.code, {
    message: `${describeSessionKey(key)} cannot be imported: ${error.message}`,
    key,
    path: error.path,
    cause: error,
  });
}
