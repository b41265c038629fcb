import {
  checkTimestamp,
  describeType,
  type Event,
  invalidArgument,
  type JsonObject,
  type JsonValue,
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
import { changedTooOften, MAX_ATTEMPTS } from './changed-too-often.ts';
import type { Schema } from './create-table.ts';
import { EventAppender } from './event-appender.ts';
import { Migrator } from './migrator.ts';
import { sessionPage } from './session-page.ts';
import type { SqlClient } from './sql-client.ts';
import type { SqlDialect } from './sql-dialect.ts';
import { bind } from './sql-template.ts';
import { scopeRows, stateInserts, stateRows } from './statements/write-state.ts';
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

/** A session service over any SQL database, given its dialect and a client. */
export class SqlSessionService implements SessionService {
  readonly capabilities: SessionCapabilities;
  readonly #client: SqlClient;
  readonly #statements: Statements;
  readonly #appender: EventAppender;
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
    this.#appender = new EventAppender({ client, statements: this.#statements });
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
      const [event] = await this.#appender.append(prepareAppendEvent(request, this.#writing()));
      return event as Event;
    });
  }

  appendEvents(request: AppendEventsRequest): Promise<readonly Event[]> {
    return this.#gate.run(() =>
      this.#appender.append(prepareAppendEvents(request, this.#writing())),
    );
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
      const inserts = stateInserts(
        this.#statements.writeState,
        scopeRows(ownerRow(owner), changes),
      );
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
      inserts: stateInserts(this.#statements.writeState, stateRows(key, changes)),
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
