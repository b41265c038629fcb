import { HoldfastError, type HoldfastErrorCode, isHoldfastError } from '@holdfast/core';

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const UNIQUE_VIOLATION = '23505';
const MISSING = new Set(['42P01', '3F000']);
const TRY_AGAIN = new Set(['40001', '40P01', '55P03']);
// The first is what two CREATE … IF NOT EXISTS at the same time meet, in the catalog's own keys.
const SCHEMA_RACE = new Set([UNIQUE_VIOLATION, '42P06', '42P07']);
const NO_SUCH_STATEMENT = '26000';
const STATEMENT_IS_THERE = '42P05';

/** The SQLSTATE of a driver's error; undefined where the server has not spoken. */
function sqlState(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  // Those of Node, such as EPIPE, begin with an E, and no SQLSTATE does.
  return typeof code === 'string' && /^[0-9A-DF-Z][0-9A-Z]{4}$/.test(code) ? code : undefined;
}

/** Whether a unique key is taken: in what the service writes, no other constraint can fail. */
export function isDuplicate(error: unknown): boolean {
  return sqlState(error) === UNIQUE_VIOLATION;
}

/** Whether the transaction was given up for the sake of another one, and nothing was written. */
export function isContention(error: unknown): boolean {
  return TRY_AGAIN.has(sqlState(error) ?? '');
}

/** Whether someone else has created the same table or schema at the same time. */
export function isSchemaRace(error: unknown): boolean {
  return SCHEMA_RACE.has(sqlState(error) ?? '');
}

/** Whether the connection on which it happened can be of no use any more. */
export function isConnectionLost(error: unknown): boolean {
  const state = sqlState(error);
  if (state === undefined) return !isHoldfastError(error);
  if (isStatementLost(state)) return true;
  switch (state.slice(0, 2)) {
    case '08':
      return true;
    case '25':
      // Its server takes no writes any more, or someone has left a transaction open on it.
      return true;
    case '57':
      // The operator's doing; of it, a cancelled query leaves the connection whole.
      return state !== '57014';
    default:
      return false;
  }
}

/** Whether a connection has not the statements that were prepared on it, but those of others. */
function isStatementLost(state: string | undefined): boolean {
  return state === NO_SUCH_STATEMENT || state === STATEMENT_IS_THERE;
}

export function isMissingTable(error: unknown): boolean {
  return MISSING.has(sqlState(error) ?? '');
}

/** What a driver's error is to a caller. */
export function translateError(error: unknown): HoldfastError {
  if (isHoldfastError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const [code, problem] = describe(error);
  return new HoldfastError(code, { message: `${problem}: ${reason}`, cause: error });
}

function describe(error: unknown): [HoldfastErrorCode, string] {
  if (sqlState(error) === '3F000') return ['unavailable', 'the schema is not there'];
  if (isMissingTable(error)) return ['unavailable', 'the tables are not there, call migrate()'];
  // A string of JavaScript has an end: at 512 MiB in Node.
  if (error instanceof RangeError) return ['too_large', 'the batch is too large for one statement'];
  if (isContention(error)) return ['unavailable', 'other transactions were in the way too often'];
  const state = sqlState(error);
  if (isStatementLost(state)) {
    return ['unavailable', 'a pooler is between, set preparedStatements to false'];
  }
  if (state === '22P05') return ['unsupported', 'the database must be encoded in UTF8'];
  switch (state?.slice(0, 2)) {
    case undefined:
      return ['unavailable', 'PostgreSQL cannot be reached'];
    case 'XX':
      return state === 'XX000'
        ? ['unavailable', 'PostgreSQL failed']
        : ['corrupt', 'what PostgreSQL has stored cannot be read'];
    case '54':
      return ['too_large', 'PostgreSQL takes no value of that size'];
    case '25':
      return ['unavailable', 'the database cannot be written'];
    case '53':
      return ['unavailable', 'PostgreSQL has run out of something'];
    default:
      return ['unavailable', 'PostgreSQL failed'];
  }
}
