import type { Event, JsonValue, SessionKey } from '@holdfast/core';
import { incremented, type ScopeState, splitStateKey } from '@holdfast/state/internal';
import type { SessionSnapshot } from '../session.ts';
import { stateUnknown } from '../session-errors.ts';
import { type StoreAccess, walkEvents } from './store-access.ts';

/** What an event does to a key; undefined if it leaves it alone. */
type Touch = { readonly value: JsonValue | undefined } | { readonly by: number } | undefined;

/** A key whose value is searched for: what was added to it after the event that decides. */
type Search = Map<string, number>;

/**
 * A session's own state as it was at an earlier `seq`, and the initial one at 0. It goes back only
 * as far as it has to: a key that no later event has touched has the value that it has now, and of
 * others the last event before decides.
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
  const unknown = (why: string) => stateUnknown(key, { seq, why, path });
  const touched: Search = new Map();
  for await (const event of walkEvents(access, {
    key,
    from: seq + 1,
    to: revision,
    order: 'desc',
  })) {
    // What it has changed is not known. Its keys may be any.
    if (event.erased) throw unknown('an event behind it was erased');
    for (const name of touchedBy(event)) touched.set(name, 0);
  }
  const state = new Map(now);
  for (const name of touched.keys()) state.delete(name);
  if (touched.size > 0) await searchBack(access, { snapshot, seq, touched, state, unknown });
  return state;
}

interface BackwardSearch {
  readonly snapshot: SessionSnapshot;
  readonly seq: number;
  readonly touched: Search;
  /** Where what is found goes. */
  readonly state: Map<string, JsonValue>;
  unknown(why: string): Error;
}

async function searchBack(
  access: StoreAccess,
  { snapshot, seq, touched, state, unknown }: BackwardSearch,
): Promise<void> {
  const found = (name: string, before: JsonValue | undefined) => {
    const by = touched.get(name) as number;
    touched.delete(name);
    const value = by === 0 ? before : incremented(before, by);
    if (value !== undefined) state.set(name, value);
  };
  const walk = { key: snapshot.key, from: 1, to: seq, order: 'desc' } as const;
  for await (const event of walkEvents(access, walk)) {
    if (event.erased) throw unknown('an event before it was erased');
    for (const name of touchedBy(event)) {
      const by = touched.get(name);
      if (by === undefined) continue;
      const touch = touchOf(event, name);
      if (touch === undefined) continue;
      if ('by' in touch) touched.set(name, by + touch.by);
      else found(name, touch.value);
    }
    if (touched.size === 0) return;
  }
  const { initialState } = snapshot;
  if (initialState === undefined) throw unknown('what the session began with was not kept');
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
