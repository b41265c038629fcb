import { HoldfastError, isHoldfastError, type JsonValue, type SessionKey } from '@holdfast/core';
import { describeSessionKey, jsonEqual, setOwn } from '@holdfast/core/internal';
import type { SessionService } from '@holdfast/session';
import { splitStateKey } from '@holdfast/state';
import type { PreparedEvent } from './prepare-events.ts';
import type { PreparedSession } from './prepare-session.ts';
import { CORRECTION_ID } from './reserved-ids.ts';
import { chunksOf, type StateEntry } from './state-chunks.ts';
import type { StoredEvent } from './stored-event.ts';

/** So much goes into one append, if no single event is larger. */
const BATCH_BYTES = 4 * 1024 * 1024;

/** What a session consists of in the service. */
export interface SessionContent {
  /** The state that it is created with. */
  readonly initial: readonly StateEntry[];
  readonly events: readonly PreparedEvent[];
  /** The events that lead from what the others make of the state to the state itself. */
  readonly corrections: readonly StoredEvent[];
}

type Values = ReadonlyMap<string, unknown>;

/** What a session has to consist of, so that it has these events and in the end this state. */
export function contentOf(
  { state }: PreparedSession,
  events: readonly PreparedEvent[],
): SessionContent {
  // If its row cannot be read, the state is what the events make of it.
  if (state === undefined) return { initial: [], events, corrections: [] };
  const replayed = replay(events);
  const { changed, removed } = differenceOf(new Map(state), replayed);
  const [initial = [], ...later] = chunksOf(state.filter(([name]) => !replayed.has(name)));
  const chunks = [...later, ...chunksOf(changed)];
  const { invocationId = '', timestamp = 0 } = events.at(-1)?.event ?? {};
  const corrections = correctionsOf(chunks, removed).map((actions, i) => ({
    id: i === 0 ? CORRECTION_ID : `${CORRECTION_ID}-${i + 1}`,
    invocationId,
    timestamp,
    actions,
  }));
  return { initial, events, corrections };
}

/** Each key that the events touch, with its last value: undefined if they remove it. */
function replay(events: readonly PreparedEvent[]): Values {
  const values = new Map<string, unknown>();
  for (const { event } of events) {
    const { stateDelta = {}, removedStateKeys = [] } = event.actions ?? {};
    for (const [name, value] of Object.entries(stateDelta)) values.set(name, value);
    // Only adk-kotlin says in an event that a key is removed.
    for (const name of removedStateKeys) values.set(name, undefined);
  }
  // ADK keeps the keys of other scopes elsewhere.
  for (const name of values.keys())
    if (splitStateKey(name).scope !== 'session') values.delete(name);
  return values;
}

/**
 * What leads from what the events make of the state to the state itself. The state is what the
 * agent goes by, so it wins if the two differ: a key was set to undefined, which the stored event
 * does not say, two writers overtook each other, or someone changed the table.
 */
function differenceOf(state: Values, replayed: Values) {
  const changed: StateEntry[] = [];
  const removed: string[] = [];
  for (const [key, value] of replayed) {
    const present = state.get(key);
    if (present === undefined && value !== undefined) removed.push(key);
    if (present === undefined) continue;
    const isSame = value !== undefined && jsonEqual(present as JsonValue, value as JsonValue);
    if (!isSame) changed.push([key, present]);
  }
  return { changed, removed };
}

function correctionsOf(chunks: readonly (readonly StateEntry[])[], removed: readonly string[]) {
  if (chunks.length === 0 && removed.length === 0) return [];
  const deltas = chunks.length === 0 ? [[]] : chunks;
  return deltas.map((entries, i) => {
    const stateDelta = {};
    for (const [name, value] of entries) setOwn(stateDelta, name, value);
    return {
      stateDelta,
      artifactDelta: {},
      requestedAuthConfigs: {},
      requestedToolConfirmations: {},
      ...(i === 0 && removed.length > 0 && { removedStateKeys: removed }),
    };
  });
}

interface SessionImport {
  readonly service: SessionService;
  readonly key: SessionKey;
  readonly content: SessionContent;
  /** How many events are written at once. */
  readonly batchSize: number;
}

/** Writes a session, or what is missing of it, and answers what it wrote. */
export async function importSession({ service, key, content, batchSize }: SessionImport) {
  const { initial, events, corrections } = content;
  const all = [...events, ...corrections.map((event) => ({ event, size: 0 }))];
  const there = await service.get({ ...key, numRecentEvents: 1 });
  const done = there?.revision ?? 0;
  const last = there?.events[0];
  if (last !== undefined && last.id !== all[done - 1]?.event.id) {
    throw new HoldfastError('conflict', {
      message: `${describeSessionKey(key)} has changed since its import began: event ${last.id} is not the one of the ADK database`,
      key,
    });
  }
  try {
    if (there === undefined) await service.create({ ...key, state: Object.fromEntries(initial) });
    for (let from = done; from < all.length; ) {
      const batch = batchOf(all, { from, most: batchSize });
      await service.appendEvents({ ...key, events: batch, expectedRevision: from });
      from += batch.length;
    }
  } catch (error) {
    throw named(error, key);
  }
  return { isNew: there === undefined, events: Math.max(0, events.length - done) };
}

/** The next events to be written: at least one, and no more than a server takes at once. */
function batchOf(
  all: readonly PreparedEvent[],
  { from, most }: { readonly from: number; readonly most: number },
): StoredEvent[] {
  const batch: StoredEvent[] = [];
  let bytes = 0;
  for (const { event, size } of all.slice(from, from + most)) {
    bytes += size;
    if (batch.length > 0 && bytes > BATCH_BYTES) break;
    batch.push(event);
  }
  return batch;
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
