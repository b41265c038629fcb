import type { Event, JsonValue, SessionKey } from '@holdfast/core';
import { incremented, type ScopeState, splitStateKey } from '@holdfast/state/internal';
import type { SessionSnapshot } from '../session.ts';
import { stateUnknown } from '../session-errors.ts';
import { type StoreAccess, walkEvents } from './store-access.ts';

/** What an event does to a key; undefined if it leaves it alone. */
type Touch = { readonly value: JsonValue | undefined } | { readonly by: number } | undefined;

/** Keys whose values are searched for: what was added after the event that decides, the last first. */
type Search = Map<string, number[]>;

/**
 * A session's own state as it was at an earlier `seq`, and the initial one at 0. From a point in the
 * first half it is made of the initial state. Otherwise it goes back only as far as it has to: a key
 * that no later event has touched has the value that it has now, and of others the last event before
 * decides. If a later event was erased, it begins at the beginning.
 */
export async function stateAt(
  access: StoreAccess,
  {
    snapshot,
    seq,
    path,
  }: {
    /** The session now, with its initial state. */
    readonly snapshot: SessionSnapshot;
    readonly seq: number;
    /** What of the request asks for it, for an error. */
    readonly path: string;
  },
): Promise<ScopeState> {
  const { key, revision } = snapshot;
  const now = snapshot.state.session;
  if (seq === revision) return now;
  const isEarly = seq < revision - seq;
  const early = isEarly ? await replay(access, { snapshot, seq }) : undefined;
  if (early !== undefined) return early;
  const unknown = (why: string) => stateUnknown(key, { seq, why, path });
  const touched: Search = new Map();
  for await (const event of walkEvents(access, {
    key,
    from: seq + 1,
    to: revision,
    order: 'desc',
  })) {
    // What it has changed is not known: its keys may be any.
    if (event.erased) return fromTheStart(access, { snapshot, seq, unknown });
    for (const name of touchedBy(event)) touched.set(name, []);
  }
  const state = new Map(now);
  for (const name of touched.keys()) state.delete(name);
  if (touched.size > 0) await searchBack(access, { snapshot, seq, touched, state, unknown });
  return state;
}

interface PastState {
  readonly snapshot: SessionSnapshot;
  readonly seq: number;
  unknown(why: string): Error;
}

interface BackwardSearch extends PastState {
  readonly touched: Search;
  /** Where what is found goes. */
  readonly state: Map<string, JsonValue>;
}

/** The same, or an error if it is not known. */
async function fromTheStart(access: StoreAccess, past: PastState): Promise<ScopeState> {
  const state = await replay(access, past);
  if (state !== undefined) return state;
  throw past.unknown(past.snapshot.initialState === undefined ? NOT_KEPT : ERASED_BEFORE);
}

/**
 * The initial state, and what all events up to the point have made of it; undefined if one of these
 * was erased, or if the initial state was not kept.
 */
async function replay(
  access: StoreAccess,
  { snapshot: { key, initialState }, seq }: Pick<PastState, 'snapshot' | 'seq'>,
): Promise<ScopeState | undefined> {
  if (initialState === undefined) return undefined;
  const state = new Map(initialState);
  for await (const event of walkEvents(access, { key, from: 1, to: seq, order: 'asc' })) {
    if (event.erased) return undefined;
    for (const name of touchedBy(event)) {
      const touch = touchOf(event, name);
      if (touch === undefined) continue;
      const value = 'by' in touch ? incremented(state.get(name), touch.by) : touch.value;
      if (value === undefined) state.delete(name);
      else state.set(name, value);
    }
  }
  return state;
}

const NOT_KEPT = 'what the session began with was not kept';
const ERASED_BEFORE = 'an event before it was erased';

async function searchBack(
  access: StoreAccess,
  { snapshot, seq, touched, state, unknown }: BackwardSearch,
): Promise<void> {
  const found = (name: string, before: JsonValue | undefined) => {
    const added = touched.get(name) as number[];
    touched.delete(name);
    const value = added.reduceRight<JsonValue | undefined>(incremented, before);
    if (value !== undefined) state.set(name, value);
  };
  const walk = { key: snapshot.key, from: 1, to: seq, order: 'desc' } as const;
  for await (const event of walkEvents(access, walk)) {
    if (event.erased) throw unknown(ERASED_BEFORE);
    for (const name of touchedBy(event)) {
      const added = touched.get(name);
      if (added === undefined) continue;
      const touch = touchOf(event, name);
      if (touch === undefined) continue;
      if ('by' in touch) added.push(touch.by);
      else found(name, touch.value);
    }
    if (touched.size === 0) return;
  }
  const { initialState } = snapshot;
  if (initialState === undefined) throw unknown(NOT_KEPT);
  for (const name of [...touched.keys()]) found(name, initialState.get(name));
}

function touchedBy({ actions }: Event): readonly string[] {
  const { stateDelta, removedStateKeys = [], stateIncrements = {} } = actions;
  return [...Object.keys(stateDelta), ...removedStateKeys, ...Object.keys(stateIncrements)].flatMap(
    (key) => {
      const { scope, name } = splitStateKey(key);
      return scope === 'session' ? [name] : [];
    },
  );
}

function touchOf({ actions }: Event, name: string): Touch {
  const { stateDelta, removedStateKeys, stateIncrements = {} } = actions;
  if (Object.hasOwn(stateDelta, name)) return { value: stateDelta[name] };
  if (removedStateKeys?.includes(name)) return { value: undefined };
  const by = Object.hasOwn(stateIncrements, name) ? stateIncrements[name] : undefined;
  return by === undefined ? undefined : { by };
}

/** The `seq` before the first event of an invocation; undefined if there is no such event. */
export async function seqBeforeInvocation(
  access: StoreAccess,
  {
    key,
    revision,
    invocationId,
  }: { readonly key: SessionKey; readonly revision: number; readonly invocationId: string },
): Promise<number | undefined> {
  for await (const event of walkEvents(access, { key, from: 1, to: revision, order: 'asc' })) {
    if (event.invocationId === invocationId) return (event.seq as number) - 1;
  }
  return undefined;
}
