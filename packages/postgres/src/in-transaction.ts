import type { RunQuery } from './postgres-connections.ts';

/** The connection is in no state to be used again; `cause` is what `body` threw. */
export class RollbackFailed extends Error {}

/** Runs `body` between BEGIN and COMMIT, and rolls back where it throws. */
export async function inTransaction<Result>(
  run: RunQuery,
  body: (run: RunQuery) => Promise<Result>,
): Promise<Result> {
  await run(statement('BEGIN ISOLATION LEVEL READ COMMITTED'));
  let result: Result;
  try {
    result = await body(run);
    await run(statement('COMMIT'));
  } catch (cause) {
    try {
      await run(statement('ROLLBACK'));
    } catch {
      throw new RollbackFailed('the transaction could not be rolled back', { cause });
    }
    throw cause;
  }
  return result;
}

function statement(text: string) {
  return { text, values: [] };
}
