import { HoldfastError, type HoldfastErrorCode, isHoldfastError } from '@holdfast/core';

// Server errors: https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html
// and https://mariadb.com/kb/en/mariadb-error-code-reference/
const DUPLICATE_KEY = 1062;
const CONTENTION = new Set([
  1205, // lock wait timeout
  1213, // deadlock
]);
const MISSING = new Set([
  1049, // database
  1146, // table
]);
const SHUTDOWN = new Set([
  1053, // server shutdown
  1077, // normal shutdown
  1079, // shutdown complete
  1080, // forcing close of a thread
  1152, // aborted connection
  1184, // new aborting connection
  1927, // MariaDB: connection was killed
  4031, // MySQL: disconnected by the server because of inactivity
]);
const FOREIGN_TRANSACTION = 1568;
// A server that has become a replica: another connection may lead to the new primary.
const READ_ONLY = new Set([1290, 1792, 1836]);

/** The connection must not be used again; `cause` is what its work threw. */
export class ConnectionSpoiled extends Error {}

/** The number of a server's error; undefined where the server has not spoken. */
function serverErrno(error: unknown): number | undefined {
  const errno = (error as { readonly errno?: unknown } | null | undefined)?.errno;
  // The system's own errors are negative.
  return typeof errno === 'number' && errno >= 1000 ? errno : undefined;
}

function isOneOf(numbers: ReadonlySet<number>, error: unknown): boolean {
  const errno = serverErrno(error);
  return errno !== undefined && numbers.has(errno);
}

/** Whether a unique key is taken. */
export function isDuplicate(error: unknown): boolean {
  return serverErrno(error) === DUPLICATE_KEY;
}

/** Whether another transaction was in the way, so that the same one may go through soon. */
export function isContention(error: unknown): boolean {
  return isOneOf(CONTENTION, error);
}

/** Whether the connection on which it happened can be of no use any more. */
export function isConnectionLost(error: unknown): boolean {
  if (isHoldfastError(error)) return false;
  const isFatal = (error as { readonly fatal?: unknown } | null | undefined)?.fatal === true;
  return (
    isFatal ||
    serverErrno(error) === undefined ||
    isOneOf(SHUTDOWN, error) ||
    isOneOf(READ_ONLY, error)
  );
}

/** Whether the connection is in a transaction that is not ours, and so not ours to end. */
export function isForeignTransaction(error: unknown): boolean {
  return serverErrno(error) === FOREIGN_TRANSACTION;
}

export function isMissingTable(error: unknown): boolean {
  return isOneOf(MISSING, error);
}

/** What a driver's error is to a caller. */
export function translateError(error: unknown): HoldfastError {
  if (isHoldfastError(error)) return error;
  const reason = error instanceof Error ? error.message || String(causeCode(error)) : String(error);
  const [code, problem] = describe(error);
  return new HoldfastError(code, { message: `${problem}: ${reason}`, cause: error });
}

function describe(error: unknown): [HoldfastErrorCode, string] {
  const errno = serverErrno(error);
  if (errno === 1049) return ['unavailable', 'the database is not there'];
  if (isMissingTable(error)) return ['unavailable', 'the tables are not there, call migrate()'];
  if (isContention(error)) return ['unavailable', 'other transactions were in the way too often'];
  if (isOneOf(READ_ONLY, error)) return ['unavailable', 'the database cannot be written'];
  if (isOneOf(SHUTDOWN, error)) return ['unavailable', 'the connection was ended'];
  switch (errno) {
    case undefined:
      return ['unavailable', 'the database cannot be reached'];
    case 1021: // disk full
    case 1114: // table full
      return ['unavailable', 'the disk is full'];
    case 1040: // too many connections
    case 1203: // of one user
    case 1226: // or of what one user may have
      return ['unavailable', 'the database has no connection left'];
    case 1044: // access to a database
    case 1045: // access to a server
    case 1142: // access to a table
    case 1698: // access to a server, without a password
      return ['unavailable', 'the database refuses access'];
    case 1153: // packet
    case 1162: // string
    case 1301: // result
    case 1406: // column
      return ['too_large', 'the database takes no value of that size'];
    case 1034: // key file
    case 1035: // old key file
    case 1194: // table
    case 1195: // table, after a failed repair
    case 1712: // index
    case 1877: // table, within InnoDB
      return ['corrupt', 'what is stored cannot be read'];
    case 1046: // no database chosen
      return ['unsupported', 'the connection has no database'];
    case 1064: // syntax
    case 1115: // unknown character set
    case 1235: // not in this version
    case 1273: // unknown collation
    case 1286: // unknown storage engine
      return ['unsupported', 'MySQL 8 or MariaDB 10.11 is needed'];
    case FOREIGN_TRANSACTION:
      return ['unsupported', 'the connection is in a transaction of somebody else'];
    case 1665: // binary log
      return ['unsupported', 'binlog_format must be ROW or MIXED'];
    default:
      return ['unavailable', 'the database failed'];
  }
}

// Where several addresses were tried, the error has no message.
function causeCode(error: Error): unknown {
  return (error as { readonly code?: unknown }).code ?? error.name;
}
