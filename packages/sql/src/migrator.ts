import { HoldfastError } from '@holdfast/core';
import { createTable, type Migration, migrationsOf } from './migrations.ts';
import { readInteger } from './read-value.ts';
import type { Schema } from './schema.ts';
import type { SqlClient, SqlProgram } from './sql-client.ts';
import { commandOf, plainCommand, queryOf, type SqlQuery, sql } from './sql-statement.ts';
import { migrationsTable } from './tables.ts';

/** Brings the schema to the version of this package, and no further back. */
export class Migrator {
  readonly #schema: Schema;
  readonly #migrations: readonly Migration[];
  readonly #readVersion: SqlQuery;
  readonly #record: (migration: Migration) => SqlQuery;

  constructor(schema: Schema) {
    const { migrations } = schema.tables;
    this.#schema = schema;
    this.#migrations = migrationsOf(schema);
    this.#readVersion = queryOf(sql`SELECT COALESCE(MAX(version), 0) FROM ${migrations}`)({});
    this.#record = commandOf<Migration>(
      sql`INSERT INTO ${migrations} (version) VALUES (${({ version }) => version})`,
    );
  }

  /**
   * Runs what is missing. Safe when many call it at once: one does it, and the others find it
   * done. `unsupported` if the schema is newer than this package.
   */
  async migrate(client: SqlClient): Promise<void> {
    const version = await this.#versionOf(client);
    if (version === this.#newest) return;
    this.#refuseNewer(version);
    await client.transaction({ lock: this.#schema.tables.migrations, program: () => this.#run() });
  }

  /** Reads the version: `misconfigured` if it is older than this package's, `unsupported` if newer. */
  async check(client: SqlClient): Promise<void> {
    const version = await this.#versionOf(client);
    this.#refuseNewer(version);
    if (version < this.#newest) {
      throw new HoldfastError('misconfigured', {
        message: `the schema is at version ${version}, and this package needs ${this.#newest}: call migrate(), or run what printMigrations() gives`,
      });
    }
  }

  /** All of it as SQL, for someone who runs it on an empty database. */
  print(): string {
    const { migrations } = this.#schema.tables;
    const all = this.#prepare().map((text) => `${text};`);
    for (const { version, statements } of this.#migrations) {
      const record = `INSERT INTO ${migrations} (version) VALUES (${version})`;
      all.push(`-- Version ${version}`, ...[...statements, record].map((text) => `${text};`));
    }
    return `${all.join('\n')}\n`;
  }

  get #newest(): number {
    return this.#migrations.at(-1)?.version ?? 0;
  }

  /** 0 if there is no schema. */
  async #versionOf(client: SqlClient): Promise<number> {
    try {
      const rows = await client.query(this.#readVersion);
      return readInteger(rows[0]?.[0]);
    } catch (error) {
      if (this.#schema.dialect.isMissingTable((error as Error).cause)) return 0;
      throw error;
    }
  }

  *#run(): SqlProgram<void> {
    for (const text of this.#prepare()) yield plainCommand(text);
    const { rows } = yield this.#readVersion;
    const version = readInteger(rows[0]?.[0]);
    this.#refuseNewer(version);
    for (const migration of this.#migrations.filter((each) => each.version > version)) {
      for (const text of migration.statements) yield plainCommand(text);
      yield this.#record(migration);
    }
  }

  #prepare(): readonly string[] {
    const { dialect, schema } = this.#schema;
    const own = createTable(this.#schema, migrationsTable);
    if (schema === undefined || dialect.createSchema === undefined) return own;
    return [dialect.createSchema(schema), ...own];
  }

  #refuseNewer(version: number): void {
    if (version <= this.#newest) return;
    throw new HoldfastError('unsupported', {
      message: `the schema is at version ${version}, and this package knows ${this.#newest} at most: upgrade it`,
    });
  }
}
