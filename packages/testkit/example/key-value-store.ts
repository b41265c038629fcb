import { setTimeout as pause } from 'node:timers/promises';
import {
  type AppendOutcome,
  comparePositions,
  cutPage,
  foldState,
  HoldfastError,
  type ListedEvents,
  markOf,
  type PreparedAppend,
  type PreparedCreate,
  type PreparedGet,
  type PreparedGetState,
  type PreparedList,
  type PreparedListEvents,
  type PreparedUpdateState,
  type ScopeState,
  type SessionKey,
  type SessionSnapshot,
  type SessionStore,
  type SharedState,
  type StateChanges,
  type StoreCapabilities,
  type StoredPage,
} from '@holdfast/session/store';
import { Commit, type Entry, type KeyValueDatabase } from './key-value-database.ts';
import {
  appKey,
  eventKey,
  eventsOf,
  idKey,
  idsOf,
  only,
  sessionKey,
  under,
  userKey,
} from './keys.ts';
import { headText, parseEvent, parseHead, parseState, stateText } from './rows.ts';

const PATIENCE_MS = 10_000;

/** What was read is not of one moment: the call has to be decided again. */
const AGAIN = Symbol('again');

/** A store over a database that reads as of one moment, and commits with compare-and-set. */
export class KeyValueStore implements SessionStore {
  readonly capabilities: StoreCapabilities = {
    persistent: false,
    shared: true,
    evicts: false,
    atomicAppState: true,
    listAllUsers: true,
  };
  readonly #database: KeyValueDatabase;

  constructor(database: KeyValueDatabase) {
    this.#database = database;
  }

