import {
  applyIncrements,
  copyEvent,
  type IncrementRefused,
  type PreparedFork,
  type PreparedIncrement,
  type StateIncrements,
} from '@holdfast/session/store';
import type { ScopedChanges, ScopeState, StoredState } from '@holdfast/state/internal';
import { appendTo, type SessionRecord } from './session-record.ts';

type Scope = IncrementRefused['scope'];

/** Changes with what increments come to, given the state that they meet. */
export function resolveIncrements(
  state: StoredState,
  { changes, increments }: Pick<PreparedIncrement, 'changes' | 'increments'>,
): { readonly type: 'resolved'; readonly changes: ScopedChanges } | IncrementRefused {
  const resolved: Record<Scope, ScopedChanges[Scope]> = { ...changes };
  for (const scope of ['session', 'user', 'app'] as const) {
    const summed = addTo(state[scope], { scope, increments: increments[scope] });
    if (summed.type === 'unfit') return summed;
    if (summed.sums.size > 0) resolved[scope] = new Map([...changes[scope], ...summed.sums]);
  }
  return { type: 'resolved', changes: resolved };
}

/** What increments of one scope come to. */
export function addTo(
  state: ScopeState,
  { scope, increments }: { readonly scope: Scope; readonly increments: StateIncrements },
): { readonly type: 'summed'; readonly sums: ReadonlyMap<string, number> } | IncrementRefused {
  const sums = applyIncrements(state, increments);
  if (typeof sums === 'string') return { type: 'unfit', scope, name: sums };
  return { type: 'summed', sums };
}

/** Gives a session that was just added what a fork has of its source. */
export function forkInto(
  session: SessionRecord,
  { source, fork }: { readonly source: SessionRecord; readonly fork: PreparedFork },
): void {
  const events = source.log.range(1, fork.throughSeq + 1);
  let latestTimestamp = 0;
  for (const { timestamp } of events) latestTimestamp = Math.max(latestTimestamp, timestamp);
  appendTo(session, {
    events: events.map((event) => copyEvent(event, session.mark)),
    latestTimestamp,
  });
  session.state.apply(fork.create.state.session);
  session.initialState = source.initialState;
  session.activeFrom = fork.activeFrom;
}
