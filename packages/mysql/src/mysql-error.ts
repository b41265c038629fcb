import { HoldfastError, isHoldfastError } from '@holdfast/core';
import { type ErrorDescription, translateWith } from '@holdfast/session/store';
import type { SqlDriverErrors } from '@holdfast/sql';

// Server errors: https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html
// and https://mariadb.com/kb/en/mariadb-error-code-reference/
const DUPLICATE_KEY = 1062;
const FOREIGN_TRANSACTION = 1568;
// A row that has changed since it was read, a lock that was waited for too long, a deadlock.
const CONTENTION = [1020, 1205, 1213];
// The server goes down, or a node is not ready; a connection was aborted, killed, or idle for too long.
const SHUTDOWN = [1047, 1053, 1077, 1079, 1080, 1152, 1184, 1927, 4031];
// It also says that a server is read-only; its message names the option.
const OPTION_FORBIDS = 1290;
// A server that has become a replica: another connection may lead to the new primary.
const READ_ONLY = [1036, 1792, 1836, 1874];
const INIT_CONNECT_FAILED = 1184;
const TABLE_FULL = 1114;

const NO_AGREEMENT = 'the driver and the server do not agree how to connect';
const IN_TRANSACTION = 'the connection is in a transaction of somebody else';

const DESCRIPTIONS: readonly (readonly [...ErrorDescription, errnos: readonly number[]])[] = [
  ['unavailable', 'other transactions were in the way too often', CONTENTION],
  ['unavailable', 'the database cannot be written', READ_ONLY],
  ['unavailable', 'the connection was ended', SHUTDOWN],
  ['unavailable', 'the disk is full', [1021, TABLE_FULL]],
  ['unavailable', 'the database has no connection left', [1040, 1203, 1226]],
  // Memory, threads, locks, transactions.
  ['unavailable', 'the database has too much to do', [1037, 1041, 1135, 1206, 1637]],
  ['unavailable', 'the query was stopped', [1317, 1969, 3024]],
  // A database, a user or a host, a table, a column, an operation, a login without its way in.
  [
    'misconfigured',
    'the database refuses access',
    [1044, 1045, 1129, 1130, 1142, 1143, 1227, 1251, 1524, 1698, 3159],
  ],
  [
    'misconfigured',
    'the user has to be unlocked, or given a new password',
    [1820, 1862, 3118, 4151],
  ],
  // It says the same of flags and of what is between that does not speak their language.
  ['misconfigured', NO_AGREEMENT, [1043]],
  ['misconfigured', 'the connection has no database', [1046]],
  ['misconfigured', 'the database does not exist', [1049]],
  ['misconfigured', 'the tables do not exist, call migrate()', [1146]],
  // A column or an index that is missing, or one too many; a type that takes less; a view.
  [
    'misconfigured',
    'the tables are not those of this package',
    [1054, 1136, 1176, 1264, 1265, 1288, 1347, 1364, 1366, 1471],
  ],
  ['misconfigured', 'a trigger of somebody else refuses what is written', [1644]],
  ['misconfigured', 'binlog_format must be ROW or MIXED', [1665]],
  ['misconfigured', 'max_join_size must be its default', [1104]],
  ['misconfigured', 'sort_buffer_size is too small', [1038]],
  ['misconfigured', 'max_prepared_stmt_count is too small', [1461]],
  ['misconfigured', 'innodb_page_size must be 16 KiB or more', [1071, 1118]],
  ['misconfigured', 'InnoDB must be there for tables', [1286, 1289]],
  // A packet, a string, a result, a column.
  ['too_large', 'the database takes no value of that size', [1153, 1162, 1301, 1406]],
  // A key file, a table, an index, a tablespace.
  [
    'corrupt',
    'what is stored cannot be read',
    [1033, 1034, 1035, 1194, 1195, 1712, 1812, 1877, 1932],
  ],
  // Syntax, a character set, a variable, a collation.
  ['unsupported', 'MySQL 8 or MariaDB 10.11 is needed', [1064, 1115, 1193, 1235, 1273]],
  ['unsupported', IN_TRANSACTION, [FOREIGN_TRANSACTION]],
  ['unsupported', 'the connection holds LOCK TABLES of somebody else', [1099, 1100]],
];

// What Node says of a value that is none for what it is used for.
const INVALID_OPTION = /^ERR_(?:OUT_OF_RANGE|SOCKET_BAD_PORT|INVALID_(?:ARG_\w+|IP_ADDRESS))$/;

const REFUSED_SOCKET = 'the socket of the database cannot be used';

