import type { SessionKey } from '@holdfast/core';
import { compareIdentifiers } from '@holdfast/core/internal';
import type {
  AppendOutcome,
  EraseOutcome,
  ForkOutcome,
  IncrementRefused,
  PreparedErase,
  PreparedEraseUser,
  PreparedFork,
  PreparedImport,
  PreparedIncrement,
  PreparedIncrementState,
  PreparedListUsers,
  SessionPlace,
  SessionStore,
} from '@holdfast/session/store';
import type { ScopeState } from '@holdfast/state/internal';
import { readInteger, readText } from './read-value.ts';
import { parseState } from './result-rows.ts';
import type { Schema } from './schema.ts';
import { SessionChanges } from './session-changes.ts';
import { REFUSED, type SqlClient } from './sql-client.ts';
import { SqlStore, type SqlStoreOptions } from './sql-store.ts';
import { appendAndErase } from './statements/append-events.ts';
import {
  countSessions,
  deleteWholeSession,
  eraseUser,
  selectSessionIds,
} from './statements/erase-user.ts';
import { findRevisions, placesOf } from './statements/find-revisions.ts';
import { forkSession } from './statements/fork-session.ts';
import { importSession } from './statements/import-session.ts';
import { incrementAndAppend, incrementState, isRefused } from './statements/increment-state.ts';
import { listUsers } from './statements/list-users.ts';

/** What happens to sessions as a whole, to counters and to users, in any SQL database. */
export class SqlLifeStore extends SqlStore implements SessionStore {
  readonly subscribe?: NonNullable<SessionStore['subscribe']>;
  readonly #client: SqlClient;
  readonly #statements: Statements;

  constructor(options: SqlStoreOptions) {
    super(options);
    const { client, schema } = options;
    this.#client = client;
    this.#statements = statementsOf(schema);
    if (client.watchChanges === undefined) return;
    const changes = new SessionChanges({
      watchDatabase: client.watchChanges.bind(client),
      findRevisions: (keys) => this.findRevisions(keys),
    });
    this.subscribe = (key, changed) => changes.subscribe(key, changed);
  }

  fork(fork: PreparedFork): Promise<ForkOutcome> {
    return this.#client.transaction<ForkOutcome>({
      program: () => this.#statements.forkSession(fork),
      ifDuplicate: () => 'exists',
    });
  }

  async erase(erase: PreparedErase): Promise<AppendOutcome> {
    const outcome = await this.#client.write(this.#statements.appendAndErase(erase));
    if (outcome.type !== 'written') return await this.whyRefused(erase);
    await this.#client.forgetDeleted?.();
    return outcome;
  }

  async increment(append: PreparedIncrement): Promise<AppendOutcome | IncrementRefused> {
    const outcome = await this.#client.transaction({
      program: () => this.#statements.incrementAndAppend(append),
      ifDuplicate: () => REFUSED,
    });
    return outcome.type === 'refused' ? await this.whyRefused(append) : outcome;
  }

  async incrementState(update: PreparedIncrementState): Promise<ScopeState | IncrementRefused> {
    const outcome = await this.#client.transaction({
      program: () => this.#statements.incrementState(update),
    });
    if (isRefused(outcome)) return outcome;
    return parseState(outcome, { name: 0, value: 1, key: update.owner });
  }

  async importSession(part: PreparedImport): Promise<boolean> {
    return (await this.#client.write(this.#statements.importSession(part))).type === 'written';
  }

  /**
   * If others create sessions faster than they are deleted one by one, the rest goes at once: so it
   * comes to an end.
   */
  async eraseUser({ appName, userId, limit }: PreparedEraseUser): Promise<EraseOutcome> {
    const statements = this.#statements;
    const owner = { appName, userId };
    const before = await this.#countSessions(owner);
    let sessions = 0;
    if (before > limit) {
      for (const [id] of await this.#client.query(
        statements.selectSessionIds({ ...owner, limit }),
      )) {
        const key = { appName, userId, sessionId: readText(id) };
        const program = () => statements.deleteWholeSession(key);
        if (await this.#client.transaction({ program })) sessions++;
      }
      const isFewer = (await this.#countSessions(owner)) < before;
      if (isFewer) return { sessions, stateKeys: 0, done: false };
    }
    const rest = await this.#client.transaction({
      program: () => statements.eraseUser(owner),
      keepsOthersOut: true,
    });
    await this.#client.forgetDeleted?.();
    return { sessions: sessions + rest.sessions, stateKeys: rest.stateKeys, done: true };
  }

  async listUsers(list: PreparedListUsers): Promise<readonly string[]> {
    const rows = await this.#client.query(this.#statements.listUsers(list));
    const userIds = rows.map(([userId]) => readText(userId));
    return userIds.sort(compareIdentifiers).slice(0, list.count);
  }

  async findRevisions(keys: readonly SessionKey[]): Promise<readonly (SessionPlace | undefined)[]> {
    return placesOf(keys, await this.#client.query(this.#statements.findRevisions(keys)));
  }

  async #countSessions(owner: Pick<PreparedEraseUser, 'appName' | 'userId'>): Promise<number> {
    const [row] = await this.#client.query(this.#statements.countSessions(owner));
    return readInteger(row?.[0]);
  }
}

type Statements = ReturnType<typeof statementsOf>;

function statementsOf(schema: Schema) {
  return {
    appendAndErase: appendAndErase(schema),
    countSessions: countSessions(schema),
    deleteWholeSession: deleteWholeSession(schema),
    eraseUser: eraseUser(schema),
    findRevisions: findRevisions(schema),
    forkSession: forkSession(schema),
    importSession: importSession(schema),
    incrementAndAppend: incrementAndAppend(schema),
    incrementState: incrementState(schema),
    listUsers: listUsers(schema),
    selectSessionIds: selectSessionIds(schema),
  };
}
