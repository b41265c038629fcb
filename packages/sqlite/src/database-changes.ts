import { realTimers } from '@holdfast/session/store';
import { queryOf, sql } from '@holdfast/sql';
import type { PreparedStatements } from './prepared-statements.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

// Two looks take some 10 µs.
const LOOK_EVERY_MS = 50;

// It is another one after a commit of another connection.
const DATA_VERSION = queryOf(sql`PRAGMA data_version`)({});
// And this counts the rows that this one has changed, for whichever service.
const OWN_CHANGES = queryOf(sql`SELECT total_changes()`)({});

export interface DatabaseChangesOptions {
  readonly database: SqliteDatabase;
  readonly statements: PreparedStatements;
}

/**
 * Tells when anything in a database may have changed. It looks again and again while somebody wants
 * to know, and keeps no process running.
 */
export class DatabaseChanges {
  readonly #database: SqliteDatabase;
  readonly #statements: PreparedStatements;
  readonly #listeners = new Set<() => void>();
  #isTimed = false;
  /** At the last look; undefined: there was none, or it failed. */
  #state: string | undefined;

  constructor({ database, statements }: DatabaseChangesOptions) {
    this.#database = database;
    this.#statements = statements;
  }

  /** Calls back after a change, until it is told to stop. */
  watch(changed: () => void): () => void {
    if (this.#listeners.size === 0) this.#state = this.#look();
    this.#listeners.add(changed);
    this.#wait();
    return () => void this.#listeners.delete(changed);
  }

  /** Nobody is told any more. */
  stop(): void {
    this.#listeners.clear();
  }

  #wait(): void {
    if (this.#isTimed) return;
    this.#isTimed = true;
    const timer = realTimers.setTimeout(() => {
      this.#isTimed = false;
      if (this.#listeners.size === 0) return;
      this.#compare();
      this.#wait();
    }, LOOK_EVERY_MS);
    (timer as { unref?(): void }).unref?.();
  }

  #compare(): void {
    const state = this.#look();
    if (state === this.#state) return;
    this.#state = state;
    // What keeps a look from succeeding is told to whoever reads.
    if (state !== undefined) for (const changed of [...this.#listeners]) changed();
  }

  #look(): string | undefined {
    // A database of libsql that is closed ends the process if it is asked.
    if (this.#database.open === false) return undefined;
    try {
      const looks = [DATA_VERSION, OWN_CHANGES].map(
        (query) => this.#statements.read(query)[0]?.[0],
      );
      return looks.join();
    } catch {
      return undefined;
    }
  }
}
