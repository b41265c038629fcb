import {
  checkTimestamp,
  describeSessionKey,
  describeType,
  type Event,
  HoldfastError,
  invalidArgument,
  type JsonObject,
  type JsonValue,
  type SessionKey,
} from '@holdfast/core';
import {
  type AppendEventRequest,
  type AppendEventsRequest,
  CallGate,
  type CreateSessionRequest,
  checkWriteLimits,
  type DeleteSessionRequest,
  type EventPage,
  type GetOrCreateSessionRequest,
  type GetSessionRequest,
  type GetStateRequest,
  type ListEventsRequest,
  type ListSessionRequest,
  matchStored,
  type PreparedAppend,
  type PreparedCreate,
  type PreparedGet,
  type PreparedGetState,
  prepareAppendEvent,
  prepareAppendEvents,
  prepareCreate,
  prepareDelete,
  prepareGet,
  prepareGetOrCreate,
  prepareGetState,
  prepareList,
  prepareListEvents,
  prepareUpdateState,
  revisionConflict,
  Session,
  type SessionCapabilities,
  type SessionPage,
  type SessionService,
  sessionExists,
  sessionNotFound,
  type UpdateStateRequest,
  type WriteLimits,
} from '@holdfast/session';
import { stateRecord } from '@holdfast/state';
import { AnswerRows, parseState } from './answer-rows.ts';
import type { Schema } from './create-table.ts';
import { Migrator } from './migrator.ts';
import { sessionPage } from './session-page.ts';
import type { SqlClient, SqlRows, SqlWrite } from './sql-client.ts';
import type { SqlDialect } from './sql-dialect.ts';
import { bind } from './sql-template.ts';
import { eventRows } from './statements/append-events.ts';
import { FIND_EVENTS_LIMIT } from './statements/find-events.ts';
import { scopeRows, stateRows } from './statements/write-state.ts';
import { createStatements, type Statements } from './statements.ts';
import { checkTablePrefix, type TableOptions, tablesOf } from './tables.ts';

/** What every SQL store takes, whatever its database. */
export interface SqlStoreOptions {
  /** What the names of tables and indexes begin with: `holdfast_` where it is missing. */
  readonly tablePrefix?: string | undefined;
  /** The most bytes of an event as JSON, and of the state in other calls. 8 MiB where it is missing. */
  readonly maxEventBytes?: number | undefined;
  /** The clock, in epoch ms. `Date.now` where it is missing. */
  readonly now?: (() => number) | undefined;
}

export interface SqlSessionServiceOptions extends SqlStoreOptions, TableOptions {
  readonly client: SqlClient;
  readonly dialect: SqlDialect;
  readonly capabilities: SessionCapabilities;
}

// Another writer may come between a write and the look at why it was refused. So often in a row
// it is no accident.
const MAX_ATTEMPTS = 20;

interface FoundEvents {
  readonly revision: number;
  readonly events: ReadonlyMap<string, Event>;
}

/** A session service over any SQL database, given its dialect and a client. */
export class SqlSessionService implements SessionService {
  readonly capabilities: SessionCapabilities;
  readonly #client: SqlClient;
  readonly #statements: Statements;
  readonly #migrator: Migrator;
  readonly #limits: WriteLimits;
  readonly #now: () => number;
  readonly #gate = new CallGate();

  /** An option that is out of range is `invalid_argument`. */
  constructor(options: SqlSessionServiceOptions) {
    const { client, capabilities, now = Date.now } = options;
    if (typeof now !== 'function') {
      throw invalidArgument('now', `must be a function, got ${describeType(now)}`);
    }
    const schema = schemaOf(options);
    this.#limits = checkWriteLimits(options);
    this.#now = () => checkTimestamp(now(), 'now');
    this.#client = client;
    this.#statements = createStatements(schema);
    this.#migrator = new Migrator(schema);
    this.capabilities = Object.freeze({ ...capabilities });
  }

  /**
   * Creates the tables, or brings them to this package's version; a single read where they are.
   * Safe when many processes call it at once. `unsupported` where the schema is newer.
   */
  migrate(): Promise<void> {
    return this.#gate.run(() => this.#migrator.migrate(this.#client));
  }

