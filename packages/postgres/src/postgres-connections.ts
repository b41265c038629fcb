import type { SqlValue } from '@holdfast/sql';

/** A value of a statement, or a column of values. */
export type PostgresValue = SqlValue | readonly SqlValue[];

export interface PostgresQuery {
  /** With `$1`, `$2` … for the values. */
  readonly text: string;
  readonly values: readonly PostgresValue[];
  /** Under which the text is prepared, once on each connection. Without one it is planned each time. */
  readonly name?: string;
}

export interface PostgresResult {
  readonly rows: readonly (readonly unknown[])[];
  /** How many rows it wrote, deleted or gave. */
  readonly changes: number;
}

export type RunQuery = (query: PostgresQuery) => Promise<PostgresResult>;

/** Connections to a database, however a driver keeps them. What fails is the driver's error. */
export interface PostgresConnections {
  /** Runs a statement on any connection. */
  query(query: PostgresQuery): Promise<PostgresResult>;
  /** Runs `body` as a read committed transaction: it is rolled back where `body` throws. */
  transaction<Result>(body: (run: RunQuery) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}
