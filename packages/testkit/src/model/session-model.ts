import { at } from '../scenario.ts';
import { type Entry, isOwn, ModelSession, type Values } from './model-session.ts';
import { after, only, takesIncrements } from './model-state.ts';
import { eventsOf, type NamedEvent, summaryOf } from './named-events.ts';
import {
  type AppendOperation,
  isOnSession,
  type Operation,
  type RetractOperation,
  type SessionOperation,
  type UpdateStateOperation,
  type UserOperation,
  type Window,
} from './operations.ts';

/** What a call answers: a value to compare, or the code of an error. */
export type Outcome = { readonly value: unknown } | { readonly code: string };

type Call<Name extends Operation['call']> = Operation & { readonly call: Name };

/** Where an operation is, and what the service says of it. */
interface Place {
  readonly user: string;
  /** The user and the id. */
  readonly name: string;
  /** Of a session that the service has created. */
  readonly createTime: number;
}

const DONE: Outcome = { value: 'done' };
const NOT_FOUND: Outcome = { code: 'not_found' };

/**
 * What a service has to do, as plainly as it can be said, for one app. State is kept
 * under whole keys; its owner is the app, the user or the session.
 */
export class SessionModel {
  readonly sessions = new Map<string, ModelSession>();
  /** Sessions that have expired, and are not deleted yet. */
  readonly #expired = new Set<string>();
  readonly #shared = new Map<string, Values>();

  /**
   * What the service has to answer; undefined if either way is right. `createTime` is the service's
   * to tell, for a session that it has created.
   */
  apply(operation: Operation, createTime: number): Outcome | undefined {
    if (!isOnSession(operation)) return this.#applyToUser(operation);
    const { user, session } = operation;
    const place = { user, name: nameOf(user, session), createTime };
    const found = this.sessions.get(place.name);
    if (found === undefined) return this.#applyToMissing(operation, place);
    switch (operation.call) {
      case 'create':
        return { code: 'already_exists' };
      case 'getOrCreate':
        return { value: loaded(found, operation) };
      case 'delete':
        return { value: this.sessions.delete(place.name) };
      case 'append':
        return this.#append(operation, { found, place });
      case 'get':
        return { value: loaded(found, operation) };
      case 'getActive':
        return { value: loaded(found, { ...operation, from: found.activeFrom() }) };
      case 'listEvents': {
        const { afterSeq, beforeSeq, limit, order } = operation;
        const within = found.entries.slice(afterSeq, Math.max(0, beforeSeq - 1)).map(idOf);
        if (order === 'desc') within.reverse();
        return { value: { ids: within.slice(0, limit), hasMore: within.length > limit } };
      }
      case 'getEvent': {
        const entry = found.find(operation.event);
        return { value: entry && found.entries.indexOf(entry) + 1 };
      }
      case 'label':
        return relabel(operation, found);
      case 'expire':
        if (operation.when === 'now') this.#expire(place.name);
        return DONE;
      case 'fork':
        return this.#fork(operation, { found, place });
      case 'rewind':
        return rewind(operation, found);
      case 'retract':
        return retract(operation, found);
      case 'summarize': {
        const summary = summaryOf(operation.event, Math.max(1, found.revision - operation.keep));
        return this.#appendEvents([summary], { found, place });
      }
      case 'acquire': {
        const isOwn = found.turn === operation.turn;
        const isFree = found.turn === undefined && !operation.extend;
        if (!isOwn && !isFree) return { code: 'conflict' };
        found.turn = operation.turn;
        return DONE;
      }
      case 'release': {
        const isHeld = found.turn === operation.turn;
        if (isHeld) found.turn = undefined;
        return { value: isHeld };
      }
    }
  }