  create(create: PreparedCreate): Promise<SharedState | undefined> {
    const { key, incarnation, createTime, state } = create;
    return this.#decide(async (commit) => {
      const [session, user, app] = await this.#entries(sessionKey(key), userKey(key), appKey(key));
      if (session !== undefined) return undefined;
      const times = { createTime, lastUpdateTime: createTime };
      const states = { state: state.session, initialState: state.session };
      const head = { incarnation, ...times, revision: 0, activeFrom: 1, ...states };
      commit.replace(sessionKey(key), { entry: session, by: headText(head) });
      return {
        user: change(commit, { key: userKey(key), entry: user, changes: state.user }),
        app: change(commit, { key: appKey(key), entry: app, changes: state.app }),
      };
    });
  }

  async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const { key, numRecentEvents, afterTimestamp = 0 } = get;
    const [[session] = [], [user] = [], [app] = [], recent] = await this.#database.read([
      only(sessionKey(key)),
      only(userKey(key)),
      only(appKey(key)),
      { ...eventsOf(key), limit: numRecentEvents, reverse: true },
    ]);
    if (session === undefined || recent === undefined) return undefined;
    const { state, initialState, ...head } = parseHead(session);
    const first = get.active ? head.activeFrom : 1;
    const events = recent
      .map((entry) => parseEvent(entry, markOf(head.incarnation)))
      .filter(({ seq = 0, timestamp }) => seq >= first && timestamp >= afterTimestamp)
      .reverse();
    return {
      ...head,
      ...(get.includeInitialState && { initialState }),
      events,
      state: { session: state, user: parseState(user), app: parseState(app) },
    };
  }

  append(append: PreparedAppend): Promise<AppendOutcome> {
    const { key, events, changes, latestTimestamp } = append;
    const ids = events.map(({ id }) => idKey(key, id));
    return this.#decide<AppendOutcome>(async (commit) => {
      const keys = [sessionKey(key), userKey(key), appKey(key)];
      const [session, user, app, ...taken] = await this.#entries(...keys, ...ids);
      if (session === undefined) return { type: 'missing' };
      const head = parseHead(session);
      const { revision, incarnation } = head;
      const { expectedRevision = revision, expectedIncarnation = incarnation } = append;
      const isMeant = expectedRevision === revision && expectedIncarnation === incarnation;
      const mark = markOf(incarnation);
      if (!isMeant || taken.some((entry) => entry !== undefined)) {
        const seqs = taken.flatMap((entry) => entry?.value ?? []);
        const eventKeys = seqs.map((seq) => eventKey(key, Number(seq)));
        const [now, ...found] = await this.#entries(sessionKey(key), ...eventKeys);
        if (now === undefined || parseHead(now).incarnation !== incarnation) return AGAIN;
        const stored = found.flatMap((entry) => (entry ? parseEvent(entry, mark) : []));
        const findEvent = (id: string) => stored.find((event) => event.id === id);
        return { type: 'refused', revision, incarnation, findEvent };
      }
      const after = {
        ...head,
        revision: revision + events.length,
        lastUpdateTime: Math.max(head.lastUpdateTime, latestTimestamp),
        state: foldState(head.state, changes.session),
        activeFrom: append.activeFrom ?? head.activeFrom,
      };
      // Whoever writes an event replaces the head: no other event can have come between.
      commit.replace(sessionKey(key), { entry: session, by: headText(after) });
      if (changes.user.size > 0) {
        change(commit, { key: userKey(key), entry: user, changes: changes.user });
      }
      if (changes.app.size > 0) {
        change(commit, { key: appKey(key), entry: app, changes: changes.app });
      }
      for (const [i, event] of events.entries()) {
        const seq = revision + 1 + i;
        commit.writes.set(eventKey(key, seq), JSON.stringify(event));
        commit.writes.set(idKey(key, event.id), String(seq));
      }
      return { type: 'written', revision: after.revision, mark };
    });
  }

  async list(list: PreparedList): Promise<StoredPage> {
    const { appName, userId, after, order, limit, includeState } = list;
    const ofUsers = userId === undefined ? [appName] : [appName, userId];
    const users =
      userId === undefined ? under('user', appName) : only(userKey({ appName, userId }));
    const [sessions = [], userStates = [], [app] = []] = await this.#database.read([
      under('session', ...ofUsers),
      users,
      only(appKey({ appName })),
    ]);
    const direction = order === 'asc' ? 1 : -1;
    const all = sessions.map(parseHead).sort((a, b) => direction * comparePositions(a, b));
    const behind = all.filter((each) => !after || direction * comparePositions(each, after) > 0);
    const stateOf = new Map(userStates.map((entry) => [entry.key, parseState(entry)]));
    const found = behind.slice(0, limit + 1).map(({ state: session, ...head }) => {
      const user = stateOf.get(userKey(head.key)) ?? new Map();
      const state = includeState ? { session, user, app: parseState(app) } : undefined;
      return { ...head, state };
    });
    return { ...cutPage(list, found), total: all.length };
  }

  async listEvents(list: PreparedListEvents): Promise<ListedEvents | undefined> {
    const { key, afterSeq, beforeSeq, order, count } = list;
    const [[session] = [], found] = await this.#database.read([
      only(sessionKey(key)),
      {
        from: eventKey(key, afterSeq + 1),
        to: eventKey(key, beforeSeq),
        limit: count,
        reverse: order === 'desc',
      },
    ]);
    if (session === undefined || found === undefined) return undefined;
    const { revision, incarnation } = parseHead(session);
    return { events: found.map((entry) => parseEvent(entry, markOf(incarnation))), revision };
  }

  delete(key: SessionKey): Promise<boolean> {
    return this.#decide(async (commit) => {
      const ranges = [only(sessionKey(key)), eventsOf(key), idsOf(key)];
      const [[session] = [], events = [], ids = []] = await this.#database.read(ranges);
      if (session === undefined) return false;
      commit.replace(sessionKey(key), { entry: session, by: undefined });
      for (const entry of [...events, ...ids]) commit.writes.set(entry.key, undefined);
      return true;
    });
  }

  async getState(owner: PreparedGetState): Promise<ScopeState> {
    const [entry] = await this.#entries(stateKey(owner));
    return parseState(entry);
  }

  updateState({ owner, changes }: PreparedUpdateState): Promise<ScopeState> {
    const key = stateKey(owner);
    return this.#decide(async (commit) => {
      const [entry] = await this.#entries(key);
      return change(commit, { key, entry, changes });
    });
  }

  close(): void {}

  /** The entries of some keys, all as of one moment. */
  async #entries(...keys: readonly string[]): Promise<readonly (Entry | undefined)[]> {
    return (await this.#database.read(keys.map(only))).map(([entry]) => entry);
  }

  /**
   * Reads, decides and commits; and does all of it again if what the decision was made of has
   * changed before the commit. A decision that writes nothing stands as it is.
   */
  async #decide<T>(decide: (commit: Commit) => Promise<T | typeof AGAIN>): Promise<T> {
    const end = Date.now() + PATIENCE_MS;
    do {
      const commit = new Commit();
      const answer = await decide(commit);
      if (answer !== AGAIN) {
        if (commit.writes.size === 0 || (await this.#database.commit(commit))) return answer;
      }
      // A little apart, so that two that met do not meet again.
      await pause(Math.random() * 5);
    } while (Date.now() < end);
    throw new HoldfastError('unavailable', {
      message: 'others change the same state all the time',
    });
  }
}

function stateKey(owner: PreparedGetState): string {
  return owner.scope === 'user' ? userKey(owner) : appKey(owner);
}

interface ScopeChange {
  readonly key: string;
  readonly entry: Entry | undefined;
  readonly changes: StateChanges;
}

/** Makes the changes of one scope part of the commit, and gives the state after them. */
function change(commit: Commit, { key, entry, changes }: ScopeChange): ScopeState {
  const after = foldState(parseState(entry), changes);
  // Checked in any case: what is answered has to be the state at the commit.
  if (changes.size > 0) commit.replace(key, { entry, by: stateText(after) });
  else commit.checks.set(key, entry?.version);
  return after;
}
