import type { SessionKey } from '@holdfast/core';
import {
  type AppendOutcome,
  changedTooOften,
  type EventKey,
  type FoundEvent,
  isExpired,
  type ListedEvents,
  type PreparedAppend,
  type PreparedCreate,
  type PreparedDelete,
  type PreparedDeleteExpired,
  type PreparedGet,
  type PreparedGetState,
  type PreparedList,
  type PreparedListEvents,
  type PreparedReleaseTurn,
  type PreparedSweep,
  type PreparedTurn,
  type PreparedUpdateSession,
  type PreparedUpdateState,
  type SessionSnapshot,
  type SessionStore,
  type SharedState,
  type StoreCapabilities,
  type StoredPage,
  type StoredSummary,
  type TurnOutcome,
} from '@holdfast/session/store';
import type { ScopeState } from '@holdfast/state/internal';
import { readListRows } from './list-rows.ts';
import { readInteger, readText } from './read-value.ts';
import { parseState, ResultRows, type SessionFields } from './result-rows.ts';
import type { Schema } from './schema.ts';
import type { SqlClient } from './sql-client.ts';
import { queryOf } from './sql-statement.ts';
import { appendEvents } from './statements/append-events.ts';
import { deleteExpired, findExpired } from './statements/expired-sessions.ts';
import { labelRows, writeLabels } from './statements/labels.ts';
import { listSessions } from './statements/list-sessions.ts';
import {
  FIND_EVENTS_LIMIT,
  findEvents,
  getSession,
  listEvents,
} from './statements/read-session.ts';
import {
  scopeRows,
  selectScope,
  selectSharedState,
  stateInserts,
  stateOwner,
  stateRows,
  writeState,
} from './statements/state-rows.ts';
import { acquireTurn, releaseTurn, selectTurn } from './statements/turns.ts';
import { updateSession } from './statements/update-session.ts';
import { createSession, deleteSession } from './statements/write-session.ts';

// A session may change while a long list of ids is looked up in parts. So often it is not by chance.
const MAX_ATTEMPTS = 20;

export interface SqlStoreOptions extends Pick<StoreCapabilities, 'persistent' | 'shared'> {
  readonly client: SqlClient;
  readonly schema: Schema;
}

/** Keeps sessions in any SQL database, given its dialect and a client. */
export class SqlStore implements SessionStore {
  readonly capabilities: StoreCapabilities;
  readonly #client: SqlClient;
  readonly #statements: Statements;

  constructor({ client, schema, persistent, shared }: SqlStoreOptions) {
    const always = { evicts: false, atomicAppState: true, listAllUsers: true };
    this.capabilities = { persistent, shared, ...always };
    this.#client = client;
    this.#statements = statementsOf(schema);
  }