  /** All state that a session of the user sees; without `session`, all but its own. */
  state(user: string, session?: string): Values {
    const own = session === undefined ? {} : this.sessions.get(nameOf(user, session))?.state;
    return { ...this.#sharedOf('app'), ...this.#sharedOf(user), ...own };
  }

  /** Users with sessions or state; undefined if some of their sessions may be there or not. */
  users(): readonly string[] | undefined {
    if (this.#expired.size > 0) return undefined;
    return ['ann', 'bob'].filter((user) => {
      const hasState = Object.keys(this.#sharedOf(user)).length > 0;
      return hasState || this.#namesOf(user).length > 0;
    });
  }

  #applyToUser(operation: UserOperation): Outcome {
    const { user } = operation;
    switch (operation.call) {
      case 'updateState':
        return this.#updateState(operation);
      case 'listLabelled': {
        const wanted = Object.entries(operation.labels);
        const names = this.#namesOf(user).filter((name) => {
          const labels = this.sessions.get(name)?.labels ?? {};
          return wanted.every(([label, value]) => labels[label] === value);
        });
        const ids = names.map((name) => name.slice(user.length + 1)).sort();
        return { value: { ids, total: ids.length } };
      }
      case 'sweep': {
        const swept = this.#deleteExpired(user);
        const idle = operation.idle ? this.#namesOf(user) : [];
        for (const name of idle) this.sessions.delete(name);
        return { value: { deleted: swept + idle.length, done: true } };
      }
      case 'eraseUser': {
        const names = this.#namesOf(user);
        for (const name of names) this.sessions.delete(name);
        const sessions = names.length + this.#deleteExpired(user);
        const stateKeys = Object.keys(this.#sharedOf(user)).length;
        this.#shared.delete(user);
        return { value: { sessions, stateKeys } };
      }
      case 'copyUser':
        return this.#copyUser(operation);
    }
  }

  #applyToMissing(operation: SessionOperation, place: Place): Outcome {
    switch (operation.call) {
      case 'create':
        this.#create(operation, place);
        return DONE;
      case 'getOrCreate':
        this.#create(operation, place);
        return { value: [] };
      case 'get':
      case 'getActive':
        return { value: undefined };
      case 'delete':
      case 'release':
        return { value: false };
      case 'append': {
        const { ifMissing, expectedRevision = 0, turn } = operation;
        const creates = ifMissing === 'create' && expectedRevision === 0 && turn === undefined;
        const events = eventsOf(operation.events);
        const refusal = refusalOf(events);
        if (refusal !== undefined) return refusal;
        if (events.every(({ partial }) => partial)) return { value: [] };
        if (!creates) return NOT_FOUND;
        const { createTime, name } = place;
        const found = new ModelSession({ createTime, state: {}, labels: {} });
        const outcome = this.#append(operation, { found, place });
        // What is refused creates nothing.
        if (!('code' in outcome)) this.#put(name, found);
        return outcome;
      }
      case 'label':
        return operation.remove.some((label) => label in operation.set)
          ? { code: 'invalid_argument' }
          : NOT_FOUND;
      default:
        return NOT_FOUND;
    }
  }

