import type { SessionKey } from '@holdfast/core';
import {
  type AppendOutcome,
  cutPage,
  type ListedEvents,
  numberEvents,
  type PreparedAppend,
  type PreparedCreate,
  type PreparedGet,
  type PreparedGetState,
  type PreparedList,
  type PreparedListEvents,
  type PreparedUpdateState,
  type SessionSnapshot,
  type SessionStore,
  type SharedState,
  type StoredPage,
  type StoredSummary,
} from '@holdfast/session/store';
import { EMPTY_SCOPE, type ScopeState, type StoredState } from '@holdfast/state/internal';
import { appendTo, applyTo, type SessionRecord, sessionsBehind } from './session-record.ts';
import { Tenants } from './tenants.ts';

/** Keeps sessions in memory. Nothing here waits, so no other call ever comes between. */
export class InMemoryStore implements SessionStore {
  readonly capabilities;
  readonly #tenants = new Tenants();
  readonly #maxSessions: number;
  // In the order of use, the least recent first. Kept only if there is a bound.
  readonly #used = new Set<SessionRecord>();

  constructor({ maxSessions }: { readonly maxSessions: number }) {
    this.#maxSessions = maxSessions;
    this.capabilities = {
      persistent: false,
      shared: false,
      evicts: maxSessions !== Number.POSITIVE_INFINITY,
      atomicAppState: true,
      listAllUsers: true,
    };
  }

  create({ key, incarnation, createTime, state }: PreparedCreate): SharedState | undefined {
    if (this.#tenants.session(key) !== undefined) return undefined;
    const session = this.#tenants.addSession({ key, incarnation, createTime });
    applyTo(session, state);
    this.#touch(session);
    if (this.#used.size > this.#maxSessions) {
      const [leastRecent] = this.#used;
      this.#remove(leastRecent as SessionRecord);
    }
    return storedState(session);
  }

  get({ key, numRecentEvents, afterTimestamp }: PreparedGet): SessionSnapshot | undefined {
    const session = this.#find(key);
    if (session === undefined) return undefined;
    const { log, revision } = session;
    const fromSeq = numRecentEvents === undefined ? 1 : revision - numRecentEvents + 1;
    return {
      key: session.key,
      incarnation: session.incarnation,
      createTime: session.createTime,
      lastUpdateTime: session.lastUpdateTime,
      revision,
      events:
        afterTimestamp === undefined ? log.range(fromSeq) : log.since(afterTimestamp, fromSeq),
      state: storedState(session),
    };
  }

  append(append: PreparedAppend): AppendOutcome {
    const session = this.#find(append.key);
    if (session === undefined) return { type: 'missing' };
    const { log, revision, incarnation } = session;
    const { events, expectedRevision = revision, expectedIncarnation = incarnation } = append;
    const isElsewhere = expectedRevision !== revision || expectedIncarnation !== incarnation;
    if (isElsewhere || events.some(({ id }) => log.byId(id) !== undefined)) {
      return { type: 'refused', revision, incarnation, findEvent: (id) => log.byId(id) };
    }
    const { mark } = session;
    const outcome = { type: 'written', revision: revision + events.length, mark } as const;
    const { latestTimestamp } = append;
    appendTo(session, { events: numberEvents(append, outcome), latestTimestamp });
    applyTo(session, append.changes);
    return outcome;
  }

  list(list: PreparedList): StoredPage {
    const { appName, userId, limit, includeState } = list;
    const holder = this.#tenants.holder(appName, userId);
    if (holder === undefined) return { sessions: [], next: undefined, total: 0 };
    const found: StoredSummary[] = [];
    for (const session of sessionsBehind(holder.list, list)) {
      const { key, incarnation, createTime, lastUpdateTime, revision } = session;
      const state = includeState ? storedState(session) : undefined;
      found.push({ key, incarnation, createTime, lastUpdateTime, revision, state });
      if (found.length > limit) break;
    }
    return { ...cutPage(list, found), total: holder.list.size };
  }

  listEvents(list: PreparedListEvents): ListedEvents | undefined {
    const session = this.#find(list.key);
    if (session === undefined) return undefined;
    const { log, revision } = session;
    const first = list.afterSeq + 1;
    const end = Math.min(list.beforeSeq, revision + 1);
    const events =
      list.order === 'asc'
        ? log.range(first, Math.min(end, first + list.count))
        : log.range(Math.max(first, end - list.count), end).reverse();
    return { events, revision };
  }

  delete(key: SessionKey): boolean {
    const session = this.#tenants.session(key);
    if (session === undefined) return false;
    this.#remove(session);
    return true;
  }

  getState(owner: PreparedGetState): ScopeState {
    const holder = this.#tenants.holder(owner.appName, userOf(owner));
    return holder?.state.snapshot() ?? EMPTY_SCOPE;
  }

  updateState({ owner, changes }: PreparedUpdateState): ScopeState {
    const { appName } = owner;
    const userId = userOf(owner);
    const holder = this.#tenants.ensureHolder(appName, userId);
    holder.state.apply(changes);
    const state = holder.state.snapshot();
    this.#tenants.prune(appName, userId);
    return state;
  }

  close(): void {}

  /** A session that is used now. */
  #find(key: SessionKey): SessionRecord | undefined {
    const session = this.#tenants.session(key);
    if (session !== undefined) this.#touch(session);
    return session;
  }

  #touch(session: SessionRecord): void {
    if (this.#maxSessions === Number.POSITIVE_INFINITY) return;
    this.#used.delete(session);
    this.#used.add(session);
  }

  #remove(session: SessionRecord): void {
    this.#used.delete(session);
    this.#tenants.removeSession(session);
  }
}

function storedState({ state, user }: SessionRecord): StoredState {
  return {
    session: state.snapshot(),
    user: user.state.snapshot(),
    app: user.app.state.snapshot(),
  };
}

function userOf(owner: PreparedGetState): string | undefined {
  return owner.scope === 'user' ? owner.userId : undefined;
}
