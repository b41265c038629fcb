import { HoldfastError } from '@holdfast/core';
import { CallTimer, noAnswerInTime, realTimers } from '@holdfast/session/store';
import type { ConnectionSource, ConnectionWait } from './connection-source.ts';
import type { PoolTimeouts } from './pool-options.ts';
import {
  REFUSED,
  type SqlClient,
  type SqlProgram,
  type SqlResult,
  type SqlRow,
  type SqlStep,
  type SqlTransaction,
  type SqlWrite,
  type SqlWriteOutcome,
} from './sql-client.ts';
import type { SqlQuery } from './sql-statement.ts';

/** A connection for the time of one attempt. */
export interface Lease<Connection> {
  readonly connection: Connection;
  /** Whether other transactions were in the way of an attempt before this one. */
  readonly isRetry: boolean;
  /** Set if the connection must not be used again: it is destroyed, and not given back. */
  isBroken: boolean;
}

/** How a driver of a server runs statements. What fails is the driver's own error. */
export interface SqlDriver<Connection> {
  readonly source: ConnectionSource<Connection>;
  readonly errors: SqlDriverErrors;
  query(lease: Lease<Connection>, query: SqlQuery): Promise<SqlResult>;
  write(lease: Lease<Connection>, write: SqlWrite): Promise<SqlWriteOutcome>;
  /** Runs `body` as a read committed transaction. */
  transaction<Result>(
    lease: Lease<Connection>,
    options: TransactionOptions<Result>,
  ): Promise<Result>;
}

export interface TransactionOptions<Result>
  extends Pick<SqlTransaction<Result>, 'keepsOthersOut' | 'lock'> {
  readonly body: TransactionBody<Result>;
}

export type TransactionBody<Result> = (
  run: (step: SqlStep) => Promise<SqlResult>,
) => Promise<Result>;

/** What a driver's errors mean. */
export interface SqlDriverErrors {
  /** The connection on which it happened can be of no use any more. */
  isConnectionLost(error: unknown): boolean;
  /** The transaction was given up for the sake of another one, and nothing was written. */
  isContention(error: unknown): boolean;
  /** Someone else has created the same table or schema at the same time. */
  isSchemaRace(error: unknown): boolean;
  /** A unique key is taken: in what the store writes, no other constraint can fail. */
  isDuplicate(error: unknown): boolean;
  /** What a caller is told. A `HoldfastError` stays as it is. */
  translate(error: unknown): HoldfastError;
}

// Whoever waits for a lock waits for others to change the schema, which may be large.
const LOCK_TIMEOUT_MS = 10 * 60_000;

const MAX_ATTEMPTS = 10;
const LONGEST_PAUSE_MS = 100;

// One wait for a lock may take longer than all of this: then once is enough.
const TIME_FOR_RETRIES_MS = 10_000;

interface Call<Connection> {
  /** Undefined while it has no connection. */
  lease: Lease<Connection> | undefined;
  isOver: boolean;
}

/**
 * A client over connections to a server. Each call ends in time: when it does not, its connection
 * is destroyed, and so is whatever was running on it.
 */
export class PooledClient<Connection> implements SqlClient {
  readonly #driver: SqlDriver<Connection>;
  readonly #callTimer: CallTimer;
  readonly #lockTimer = new CallTimer(LOCK_TIMEOUT_MS);
  readonly #acquireTimer: CallTimer;
  readonly #refusal = (error: unknown): SqlWriteOutcome => {
    if (this.#driver.errors.isDuplicate(error)) return REFUSED;
    throw error;
  };

  constructor(driver: SqlDriver<Connection>, { acquireTimeout, callTimeout }: PoolTimeouts) {
    this.#driver = driver;
    this.#callTimer = new CallTimer(callTimeout);
    this.#acquireTimer = new CallTimer(acquireTimeout);
  }

  async query(query: SqlQuery): Promise<readonly SqlRow[]> {
    return (await this.#call((lease) => this.#driver.query(lease, query))).rows;
  }

  write(write: SqlWrite): Promise<SqlWriteOutcome> {
    return this.#call((lease) => this.#driver.write(lease, write).catch(this.#refusal));
  }

  transaction<Result>(transaction: SqlTransaction<Result>): Promise<Result> {
    const { program, lock, ifDuplicate } = transaction;
    const { errors } = this.#driver;
    const timer = lock === undefined ? this.#callTimer : this.#lockTimer;
    return this.#call(
      (lease) =>
        this.#driver
          .transaction(lease, { ...transaction, body: (run) => runProgram(program(), run) })
          .catch((error: unknown) => {
            if (ifDuplicate !== undefined && errors.isDuplicate(error)) return ifDuplicate();
            throw error;
          }),
      {
        timer,
        // A lock does not keep out someone who creates another service's tables in the schema.
        isContention: (error) =>
          errors.isContention(error) || (lock !== undefined && errors.isSchemaRace(error)),
      },
    );
  }