  #create(
    { state, labels = {} }: Pick<Call<'create'>, 'state' | 'labels'>,
    { user, name, createTime }: Place,
  ): ModelSession {
    const all = after(this.state(user), { stateDelta: state });
    const session = new ModelSession({ createTime, state: only(all, isOwn), labels });
    this.#share(user, all);
    this.#put(name, session);
    return session;
  }

  #append(
    { events, ...operation }: AppendOperation,
    { found, place }: { readonly found: ModelSession; readonly place: Place },
  ): Outcome {
    return this.#appendEvents(eventsOf(events), { found, place, operation });
  }

  #appendEvents(
    events: readonly NamedEvent[],
    {
      found,
      place: { user },
      operation = {},
    }: {
      readonly found: ModelSession;
      readonly place: Place;
      readonly operation?: Partial<AppendOperation>;
    },
  ): Outcome {
    const refusal = refusalOf(events);
    if (refusal !== undefined) return refusal;
    const stored = events.filter(({ partial }) => !partial);
    if (stored.length === 0) return { value: [] };
    const entries = stored.map(({ id }) => found.find(id));
    const isSame = (event: NamedEvent, i: number) => {
      const entry = entries[i];
      return entry === undefined || entry.type === 'erased' || idAndContent(entry) === event;
    };
    if (!stored.every(isSame)) return { code: 'already_exists' };
    const fresh = stored.filter((_, i) => entries[i] === undefined);
    const isPart = fresh.length > 0 && fresh.length < stored.length;
    if (isPart && operation.onStored !== 'skip') return { code: 'already_exists' };
    if (fresh.length > 0) {
      const { expectedRevision = found.revision, turn = found.turn } = operation;
      if (expectedRevision !== found.revision || turn !== found.turn) return { code: 'conflict' };
      const actions = fresh.map((event) => event.actions);
      const seen = { ...this.state(user), ...found.state };
      if (!takesIncrements(actions) || !takesIncrements(actions, seen)) return { code: 'conflict' };
    }
    for (const event of fresh) {
      const all = after({ ...this.state(user), ...found.state }, event.actions);
      found.add({ type: 'event', event }, only(all, isOwn));
      this.#share(user, all);
    }
    const seqs = stored.map(({ id }) => found.entries.indexOf(found.find(id) as Entry) + 1);
    return { value: seqs };
  }

  #fork(
    { throughSeq, newSession, labels, user, session }: Call<'fork'>,
    { found, place }: { readonly found: ModelSession; readonly place: Place },
  ): Outcome {
    const { revision } = found;
    const seq = throughSeq ?? revision;
    if (seq > revision) return { code: 'invalid_argument' };
    if (!found.knowsStateAt(seq)) return { code: 'unsupported' };
    const name = nameOf(user, newSession);
    if (this.sessions.has(name)) return { code: 'already_exists' };
    const { createTime } = place;
    const forkedFrom = { sessionId: session, seq };
    const fork = new ModelSession({ createTime, state: {}, labels, forkedFrom });
    fork.copy(found, seq);
    this.#put(name, fork);
    return { value: fork.entries.map(idOf) };
  }

  #updateState({ user, scope, set, remove, add = {} }: UpdateStateOperation): Outcome {
    const isTwice = (key: string) => key in set || remove.includes(key);
    if (remove.some((key) => key in set) || Object.keys(add).some(isTwice)) {
      return { code: 'invalid_argument' };
    }
    const whole = (key: string) => `${scope}:${key}`;
    const entries = (all: Readonly<Record<string, unknown>>) =>
      Object.fromEntries(Object.entries(all).map(([key, value]) => [whole(key), value]));
    const actions = {
      stateDelta: entries(set) as Record<string, number>,
      removedStateKeys: remove.map(whole),
      stateIncrements: entries(add) as Record<string, number>,
    };
    if (!takesIncrements([actions], this.state(user))) return { code: 'conflict' };
    this.#share(user, after(this.state(user), actions));
    return DONE;
  }

  #copyUser({ user, to }: Call<'copyUser'>): Outcome {
    const copied = { sessions: 0, events: 0, present: 0 };
    for (const name of this.#namesOf(user)) {
      const source = this.sessions.get(name) as ModelSession;
      const target = nameOf(to, name.slice(user.length + 1));
      if (this.sessions.has(target)) {
        copied.present++;
        continue;
      }
      const copy = new ModelSession({ ...source, state: {} });
      copy.copy(source, source.revision);
      this.#put(target, copy);
      copied.sessions++;
      copied.events += copy.revision;
    }
    const state = Object.entries(this.#sharedOf(user));
    this.#shared.set(to, { ...this.#sharedOf(to), ...Object.fromEntries(state) });
    return { value: { ...copied, states: state.length > 0 ? 1 : 0, incomplete: 0 } };
  }

  #namesOf(user: string): readonly string[] {
    return [...this.sessions.keys()].filter((name) => name.startsWith(`${user}/`));
  }

  #put(name: string, session: ModelSession): void {
    this.#expired.delete(name);
    this.sessions.set(name, session);
  }

  #expire(name: string): void {
    this.sessions.delete(name);
    this.#expired.add(name);
  }

  #deleteExpired(user: string): number {
    const names = [...this.#expired].filter((name) => name.startsWith(`${user}/`));
    for (const name of names) this.#expired.delete(name);
    return names.length;
  }

  #sharedOf(owner: string): Values {
    return this.#shared.get(owner) ?? {};
  }

  #share(user: string, values: Values): void {
    this.#shared.set(
      'app',
      only(values, (key) => key.startsWith('app:')),
    );
    this.#shared.set(
      user,
      only(values, (key) => key.startsWith('user:')),
    );
  }
}