  /** Reads the schema's version: `unavailable` where it is older than needed, `unsupported` where newer. */
  checkSchema(): Promise<void> {
    return this.#gate.run(() => this.#migrator.check(this.#client));
  }

  /** All migrations for this service's tables, for someone who runs them on an empty database. */
  printMigrations(): string {
    return this.#migrator.print();
  }

  create(request: CreateSessionRequest): Promise<Session> {
    return this.#gate.run(async () => {
      const create = prepareCreate(request, this.#limits);
      const session = await this.#create(create);
      if (session === undefined) throw sessionExists(create.key);
      return session;
    });
  }

  get(request: GetSessionRequest): Promise<Session | undefined> {
    return this.#gate.run(() => this.#get(prepareGet(request)));
  }

  getOrCreate(request: GetOrCreateSessionRequest): Promise<Session> {
    return this.#gate.run(async () => {
      const create = prepareGetOrCreate(request, this.#limits);
      const { key } = create;
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const session =
          (await this.#get({ key, numRecentEvents: undefined, afterTimestamp: undefined })) ??
          (await this.#create(create));
        if (session !== undefined) return session;
      }
      throw changedTooOften(key);
    });
  }

  list(request: ListSessionRequest): Promise<SessionPage> {
    return this.#gate.run(async () => {
      const list = prepareList(request, this.capabilities);
      return sessionPage(list, await this.#client.query(this.#statements.listSessions(list)));
    });
  }

  delete(request: DeleteSessionRequest): Promise<boolean> {
    return this.#gate.run(() => {
      const key = prepareDelete(request);
      return this.#client.transaction({ program: () => this.#statements.deleteSession(key) });
    });
  }

  appendEvent(request: AppendEventRequest): Promise<Event> {
    return this.#gate.run(async () => {
      const [event] = await this.#append(prepareAppendEvent(request, this.#writing()));
      return event as Event;
    });
  }

  appendEvents(request: AppendEventsRequest): Promise<readonly Event[]> {
    return this.#gate.run(() => this.#append(prepareAppendEvents(request, this.#writing())));
  }

  listEvents(request: ListEventsRequest): Promise<EventPage> {
    return this.#gate.run(async () => {
      const list = prepareListEvents(request);
      const { key, limit, order } = list;
      const rows = new AnswerRows(await this.#client.query(this.#statements.listEvents(list)), key);
      if (rows.session === undefined) throw sessionNotFound(key);
      const found = order === 'asc' ? [...rows.events] : [...rows.events].reverse();
      const events = Object.freeze(found.slice(0, limit));
      return Object.freeze({ events, hasMore: found.length > limit });
    });
  }

  getState(request: GetStateRequest): Promise<JsonObject> {
    return this.#gate.run(() => this.#getState(prepareGetState(request)));
  }

  updateState(request: UpdateStateRequest): Promise<JsonObject> {
    return this.#gate.run(async () => {
      const { owner, changes } = prepareUpdateState(request, this.#limits);
      const inserts = this.#stateInserts(scopeRows(ownerRow(owner), changes));
      if (inserts.length > 0) await this.#client.write({ guard: undefined, inserts });
      return this.#getState(owner);
    });
  }

  close(): Promise<void> {
    return this.#gate.close(() => this.#client.close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #writing() {
    return { limits: this.#limits, now: this.#now };
  }

  async #get(get: PreparedGet): Promise<Session | undefined> {
    const { key } = get;
    const rows = new AnswerRows(await this.#client.query(this.#statements.getSession(get)), key);
    const { session } = rows;
    if (session === undefined) return undefined;
    return new Session({ key, ...session, events: rows.events, state: rows.state });
  }

  /** Undefined where the session is there already. */
  async #create({ key, changes }: PreparedCreate): Promise<Session | undefined> {
    const time = this.#now();
    const created = changes.session as ReadonlyMap<string, JsonValue>; // a creation only sets
    const initialState = JSON.stringify(stateRecord(created));
    const outcome = await this.#client.write({
      guard: bind(this.#statements.createSession, { ...key, time, initialState }),
      inserts: this.#stateInserts(stateRows(key, changes)),
    });
    if (outcome.type !== 'written') return undefined;
    const shared = await this.#client.query(bind(this.#statements.selectSharedState, key));
    const { user, app } = new AnswerRows(shared, key).state;
    return new Session({
      key,
      createTime: time,
      lastUpdateTime: time,
      revision: 0,
      events: [],
      state: { session: created, user, app },
    });
  }

  async #append(append: PreparedAppend): Promise<readonly Event[]> {
    if (append.events.length === 0) return append.answer([]);
    const write = this.#appendWrite(append);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const outcome = await this.#client.write(write);
      if (outcome.type === 'written') return append.answer(storedEvents(append, outcome.revision));
      const stored = await this.#whyRefused(append);
      if (stored !== undefined) return append.answer(stored);
    }
    throw changedTooOften(append.key);
  }

  #appendWrite({ key, events, changes, expectedRevision }: PreparedAppend): SqlWrite {
    const time = events.reduce((latest, { event }) => Math.max(latest, event.timestamp), 0);
    const { advanceSession, insertEvents } = this.#statements;
    return {
      guard: bind(advanceSession, { ...key, count: events.length, time, expectedRevision }),
      inserts: [
        { insert: insertEvents, rows: eventRows(key, events) },
        ...this.#stateInserts(stateRows(key, changes)),
      ],
    };
  }

  /**
   * Throws what the append has met, or gives the events of a retry. Undefined: nothing is in
   * the way any more, so try again.
   */
  async #whyRefused(append: PreparedAppend): Promise<readonly Event[] | undefined> {
    const { key, expectedRevision } = append;
    const { events, revision: found } = await this.#findEvents(append);
    const stored = matchStored(append, (id) => events.get(id));
    if (stored === undefined && expectedRevision !== undefined && expectedRevision !== found) {
      throw revisionConflict(key, { expected: expectedRevision, found });
    }
    return stored;
  }

  /** The revision of an append's session, and those of its events that are there, as of one moment. */
  async #findEvents({ key, events }: PreparedAppend): Promise<FoundEvents> {
    const ids = events.map(({ event }) => event.id);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const parts: AnswerRows[] = [];
      for (let i = 0; i < ids.length; i += FIND_EVENTS_LIMIT) {
        const search = { ...key, ids: ids.slice(i, i + FIND_EVENTS_LIMIT) };
        const rows = await this.#client.query(this.#statements.findEvents(search));
        parts.push(new AnswerRows(rows, key));
      }
      const found = parts.flatMap((part) => part.events);
      const moments = new Set(parts.map(({ session }) => JSON.stringify(session)));
      const session = parts[0]?.session;
      // A long list is looked up in parts. Where the session has not changed, they belong together.
      if (moments.size > 1) continue;
      if (session === undefined) throw sessionNotFound(key);
      return {
        revision: session.revision,
        events: new Map(found.map((event) => [event.id, event])),
      };
    }
    throw changedTooOften(key);
  }

  #stateInserts(rows: SqlRows['rows']): readonly SqlRows[] {
    return rows.length === 0 ? [] : [{ insert: this.#statements.writeState, rows }];
  }

  async #getState(owner: PreparedGetState): Promise<JsonObject> {
    const rows = await this.#client.query(bind(this.#statements.selectScope, ownerRow(owner)));
    return stateRecord(parseState(rows, { name: 0, value: 1, key: owner }));
  }
}

/** All migrations as SQL, for someone who runs them on an empty database. */
export function printMigrations(dialect: SqlDialect, options: TableOptions): string {
  return new Migrator(schemaOf({ ...options, dialect })).print();
}

function schemaOf(options: TableOptions & { readonly dialect: SqlDialect }): Schema {
  const { dialect, schema } = options;
  const tablePrefix = checkTablePrefix(options);
  return { dialect, tables: tablesOf(dialect, { schema, tablePrefix }), tablePrefix, schema };
}

function ownerRow(owner: PreparedGetState) {
  const userId = owner.scope === 'user' ? owner.userId : '';
  return { appName: owner.appName, userId, sessionId: '' };
}

function storedEvents({ events }: PreparedAppend, revision: number): readonly Event[] {
  const first = revision - events.length + 1;
  return events.map(({ event }, i) => Object.freeze({ ...event, seq: first + i }));
}

function changedTooOften(key: SessionKey): HoldfastError {
  return new HoldfastError('unavailable', {
    message: `${describeSessionKey(key)} changed too often while it was written`,
    key,
  });
}
