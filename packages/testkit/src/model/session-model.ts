import { at } from '../scenario.ts';
import { eventsByName, type NamedEvent, type Operation, type Window } from './operations.ts';

interface ModelSession {
  readonly createTime: number;
  readonly events: NamedEvent[];
}

/** What a call answers: a value to compare, or the code of an error. */
export type Outcome = { readonly value: unknown } | { readonly code: string };

/**
 * What a service has to do, as plainly as it can be said, for one app. State is kept
 * under whole keys; its owner is the app, the user or the session.
 */
export class SessionModel {
  readonly sessions = new Map<string, ModelSession>();
  readonly #state = new Map<string, Map<string, unknown>>();

  /** `createTime` is the service's to tell, for a session that it has created. */
  apply(operation: Operation, createTime: number): Outcome {
    if (operation.call === 'updateState') return this.#updateState(operation);
    const { user, session } = operation;
    const name = `${user}/${session}`;
    const found = this.sessions.get(name);
    switch (operation.call) {
      case 'create':
        if (found) return { code: 'already_exists' };
        return this.#create(operation, createTime);
      case 'getOrCreate':
        if (!found) this.#create(operation, createTime);
        return { value: loaded(found?.events ?? [], operation) };
      case 'delete':
        this.#state.delete(name);
        return { value: this.sessions.delete(name) };
      case 'append':
        return this.#append(operation, found);
      case 'get':
        return { value: found && loaded(found.events, operation) };
      case 'listEvents': {
        if (!found) return { code: 'not_found' };
        const { afterSeq, beforeSeq, limit, order } = operation;
        const within = found.events.slice(afterSeq, Math.max(0, beforeSeq - 1)).map(({ id }) => id);
        if (order === 'desc') within.reverse();
        return { value: { ids: within.slice(0, limit), hasMore: within.length > limit } };
      }
    }
  }

  /** All state that a session of the user sees; without `session`, all but its own. */
  state(user: string, session?: string): Record<string, unknown> {
    const owners = ['app', user, ...(session === undefined ? [] : [`${user}/${session}`])];
    return Object.fromEntries(owners.flatMap((owner) => [...(this.#state.get(owner) ?? [])]));
  }

  #create(
    { user, session, state }: Operation & { call: 'create' | 'getOrCreate' },
    createTime: number,
  ): Outcome {
    this.sessions.set(`${user}/${session}`, { createTime, events: [] });
    for (const [key, value] of Object.entries(state)) this.#set({ user, session, key, value });
    return { value: 'done' };
  }

  #append(
    { user, session, ...operation }: Operation & { call: 'append' },
    found: ModelSession | undefined,
  ): Outcome {
    const events = operation.events.flatMap((name) => eventsByName.get(name) ?? []);
    const stored = events.filter(({ partial }) => !partial);
    if (new Set(stored.map(({ id }) => id)).size < stored.length)
      return { code: 'invalid_argument' };
    if (stored.length === 0) return { value: [] };
    if (!found) return { code: 'not_found' };
    const isThere = ({ id }: NamedEvent) => found.events.some((event) => event.id === id);
    const isSame = (event: NamedEvent) => found.events.includes(event);
    if (!stored.filter(isThere).every(isSame)) return { code: 'already_exists' };
    const fresh = stored.filter((event) => !isSame(event));
    if (fresh.length > 0 && fresh.length < stored.length && operation.onStored !== 'skip') {
      return { code: 'already_exists' };
    }
    const { expectedRevision = found.events.length } = operation;
    if (fresh.length > 0 && expectedRevision !== found.events.length) return { code: 'conflict' };
    found.events.push(...fresh);
    for (const { actions } of fresh) {
      for (const key of actions.removedStateKeys) this.#set({ user, session, key });
      for (const [key, value] of Object.entries(actions.stateDelta)) {
        this.#set({ user, session, key, value });
      }
    }
    return { value: stored.map((event) => found.events.indexOf(event) + 1) };
  }

  #updateState({ user, scope, set, remove }: Operation & { call: 'updateState' }): Outcome {
    if (remove.some((key) => key in set)) return { code: 'invalid_argument' };
    for (const key of remove) this.#set({ user, key: `${scope}:${key}` });
    for (const [key, value] of Object.entries(set)) {
      this.#set({ user, key: `${scope}:${key}`, value });
    }
    return { value: 'done' };
  }

  /** Undefined removes. */
  #set({ user, session, key, value }: StateChange): void {
    if (key.startsWith('temp:')) return;
    const shared = key.startsWith('app:') ? 'app' : user;
    const owner = key.includes(':') ? shared : `${user}/${session}`;
    const state = this.#state.get(owner) ?? new Map<string, unknown>();
    this.#state.set(owner, state);
    if (value === undefined) state.delete(key);
    else state.set(key, value);
  }
}

interface StateChange {
  readonly user: string;
  readonly session?: string;
  readonly key: string;
  readonly value?: unknown;
}

/** The ids of the events in a window. */
function loaded(
  events: readonly NamedEvent[],
  { last = Number.POSITIVE_INFINITY, after = 0 }: Window,
): string[] {
  const recent = events.slice(Math.max(0, events.length - last));
  return recent.filter(({ timestamp }) => timestamp >= at(after)).map(({ id }) => id);
}