  async create(create: PreparedCreate): Promise<SharedState | undefined> {
    const { key, state, details } = create;
    const { createSession, writeState, writeLabels, selectSharedState } = this.#statements;
    const outcome = await this.#client.write({
      guard: createSession(create),
      inserts: [
        ...stateInserts(writeState, stateRows(key, state)),
        ...stateInserts(writeLabels, labelRows(key, details.labels)),
      ],
    });
    if (outcome.type !== 'written') return undefined;
    return new ResultRows(await this.#client.query(selectSharedState(key)), key).state;
  }

  async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const key = Object.freeze(get.key);
    const rows = new ResultRows(await this.#client.query(this.#statements.getSession(get)), key);
    const { session } = rows;
    if (session === undefined) return undefined;
    const { events, state, details, initialState } = rows;
    return { key, ...session, events, state, details, initialState };
  }

  /** One write, and a look at what is there only if that was refused. */
  async append(append: PreparedAppend): Promise<AppendOutcome> {
    const outcome = await this.#client.write(this.#statements.appendEvents(append));
    return outcome.type === 'written' ? outcome : await this.whyRefused(append);
  }

  async list(list: PreparedList): Promise<StoredPage> {
    return readListRows(list, await this.#client.query(this.#statements.listSessions(list)));
  }

  async listEvents(list: PreparedListEvents): Promise<ListedEvents | undefined> {
    const found = await this.#client.query(this.#statements.listEvents(list));
    const rows = new ResultRows(found, list.key);
    const { session, events } = rows;
    if (session === undefined) return undefined;
    if (list.order === 'desc') events.reverse();
    return { events, revision: session.revision, expireTime: session.expireTime };
  }

  delete(remove: PreparedDelete): Promise<boolean> {
    return this.#client.transaction({ program: () => this.#statements.deleteSession(remove) });
  }

  async getState(owner: PreparedGetState): Promise<ScopeState> {
    const rows = await this.#client.query(this.#statements.selectScope(stateOwner(owner)));
    return parseState(rows, { name: 0, value: 1, key: owner });
  }

  async updateState({ owner, changes }: PreparedUpdateState): Promise<ScopeState> {
    const rows = scopeRows(stateOwner(owner), changes);
    const inserts = stateInserts(this.#statements.writeState, rows);
    await this.#client.write({ guard: undefined, inserts });
    return await this.getState(owner);
  }

  updateSession(update: PreparedUpdateSession): Promise<StoredSummary | undefined> {
    return this.#client.transaction({ program: () => this.#statements.updateSession(update) });
  }

  async findExpired(find: PreparedSweep): Promise<readonly SessionKey[]> {
    const rows = await this.#client.query(this.#statements.findExpired(find));
    const keys = rows.map(([userId, sessionId]) => ({
      appName: find.appName,
      userId: readText(userId),
      sessionId: readText(sessionId),
    }));
    return keys.slice(0, find.limit);
  }

  deleteExpired(remove: PreparedDeleteExpired): Promise<boolean> {
    return this.#client.transaction({ program: () => this.#statements.deleteExpired(remove) });
  }

  async findEvent({ key, eventId }: EventKey): Promise<FoundEvent | undefined> {
    const query = this.#statements.findEvents({ ...key, ids: [eventId] });
    const { session, events } = new ResultRows(await this.#client.query(query), key);
    return session && { event: events[0], expireTime: session.expireTime };
  }

  async acquireTurn(acquire: PreparedTurn): Promise<TurnOutcome> {
    const guard = this.#statements.acquireTurn(acquire);
    const { type } = await this.#client.write({ guard, inserts: [] });
    if (type === 'written') return 'held';
    const [row] = await this.#client.query(this.#statements.selectTurn(acquire));
    if (row === undefined) return 'missing';
    // A client may be told that nothing was written if all is as it was.
    const isHeld = readText(row[0]) === acquire.turn && readInteger(row[1]) === acquire.until;
    return isHeld ? 'held' : 'refused';
  }

  async releaseTurn(release: PreparedReleaseTurn): Promise<boolean> {
    const guard = this.#statements.releaseTurn(release);
    return (await this.#client.write({ guard, inserts: [] })).type === 'written';
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /** Where an append's session is, and those of its events that are there, as of one moment. */
  protected async whyRefused({ key, events, now }: PreparedAppend): Promise<AppendOutcome> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const parts: ResultRows[] = [];
      for (let i = 0; i < events.length; i += FIND_EVENTS_LIMIT) {
        const ids = events.slice(i, i + FIND_EVENTS_LIMIT).map(({ id }) => id);
        const found = await this.#client.query(this.#statements.findEvents({ ...key, ids }));
        parts.push(new ResultRows(found, key));
      }
      // If the session has not changed between the parts, they belong together.
      const [first, ...others] = parts.map(({ session }) => session);
      if (others.some((other) => !isSamePlace(first, other))) continue;
      if (first === undefined || isExpired(first.expireTime, now)) return { type: 'missing' };
      const { revision, incarnation } = first;
      const turn = parts[0]?.turn;
      const stored = new Map(
        parts.flatMap((part) => part.events).map((event) => [event.id, event]),
      );
      return { type: 'refused', revision, incarnation, turn, findEvent: (id) => stored.get(id) };
    }
    throw changedTooOften(key);
  }
}

function isSamePlace(one: SessionFields | undefined, other: SessionFields | undefined): boolean {
  return one?.revision === other?.revision && one?.incarnation === other?.incarnation;
}

/** Every statement of a store, written once for its tables and its dialect. */
type Statements = ReturnType<typeof statementsOf>;

function statementsOf(schema: Schema) {
  return {
    appendEvents: appendEvents(schema),
    createSession: createSession(schema),
    acquireTurn: acquireTurn(schema),
    deleteExpired: deleteExpired(schema),
    deleteSession: deleteSession(schema),
    findExpired: findExpired(schema),
    releaseTurn: releaseTurn(schema),
    selectTurn: selectTurn(schema),
    updateSession: updateSession(schema),
    writeLabels: writeLabels(schema),
    findEvents: findEvents(schema),
    getSession: getSession(schema),
    listEvents: listEvents(schema),
    listSessions: listSessions(schema),
    selectScope: queryOf(selectScope(schema)),
    selectSharedState: queryOf(selectSharedState(schema)),
    writeState: writeState(schema),
  };
}
