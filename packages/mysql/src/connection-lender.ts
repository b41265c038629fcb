import { absorbErrors, turnstileOf } from '@holdfast/sql';
import type { MysqlConnection, MysqlPool, MysqlSingleConnection } from './mysql-driver.ts';

/** Where connections come from. One that is lent is used by one call at a time. */
export interface ConnectionLender {
  borrow(): Promise<MysqlConnection>;
  giveBack(connection: MysqlConnection): void;
  /** Takes back a connection that is of no use any more, and closes it. */
  discard(connection: MysqlConnection): void;
  /** Ends what the service owns. */
  close(): Promise<void>;
}

/** Lends what a pool lends. */
export function poolLender(pool: MysqlPool, { owned }: { readonly owned: boolean }) {
  const absorbed = new WeakMap<MysqlConnection, () => void>();
  return {
    async borrow() {
      const connection = await pool.getConnection();
      absorbed.set(connection, absorbErrors(connection));
      return connection;
    },
    giveBack(connection) {
      absorbed.get(connection)?.();
      (connection as Awaited<ReturnType<MysqlPool['getConnection']>>).release();
    },
    // A destroyed connection may still meet an error while its socket closes.
    discard(connection) {
      connection.destroy();
    },
    async close() {
      if (owned) await pool.end();
    },
  } satisfies ConnectionLender;
}

/** Lends one connection to one call after the other, so that none gets into a transaction. */
export function singleLender(
  connection: MysqlSingleConnection,
  { owned }: { readonly owned: boolean },
) {
  const turnstile = turnstileOf(connection.connection ?? connection);
  const stopAbsorbing = absorbErrors(connection);
  return {
    async borrow() {
      await turnstile.enter();
      return connection;
    },
    giveBack() {
      turnstile.leave();
    },
    discard() {
      connection.destroy();
      turnstile.leave();
    },
    async close() {
      if (owned) await connection.end();
      else stopAbsorbing();
    },
  } satisfies ConnectionLender;
}
