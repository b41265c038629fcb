import type { PostgresValue } from './compose-statements.ts';

/** What is asked of a `Pool` of `pg`. */
export interface PgPool {
  connect(): Promise<PgPoolClient>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'acquire', listener: (client: PgPoolClient) => void): unknown;
  on(event: 'release', listener: (error: Error, client: PgPoolClient) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'acquire', listener: (client: PgPoolClient) => void): unknown;
  off(event: 'release', listener: (error: Error, client: PgPoolClient) => void): unknown;
  end(): Promise<void>;
  /** How many connections there are: no single connection has it. */
  readonly totalCount: number;
}

/** What is asked of a `Client` of `pg`, which is connected. */
export interface PgClient {
  /** `I` if it is in no transaction, null if it does not know; `pg` has it from 8.17 on. */
  getTransactionStatus?(): string | null;
  query(query: PgQuery): Promise<PgResult>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
  end(): Promise<void>;
}

export interface PgPoolClient extends Omit<PgClient, 'end'> {
  release(destroy?: boolean): void;
}

export interface PgQuery {
  readonly text: string;
  readonly values: PostgresValue[];
  readonly name?: string | undefined;
  readonly rowMode: 'array';
  readonly types: { getTypeParser(): (text: string) => string };
}

export interface PgResult {
  readonly rows: unknown[];
  readonly rowCount: number | null;
}
