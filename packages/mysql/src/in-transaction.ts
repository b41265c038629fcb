import type { MysqlConnection } from './mysql-driver.ts';
import { ConnectionSpoiled, isConnectionLost, isForeignTransaction } from './mysql-error.ts';
import { runText } from './run-statement.ts';

/** What a transaction begins with, whatever the connection's own isolation is. */
export const BEGIN = [
  'SET TRANSACTION ISOLATION LEVEL READ COMMITTED',
  'START TRANSACTION',
] as const;

/** Runs `body` between BEGIN and COMMIT, and rolls back where it throws. */
export function inTransaction<Result>(
  connection: MysqlConnection,
  body: () => Promise<Result>,
): Promise<Result> {
  return orRollBack(connection, async () => {
    for (const text of BEGIN) await runText(connection, text);
    const result = await body();
    await runText(connection, 'COMMIT');
    return result;
  });
}

/** Runs `body`, which holds a whole transaction, and rolls back where it throws. */
export async function orRollBack<Result>(
  connection: MysqlConnection,
  body: () => Promise<Result>,
): Promise<Result> {
  try {
    return await body();
  } catch (cause) {
    if (isConnectionLost(cause) || isForeignTransaction(cause)) throw cause;
    try {
      await runText(connection, 'ROLLBACK');
    } catch {
      throw new ConnectionSpoiled('the transaction could not be rolled back', { cause });
    }
    throw cause;
  }
}