  async close(): Promise<void> {
    const { source, errors } = this.#driver;
    try {
      await this.#callTimer.limit(
        () => source.end(),
        () => noAnswerInTime(this.#callTimer.timeout),
      );
    } catch (error) {
      // A server that says nothing cannot keep a service from being closed.
      source.destroyAll();
      const translated = errors.translate(error);
      if (!translated.retryable) throw translated;
    }
  }

  async #call<Result>(
    attempt: (lease: Lease<Connection>) => Promise<Result>,
    {
      timer = this.#callTimer,
      isContention = this.#driver.errors.isContention,
    }: { timer?: CallTimer; isContention?: (error: unknown) => boolean } = {},
  ): Promise<Result> {
    const call: Call<Connection> = { lease: undefined, isOver: false };
    try {
      return await timer.limit(
        () =>
          retryContention(
            (isRetry) => this.#attempt(call, { attempt, isRetry }),
            (error) => !call.isOver && isContention(error),
          ),
        () => {
          call.isOver = true;
          if (call.lease !== undefined) this.#driver.source.destroy(call.lease.connection);
          return noAnswerInTime(timer.timeout);
        },
      );
    } catch (error) {
      throw this.#driver.errors.translate(error);
    }
  }

  async #attempt<Result>(
    call: Call<Connection>,
    options: {
      readonly attempt: (lease: Lease<Connection>) => Promise<Result>;
      readonly isRetry: boolean;
    },
  ): Promise<Result> {
    const { source, errors } = this.#driver;
    const connection = await this.#acquire(call);
    const lease = { connection, isRetry: options.isRetry, isBroken: false };
    call.lease = lease;
    try {
      return await options.attempt(lease);
    } catch (error) {
      lease.isBroken ||= errors.isConnectionLost(error);
      throw error;
    } finally {
      call.lease = undefined;
      // A call that is over has had its connection destroyed.
      if (!call.isOver) source[lease.isBroken ? 'destroy' : 'release'](connection);
    }
  }

  /** A connection; `unavailable` if none becomes free in time. One that comes late goes back. */
  #acquire(call: Call<Connection>): Promise<Connection> {
    const { source } = this.#driver;
    const timer = this.#acquireTimer;
    let isLate = false;
    const wait: ConnectionWait = { isWanted: () => !isLate && !call.isOver };
    const tooLate = () => {
      isLate = true;
      wait.giveUp?.();
      return new HoldfastError('unavailable', {
        message: `no connection to the database became free within ${timer.timeout} ms`,
      });
    };
    return timer.limit(async () => {
      const connection = await source.acquire(wait);
      if (wait.isWanted()) return connection;
      source.release(connection);
      throw tooLate();
    }, tooLate);
  }
}

/** Tries again if other transactions were in the way, a bounded number of times. */
export async function retryContention<Result>(
  attempt: (isRetry: boolean) => Promise<Result>,
  isContention: (error: unknown) => boolean,
): Promise<Result> {
  const deadline = realTimers.now() + TIME_FOR_RETRIES_MS;
  for (let i = 1; ; i++) {
    try {
      return await attempt(i > 1);
    } catch (error) {
      const isLast = i === MAX_ATTEMPTS || realTimers.now() >= deadline;
      if (isLast || !isContention(error)) throw error;
    }
    // At random, so that those who met do not meet again.
    const pause = Math.random() * Math.min(2 ** i, LONGEST_PAUSE_MS);
    await new Promise<void>((resolve) => void realTimers.setTimeout(resolve, pause));
  }
}

interface TransactionSteps<Result> {
  readonly run: (text: string) => Promise<unknown>;
  readonly body: () => Promise<Result>;
}

/** Runs `body` between what begins a transaction and COMMIT, and rolls back if it throws. */
export async function inTransaction<Connection, Result>(
  lease: Lease<Connection>,
  { begin, run, body }: TransactionSteps<Result> & { readonly begin: readonly string[] },
): Promise<Result> {
  for (const text of begin) await run(text);
  return await orRollBack(lease, {
    run,
    async body() {
      const result = await body();
      await run('COMMIT');
      return result;
    },
  });
}

/** Runs `body`, which is within a transaction, and rolls back if it throws. */
export async function orRollBack<Connection, Result>(
  lease: Lease<Connection>,
  {
    run,
    body,
    isForeign = () => false,
  }: TransactionSteps<Result> & {
    /** Whether an error says that the transaction is not ours, and so not ours to end. */
    readonly isForeign?: (error: unknown) => boolean;
  },
): Promise<Result> {
  try {
    return await body();
  } catch (error) {
    if (isForeign(error)) throw error;
    try {
      await run('ROLLBACK');
    } catch {
      lease.isBroken = true;
    }
    throw error;
  }
}

async function runProgram<Result>(
  program: SqlProgram<Result>,
  run: (step: SqlStep) => Promise<SqlResult>,
): Promise<Result> {
  let step = program.next();
  while (step.done !== true) step = program.next(await run(step.value));
  return step.value;
}
