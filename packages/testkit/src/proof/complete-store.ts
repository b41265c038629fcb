import { compareIdentifiers } from '@holdfast/core/internal';
import type { Event, SessionKey } from '@holdfast/session';
import {
  type AppendOutcome,
  applyIncrements,
  copyEvent,
  type EraseOutcome,
  type EventKey,
  type ForkOutcome,
  type FoundEvent,
  type IncrementRefused,
  markOf,
  type PreparedErase,
  type PreparedEraseUser,
  type PreparedFork,
  type PreparedImport,
  type PreparedIncrement,
  type PreparedIncrementState,
  type PreparedListUsers,
  type PreparedReleaseTurn,
  type PreparedTurn,
  type SessionPlace,
  type TurnOutcome,
} from '@holdfast/session/store';
import type { ScopeState, StateChanges, StateIncrements } from '@holdfast/state/internal';
import { type DetailedSession, DetailedStore } from './detailed-store.ts';

type Scope = IncrementRefused['scope'];

/** A store with every method of the port, `subscribe` apart, in as few words as it takes. */
export class CompleteStore extends DetailedStore {
  async findEvent({ key, eventId }: EventKey): Promise<FoundEvent | undefined> {
    const session = this.find(key);
    if (session === undefined) return undefined;
    const { events, expireTime } = session;
    return { event: events.find(({ id }) => id === eventId), expireTime };
  }

  async fork(fork: PreparedFork): Promise<ForkOutcome> {
    const { create } = fork;
    const source = this.alive(fork.source, create.createTime);
    if (source?.incarnation !== fork.sourceIncarnation) return 'changed';
    if (this.find(create.key) !== undefined) return 'exists';
    this.copyInto(this.add(create), { source, fork });
    return 'forked';
  }

  async erase(erase: PreparedErase): Promise<AppendOutcome> {
    const session = this.alive(erase.key, erase.now);
    if (session === undefined) return { type: 'missing' };
    const refusal = this.refusal(session, erase);
    if (refusal !== undefined) return refusal;
    this.replace(session, erase.stubs);
    return this.write(session, erase);
  }

  async increment(append: PreparedIncrement): Promise<AppendOutcome | IncrementRefused> {
    const session = this.alive(append.key, append.now);
    if (session === undefined) return { type: 'missing' };
    const refusal = this.refusal(session, append);
    if (refusal !== undefined) return refusal;
    const state = this.stateOf(session);
    const changes: Record<Scope, StateChanges> = { ...append.changes };
    for (const scope of ['session', 'user', 'app'] as const) {
      const made = this.sums(state[scope], append.increments[scope]);
      if (typeof made === 'string') return { type: 'unfit', scope, name: made };
      changes[scope] = new Map([...changes[scope], ...made]);
    }
    return this.write(session, { ...append, changes });
  }

  async incrementState(update: PreparedIncrementState): Promise<ScopeState | IncrementRefused> {
    const { owner, changes, increments } = update;
    const made = this.sums(this.shared(owner), increments);
    if (typeof made === 'string') return { type: 'unfit', scope: owner.scope, name: made };
    this.changeShared(owner, new Map([...changes, ...made]));
    return this.shared(owner);
  }

  async acquireTurn({ key, turn, now, until, extend }: PreparedTurn): Promise<TurnOutcome> {
    const session = this.alive(key, now);
    if (session === undefined) return 'missing';
    const isOwn = session.turn?.token === turn;
    const isFree = session.turn === undefined || session.turn.until <= now;
    if (!isOwn && (extend || !isFree)) return 'refused';
    session.turn = { token: turn, until };
    return 'held';
  }

  async releaseTurn({ key, turn, now }: PreparedReleaseTurn): Promise<boolean> {
    const session = this.alive(key, now);
    if (session?.turn?.token !== turn) return false;
    session.turn = undefined;
    return true;
  }

  async eraseUser({ appName, userId, limit }: PreparedEraseUser): Promise<EraseOutcome> {
    const sessions = this.sessionsOf({ appName, userId });
    const step = sessions.slice(0, limit);
    for (const session of step) this.remove(session);
    if (step.length < sessions.length) {
      return { sessions: step.length, stateKeys: 0, done: false };
    }
    const owner = { scope: 'user', appName, userId } as const;
    const stateKeys = this.shared(owner).size;
    this.states.delete(this.addressOfState(owner));
    return { sessions: step.length, stateKeys, done: true };
  }

  async listUsers({ appName, afterUserId, count }: PreparedListUsers): Promise<readonly string[]> {
    const users = new Set(this.sessionsOf({ appName, userId: undefined }).map(userOf));
    for (const [address, state] of this.states) {
      const [app, userId] = JSON.parse(address) as [string, string?];
      if (app === appName && userId !== undefined && state.size > 0) users.add(userId);
    }
    return [...users]
      .filter((userId) => compareIdentifiers(userId, afterUserId) > 0)
      .sort(compareIdentifiers)
      .slice(0, count);
  }

  async importSession(part: PreparedImport): Promise<boolean> {
    const { key, incarnation, fromRevision, events, session: row, isLast, now } = part;
    const found = this.find(key);
    const isHere = found?.incarnation === incarnation && found.expireTime === 0;
    const isNext =
      isHere &&
      found.events.length === fromRevision &&
      !found.events.some(({ id }) => events.some((event) => event.id === id));
    if (fromRevision === 0 ? found !== undefined : !isNext) return false;
    const { createTime, details, expireTime, lastUpdateTime, activeFrom, initialState } = row;
    const session = found ?? this.add({ key, incarnation, createTime, details, expireTime });
    session.events.push(...events);
    Object.assign(session, { activeFrom, initialState, touchTime: now });
    session.lastUpdateTime = Math.max(session.lastUpdateTime, lastUpdateTime);
    session.expireTime = isLast ? expireTime : 0;
    if (isLast) session.state = row.state;
    return true;
  }

  async findRevisions(keys: readonly SessionKey[]): Promise<readonly (SessionPlace | undefined)[]> {
    return keys.map((key) => {
      const session = this.find(key);
      if (session === undefined) return undefined;
      const { events, incarnation, expireTime } = session;
      return { revision: events.length, incarnation, expireTime };
    });
  }

  /** Gives a new session what a fork has of its source. */
  protected copyInto(
    session: DetailedSession,
    { source, fork }: { readonly source: DetailedSession; readonly fork: PreparedFork },
  ): void {
    const mark = markOf(session.incarnation);
    const events = source.events.slice(0, fork.throughSeq);
    session.events.push(...events.map((event) => copyEvent(event, mark)));
    const times = events.map(({ timestamp }) => timestamp);
    session.lastUpdateTime = Math.max(session.createTime, ...times);
    session.state = fork.create.state.session;
    session.initialState = source.initialState;
    session.activeFrom = fork.activeFrom;
  }

  /** Puts what stays of erased events in their places. */
  protected replace({ events }: DetailedSession, stubs: readonly Event[]): void {
    for (const stub of stubs) events[(stub.seq as number) - 1] = stub;
  }

  /** What increments come to; the name of a key that does not take its own, if there is one. */
  protected sums(state: ScopeState, increments: StateIncrements): StateChanges | string {
    return applyIncrements(state, increments);
  }
}

function userOf({ key }: DetailedSession): string {
  return key.userId;
}
