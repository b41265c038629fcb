import {
  retryContention,
  type SqlClient,
  type SqlProgram,
  type SqlQuery,
  type SqlRow,
  type SqlTransaction,
  type SqlWrite,
  type SqlWriteOutcome,
} from '@holdfast/sql';
import { QueryComposer } from './compose-query.ts';
import { WriteComposer } from './compose-write.ts';
import { hashText } from './hash-text.ts';
import type { PostgresConnections, PostgresQuery, RunQuery } from './postgres-connections.ts';
import { isContention, isDuplicate, isSchemaRace, translateError } from './postgres-error.ts';

export interface PostgresClientOptions {
  readonly connections: PostgresConnections;
  /** Whether statements have names. */
  readonly preparedStatements: boolean;
}

/** PostgreSQL over any driver. A write is one statement, and so one round trip. */
export class PostgresClient implements SqlClient {
  readonly #connections: PostgresConnections;
  readonly #writes: WriteComposer;
  readonly #queries: QueryComposer;

  constructor(options: PostgresClientOptions) {
    this.#connections = options.connections;
    this.#writes = new WriteComposer(options);
    this.#queries = new QueryComposer(options);
  }

  async query(query: SqlQuery): Promise<readonly SqlRow[]> {
    try {
      return await this.#run(this.#queries.compose(query));
    } catch (error) {
      throw translateError(error);
    }
  }

  async write(write: SqlWrite): Promise<SqlWriteOutcome> {
    const query = this.#writes.compose(write);
    try {
      const [row] = await this.#run(query);
      return row === undefined ? { type: 'unmet' } : { type: 'written', revision: Number(row[0]) };
    } catch (error) {
      if (isDuplicate(error)) return { type: 'duplicate' };
      throw translateError(error);
    }
  }

  async transaction<Result>({ program, lock }: SqlTransaction<Result>): Promise<Result> {
    try {
      return await retryContention(
        () =>
          this.#connections.transaction(async (run) => {
            if (lock !== undefined) await run(lockStatement(lock));
            return await this.#runProgram(program(), run);
          }),
        // A lock does not keep out someone who creates another service's tables in the schema.
        (error) => isContention(error) || isSchemaRace(error),
      );
    } catch (error) {
      throw translateError(error);
    }
  }

  async close(): Promise<void> {
    try {
      await this.#connections.close();
    } catch (error) {
      throw translateError(error);
    }
  }

  async #run(query: PostgresQuery): Promise<readonly SqlRow[]> {
    try {
      return (await this.#connections.query(query)).rows;
    } catch (error) {
      if (!isContention(error)) throw error;
    }
    // A connection that is set to a stricter isolation gives way to other transactions; a
    // transaction of our own does not.
    return retryContention(
      () => this.#connections.transaction(async (run) => (await run(query)).rows),
      isContention,
    );
  }

  async #runProgram<Result>(program: SqlProgram<Result>, run: RunQuery): Promise<Result> {
    let step = program.next();
    while (step.done !== true) step = program.next(await run(this.#queries.compose(step.value)));
    return step.value;
  }
}

function lockStatement(lock: string): PostgresQuery {
  return { text: 'SELECT pg_advisory_xact_lock($1)', values: [hashText(lock)] };
}