function nameOf(user: string, session: string): string {
  return `${user}/${session}`;
}

function idAndContent(entry: Entry): NamedEvent | undefined {
  return entry.type === 'event' ? entry.event : undefined;
}

/** What is refused whatever the session has. */
function refusalOf(events: readonly NamedEvent[]): Outcome | undefined {
  const stored = events.filter(({ partial }) => !partial);
  if (new Set(stored.map(({ id }) => id)).size < stored.length) {
    return { code: 'invalid_argument' };
  }
  return takesIncrements(stored.map(({ actions }) => actions)) ? undefined : { code: 'conflict' };
}

function relabel({ set, remove }: Call<'label'>, found: ModelSession): Outcome {
  if (remove.some((label) => label in set)) return { code: 'invalid_argument' };
  const kept = Object.entries(found.labels).filter(([label]) => !remove.includes(label));
  found.labels = { ...Object.fromEntries(kept), ...set };
  return { value: found.labels };
}

function rewind({ toSeq, expectedRevision }: Call<'rewind'>, found: ModelSession): Outcome {
  const { revision } = found;
  if (expectedRevision !== undefined && expectedRevision !== revision) return { code: 'conflict' };
  if (toSeq > revision) return { code: 'invalid_argument' };
  if (!found.knowsStateAt(toSeq)) return { code: 'unsupported' };
  found.add({ type: 'rewind', toSeq }, found.states[toSeq] as Values);
  return { value: [revision + 1] };
}

function retract({ what, erase }: RetractOperation, found: ModelSession): Outcome {
  const { revision, entries } = found;
  const { ids = [], throughSeq = 0 } = what;
  if (throughSeq > revision) return { code: 'invalid_argument' };
  if (ids.some((id) => found.find(id) === undefined)) return NOT_FOUND;
  for (const [i, entry] of erase ? entries.entries() : []) {
    const event = 'event' in entry ? entry.event : undefined;
    const isMeant = i < throughSeq || (event !== undefined && ids.includes(event.id));
    if (isMeant) entries[i] = { type: 'erased', event };
  }
  found.add({ type: 'retract', ids, throughSeq }, found.state);
  return { value: [revision + 1] };
}

/** The id that the model knows; null for a marker, whose id is the service's. */
function idOf(entry: Entry): string | null {
  return 'event' in entry && entry.event !== undefined ? entry.event.id : null;
}

/** The ids of the events in a window. */
function loaded(
  { entries }: ModelSession,
  {
    last = Number.POSITIVE_INFINITY,
    after: earliest,
    from = 1,
  }: Window & { readonly from?: number },
): (string | null)[] {
  const first = Math.max(from - 1, entries.length - last);
  return entries.slice(Math.max(0, first)).flatMap((entry) => {
    const event = 'event' in entry ? entry.event : undefined;
    // A marker has the time of the call, which is earlier than that of any event of the model.
    const isLoaded = earliest === undefined || (event && event.timestamp >= at(earliest));
    return isLoaded ? [idOf(entry)] : [];
  });
}