// Of a pool that was brought; they have no code.
const POOL_REASONS = ['No connections available.', 'Pool is closed.', 'Queue limit reached.'];

/** What mysql2 and the system say, by their `code`. The rest of these is about the network. */
const DRIVER_DESCRIPTIONS: Readonly<Record<string, ErrorDescription>> = {
  AUTH_SWITCH_PLUGIN_ERROR: ['misconfigured', NO_AGREEMENT],
  HANDSHAKE_NO_SSL_SUPPORT: ['misconfigured', NO_AGREEMENT],
  // What the system says of a path on which no socket can be, or that this user may not use.
  EACCES: ['misconfigured', REFUSED_SOCKET],
  EPERM: ['misconfigured', REFUSED_SOCKET],
  ENOTDIR: ['misconfigured', REFUSED_SOCKET],
  ENAMETOOLONG: ['misconfigured', REFUSED_SOCKET],
};

/** The number of a server's error; undefined if the server has not spoken. */
function serverErrno(error: unknown): number | undefined {
  const errno = (error as { readonly errno?: unknown } | null | undefined)?.errno;
  // The system's own errors are negative.
  return typeof errno === 'number' && errno >= 1000 ? errno : undefined;
}

function errnoIsOneOf(...errnos: readonly number[]): (error: unknown) => boolean {
  return (error) => errnos.includes(serverErrno(error) ?? 0);
}

export function isConnectionLost(error: unknown): boolean {
  if (isHoldfastError(error)) return false;
  const isFatal = (error as { readonly fatal?: unknown } | null | undefined)?.fatal === true;
  const errno = serverErrno(error);
  return isFatal || errno === undefined || SHUTDOWN.includes(errno) || isReadOnly(error);
}

function isReadOnly(error: unknown): boolean {
  const errno = serverErrno(error);
  if (errno === OPTION_FORBIDS) return /read[-_]only/i.test((error as Error).message);
  return READ_ONLY.includes(errno ?? 0);
}

/** Whether the connection is in a transaction that is not ours, and so not ours to end. */
export const isForeignTransaction = errnoIsOneOf(FOREIGN_TRANSACTION);

/** A connection that is in one, which has not shown in an error. */
export function foreignTransaction(): HoldfastError {
  return new HoldfastError('unsupported', { message: IN_TRANSACTION });
}

export const isContention = errnoIsOneOf(...CONTENTION);

/** A table, or its database. */
export const isMissingTable = errnoIsOneOf(1146, 1049);

/** What a driver's error is to a caller. */
export const translateError = translateWith((error, reason) => {
  const errno = serverErrno(error);
  if (errno === undefined) return describeDriverError(error, reason);
  if (isReadOnly(error)) return ['unavailable', 'the database cannot be written'];
  if (errno === OPTION_FORBIDS) {
    const name = /--([\w-]+)/.exec(reason)?.[1]?.replaceAll('-', '_') ?? 'an option of the server';
    return ['misconfigured', `${name} keeps the database from its work`];
  }
  if (errno === INIT_CONNECT_FAILED && reason.includes('init_connect')) {
    return ['misconfigured', "the server's init_connect fails"];
  }
  if (errno === TABLE_FULL && reason.includes('(temporary)')) {
    return ['misconfigured', 'tmp_disk_table_size, or the disk of temporary tables, is too small'];
  }
  const found = DESCRIPTIONS.find(([, , errnos]) => errnos.includes(errno));
  return found === undefined ? ['internal', 'the database failed'] : [found[0], found[1]];
});

function describeDriverError(error: unknown, reason: string): ErrorDescription {
  const { code, errno, fatal } = (error ?? {}) as { readonly [name: string]: unknown };
  const found = DRIVER_DESCRIPTIONS[String(code)];
  if (found !== undefined) return found;
  if (INVALID_OPTION.test(String(code))) {
    return ['misconfigured', 'mysql2 cannot use an option of the connection'];
  }
  // A certificate is not accepted; if the network failed meanwhile, there is the system's number.
  if (code === 'HANDSHAKE_SSL_ERROR' && errno === undefined) return ['misconfigured', NO_AGREEMENT];
  if (code !== undefined || fatal === true || POOL_REASONS.includes(reason)) {
    return ['unavailable', 'the database cannot be reached'];
  }
  return ['internal', 'the driver failed'];
}

export const mysqlErrors: SqlDriverErrors = {
  isConnectionLost,
  isContention,
  // The lock of a migration keeps everyone out, whatever tables they create.
  isSchemaRace: () => false,
  isDuplicate: errnoIsOneOf(DUPLICATE_KEY),
  translate: translateError,
};
