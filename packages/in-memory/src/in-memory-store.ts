import type { SessionKey } from '@holdfast/core';
import { compareIdentifiers } from '@holdfast/core/internal';
import {
  type AppendOutcome,
  type EraseOutcome,
  type EventKey,
  type ForkOutcome,
  type FoundEvent,
  type IncrementRefused,
  isExpired,
  type ListedEvents,
  numberEvents,
  type PreparedAppend,
  type PreparedCreate,
  type PreparedDelete,
  type PreparedDeleteExpired,
  type PreparedErase,
  type PreparedEraseUser,
  type PreparedFork,
  type PreparedGet,
  type PreparedGetState,
  type PreparedImport,
  type PreparedIncrement,
  type PreparedIncrementState,
  type PreparedList,
  type PreparedListEvents,
  type PreparedListUsers,
  type PreparedReleaseTurn,
  type PreparedSweep,
  type PreparedTurn,
  type PreparedUpdateSession,
  type PreparedUpdateState,
  type SessionPlace,
  type SessionSnapshot,
  type SessionStore,
  type SharedState,
  type StoredPage,
  type StoredSummary,
  type TurnOutcome,
} from '@holdfast/session/store';
import { EMPTY_SCOPE, type ScopeState } from '@holdfast/state/internal';
import { addTo, forkInto, resolveIncrements } from './derived-writes.ts';
import { expiredSessions, listSessions } from './list-sessions.ts';
import { appendTo, applyTo, type SessionRecord, storedState, summaryOf } from './session-record.ts';
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

  create(create: PreparedCreate): SharedState | undefined {
    if (this.#tenants.session(create.key) !== undefined) return undefined;
    const session = this.#add(create);
    applyTo(session, create.state);
    session.initialState = session.state.snapshot();
    return storedState(session);
  }

  get(get: PreparedGet): SessionSnapshot | undefined {
    const { numRecentEvents, afterTimestamp, active, includeInitialState } = get;
    const session = this.#find(get.key);
    if (session === undefined) return undefined;
    const { log, revision, activeFrom } = session;
    const recentFrom = numRecentEvents === undefined ? 1 : revision - numRecentEvents + 1;
    const fromSeq = active ? Math.max(activeFrom, recentFrom) : recentFrom;
    return {
      key: session.key,
      incarnation: session.incarnation,
      createTime: session.createTime,
      lastUpdateTime: session.lastUpdateTime,
      revision,
      events:
        afterTimestamp === undefined ? log.range(fromSeq) : log.since(afterTimestamp, fromSeq),
      state: storedState(session),
      details: session.details,
      expireTime: session.expireTime,
      activeFrom,
      ...(includeInitialState && { initialState: session.initialState }),
    };
  }

  append(append: PreparedAppend): AppendOutcome {
    const session = this.#alive(append.key, append.now);
    return this.#whyNot(session, append) ?? this.#write(session as SessionRecord, append);
  }

  list(list: PreparedList): StoredPage {
    const holder = this.#tenants.holder(list.appName, list.userId);
    if (holder === undefined) return { sessions: [], next: undefined, total: 0 };
    return listSessions(holder, list);
  }

  listEvents(list: PreparedListEvents): ListedEvents | undefined {
    const session = this.#find(list.key);
    if (session === undefined) return undefined;
    const { log, revision, expireTime } = session;
    const first = list.afterSeq + 1;
    const end = Math.min(list.beforeSeq, revision + 1);
    const events =
      list.order === 'asc'
        ? log.range(first, Math.min(end, first + list.count))
        : log.range(Math.max(first, end - list.count), end).reverse();
    return { events, revision, expireTime };
  }

  delete(remove: PreparedDelete): boolean {
    const session = this.#alive(remove, remove.now);
    if (session !== undefined) this.#remove(session);
    return session !== undefined;
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

  updateSession({ key, now, change }: PreparedUpdateSession): StoredSummary | undefined {
    const session = this.#alive(key, now);
    if (session === undefined) return undefined;
    session.update({ details: change(session.details), now });
    return { ...summaryOf(session), state: undefined };
  }

  findExpired(find: PreparedSweep): readonly SessionKey[] {
    const holder = this.#tenants.holder(find.appName, find.userId);
    const found: SessionKey[] = [];
    if (holder === undefined) return found;
    for (const key of expiredSessions(holder, find)) if (found.push(key) === find.limit) break;
    return found;
  }

  deleteExpired({ key, now, untouchedSince }: PreparedDeleteExpired): boolean {
    const session = this.#tenants.session(key);
    if (session === undefined) return false;
    const isIdle = untouchedSince !== undefined && session.touchTime <= untouchedSince;
    if (!isIdle && !isExpired(session.expireTime, now)) return false;
    this.#remove(session);
    return true;
  }

  findEvent({ key, eventId }: EventKey): FoundEvent | undefined {
    const session = this.#find(key);
    if (session === undefined) return undefined;
    return { event: session.log.byId(eventId), expireTime: session.expireTime };
  }

  fork(fork: PreparedFork): ForkOutcome {
    const { create } = fork;
    const source = this.#alive(fork.source, create.createTime);
    if (source?.incarnation !== fork.sourceIncarnation) return 'changed';
    if (this.#tenants.session(create.key) !== undefined) return 'exists';
    forkInto(this.#add(create), { source, fork });
    return 'forked';
  }

  erase(erase: PreparedErase): AppendOutcome {
    const outcome = this.append(erase);
    if (outcome.type !== 'written') return outcome;
    const log = this.#tenants.session(erase.key)?.log;
    for (const stub of erase.stubs) log?.replace(stub);
    return outcome;
  }

  increment(append: PreparedIncrement): AppendOutcome | IncrementRefused {
    const session = this.#alive(append.key, append.now);
    const refusal = this.#whyNot(session, append);
    if (refusal !== undefined) return refusal;
    const made = resolveIncrements(storedState(session as SessionRecord), append);
    if (made.type === 'unfit') return made;
    return this.#write(session as SessionRecord, { ...append, changes: made.changes });
  }

  incrementState(update: PreparedIncrementState): ScopeState | IncrementRefused {
    const { owner, increments } = update;
    const made = addTo(this.getState(owner), { scope: owner.scope, increments });
    if (made.type === 'unfit') return made;
    return this.updateState({ owner, changes: new Map([...update.changes, ...made.sums]) });
  }

  acquireTurn({ key, turn, now, until, extend }: PreparedTurn): TurnOutcome {
    const session = this.#alive(key, now);
    if (session === undefined) return 'missing';
    const held = session.turn;
    const isOwn = held?.token === turn;
    const isFree = held === undefined || held.until <= now;
    if (!isOwn && (extend || !isFree)) return 'refused';
    session.turn = { token: turn, until };
    return 'held';
  }

  releaseTurn({ key, turn, now }: PreparedReleaseTurn): boolean {
    const session = this.#alive(key, now);
    if (session?.turn?.token !== turn) return false;
    session.turn = undefined;
    return true;
  }

  eraseUser({ appName, userId, limit }: PreparedEraseUser): EraseOutcome {
    const user = this.#tenants.user(appName, userId);
    if (user === undefined) return { sessions: 0, stateKeys: 0, done: true };
    const [sessions, stateKeys] = [user.sessions.size, user.state.snapshot().size];
    const done = sessions <= limit;
    if (done) user.state.clear();
    let left = limit;
    for (const session of user.sessions.values()) {
      if (left === 0) return { sessions: limit, stateKeys: 0, done };
      this.#remove(session);
      left--;
    }
    this.#tenants.prune(appName, userId);
    return { sessions, stateKeys, done };
  }

  listUsers({ appName, afterUserId, count }: PreparedListUsers): readonly string[] {
    return [...this.#tenants.userIds(appName)]
      .filter((userId) => compareIdentifiers(userId, afterUserId) > 0)
      .sort(compareIdentifiers)
      .slice(0, count);
  }

  importSession(part: PreparedImport): boolean {
    const { key, incarnation, fromRevision, events, session: row, isLast, now } = part;
    const expireTime = isLast ? row.expireTime : 0;
    let session = this.#tenants.session(key);
    if (fromRevision === 0) {
      if (session !== undefined) return false;
      const { createTime, details } = row;
      session = this.#add({ key, incarnation, createTime, details, expireTime, touchTime: now });
    } else if (
      session?.incarnation !== incarnation ||
      session.revision !== fromRevision ||
      session.expireTime !== 0 ||
      events.some(({ id }) => session?.log.byId(id) !== undefined)
    ) {
      return false;
    } else {
      session.moveExpiry(expireTime);
      session.touchTime = now;
    }
    appendTo(session, { events, latestTimestamp: row.lastUpdateTime });
    session.activeFrom = row.activeFrom;
    session.initialState = row.initialState;
    if (isLast) session.state.apply(row.state);
    return true;
  }

  findRevisions(keys: readonly SessionKey[]): readonly (SessionPlace | undefined)[] {
    return keys.map((key) => {
      const session = this.#tenants.session(key);
      if (session === undefined) return undefined;
      const { revision, incarnation, expireTime } = session;
      return { revision, incarnation, expireTime };
    });
  }

  close(): void {}

  /** What keeps an append from being written; undefined if nothing does. */
  #whyNot(session: SessionRecord | undefined, append: PreparedAppend): AppendOutcome | undefined {
    if (session === undefined) return { type: 'missing' };
    const { log, revision, incarnation } = session;
    const turn = session.turn?.token;
    const { events, expectedRevision = revision, expectedIncarnation = incarnation } = append;
    const isElsewhere = expectedRevision !== revision || expectedIncarnation !== incarnation;
    const isOutOfTurn = append.turn !== undefined && append.turn !== turn;
    if (!isElsewhere && !isOutOfTurn && !events.some(({ id }) => log.byId(id) !== undefined)) {
      return undefined;
    }
    return { type: 'refused', revision, incarnation, turn, findEvent: (id) => log.byId(id) };
  }

  #write(session: SessionRecord, append: PreparedAppend): AppendOutcome {
    const { latestTimestamp, activeFrom, now } = append;
    const revision = session.revision + append.events.length;
    const outcome = { type: 'written', revision, mark: session.mark } as const;
    appendTo(session, { events: numberEvents(append, outcome), latestTimestamp });
    applyTo(session, append.changes);
    session.touch(now);
    if (activeFrom !== undefined) session.activeFrom = activeFrom;
    return outcome;
  }

  #add(created: Parameters<Tenants['addSession']>[0]): SessionRecord {
    const session = this.#tenants.addSession(created);
    this.#touch(session);
    if (this.#used.size > this.#maxSessions) {
      const [leastRecent] = this.#used;
      this.#remove(leastRecent as SessionRecord);
    }
    return session;
  }

  /** A session that is used now. */
  #find(key: SessionKey): SessionRecord | undefined {
    const session = this.#tenants.session(key);
    if (session !== undefined) this.#touch(session);
    return session;
  }

  /** A session that is used now, and has not expired. */
  #alive(key: SessionKey, now: number): SessionRecord | undefined {
    const session = this.#find(key);
    return session === undefined || isExpired(session.expireTime, now) ? undefined : session;
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

function userOf(owner: PreparedGetState): string | undefined {
  return owner.scope === 'user' ? owner.userId : undefined;
}
