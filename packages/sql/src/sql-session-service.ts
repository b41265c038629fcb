import { type SessionServiceOptions, StoredSessionService } from '@holdfast/session/store';
import { Migrator } from './migrator.ts';
import { schemaOf, type TableOptions } from './schema.ts';
import type { SqlClient } from './sql-client.ts';
import type { SqlDialect } from './sql-dialect.ts';
import { SqlLifeStore } from './sql-life-store.ts';
import type { SqlStoreOptions } from './sql-store.ts';

/** What every SQL store takes, whatever its database. */
export interface SqlServiceOptions
  extends SessionServiceOptions,
    Pick<TableOptions, 'tablePrefix'> {}

export interface SqlSessionServiceOptions
  extends SqlServiceOptions,
    TableOptions,
    Pick<SqlStoreOptions, 'client' | 'persistent' | 'shared'> {
  readonly dialect: SqlDialect;
}

/** A session service over any SQL database, given its dialect and a client. */
export class SqlSessionService extends StoredSessionService {
  readonly #client: SqlClient;
  readonly #migrator: Migrator;

  /** An option that is out of range is `invalid_argument`. */
  constructor(options: SqlSessionServiceOptions) {
    const { client, persistent, shared } = options;
    const schema = schemaOf(options);
    super(new SqlLifeStore({ client, schema, persistent, shared }), options);
    this.#client = client;
    this.#migrator = new Migrator(schema);
  }

  /**
   * Creates the tables, or brings them to this package's version; a single read if they are
   * current. Safe when many processes call it at once. `unsupported` if the schema is newer.
   */
  migrate(): Promise<void> {
    return this.run(() => this.#migrator.migrate(this.#client));
  }

  /** Reads the schema's version: `misconfigured` if it is older than needed, `unsupported` if newer. */
  checkSchema(): Promise<void> {
    return this.run(() => this.#migrator.check(this.#client));
  }

  /** All migrations for this service's tables, for someone who runs them on an empty database. */
  printMigrations(): string {
    return this.#migrator.print();
  }
}

/** All migrations as SQL, for someone who runs them on an empty database. */
export function printMigrations(dialect: SqlDialect, options: TableOptions): string {
  return new Migrator(schemaOf({ ...options, dialect })).print();
}
