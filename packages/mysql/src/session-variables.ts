// Both servers' lists: https://mariadb.com/kb/en/server-system-variables/
// and https://dev.mysql.com/doc/refman/8.0/en/server-system-variables.html

// A comment that begins with `/*M!` is read by MariaDB alone; `/*!507…` to `/*!509…` by MySQL alone:
// https://mariadb.com/kb/en/comment-syntax/
const onMariadb = (text: string) => `/*M!100000 ${text} */`;
const onMysql = (text: string) => `/*!50720 ${text} */`;

// A transaction that waits for its next statement for longer has been forgotten.
const LONGEST_PAUSE_S = 5;

// A statement has at most some kilobytes besides what a caller gives.
const SMALLEST_PACKET = 64 * 1024;

// The rows of a read, or of a write, may go through one.
const SMALLEST_TEMPORARY_TABLE = 16 * 1024 * 1024;

/**
 * The statements that set a connection of our own to what the others rely on, whatever its server
 * or its user is set to. `callTimeout` in ms.
 */
export function pinVariables({ callTimeout }: { readonly callTimeout: number }): readonly string[] {
  // What a call that is over has left waiting at the server does not wait for much longer.
  const seconds = Math.max(1, Math.ceil(callTimeout / 1000));
  const pause = Math.min(LONGEST_PAUSE_S, seconds);
  const always = [
    'autocommit = 1',
    'completion_type = 0',
    "sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'",
    'sql_select_limit = 18446744073709551615',
    'sql_big_selects = 1',
    'sql_safe_updates = 0',
    'sql_auto_is_null = 0',
    'unique_checks = 1',
    'foreign_key_checks = 1',
    'max_sort_length = 1024',
    `innodb_lock_wait_timeout = ${seconds}`,
    `lock_wait_timeout = ${seconds}`,
  ];
  // If the rest of a script is dropped without an answer, the server itself ends its transaction.
  const mariadb = [
    'max_statement_time = 0',
    'tmp_disk_table_size = 18446744073709551615',
    `idle_transaction_timeout = ${pause}`,
    'idle_readonly_transaction_timeout = 0',
    'idle_write_transaction_timeout = 0',
  ];
  return [
    'SET NAMES utf8mb4',
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE',
    `SET SESSION ${always.join(', ')} ${onMariadb(`, ${mariadb.join(', ')}`)} ${onMysql(', max_execution_time = 0')}`,
  ];
}

/** A variable with which an answer would be another one, and nobody would be told. */
export interface VariableCheck {
  readonly variable: string;
  /** What it must be, in words. */
  readonly needed: string;
  /** Gives NULL if it is so, and otherwise its value. */
  readonly sql: string;
}

function check(
  variable: string,
  { needed, condition }: { readonly needed: string; readonly condition: string },
): VariableCheck {
  return { variable, needed, sql: valueUnless(condition, `@@${variable}`) };
}

function valueUnless(condition: string, value: string): string {
  return `CASE WHEN ${condition} THEN NULL ELSE COALESCE(${value}, 'NULL') END`;
}

function unlessOnMariadb(condition: string, value: string): string {
  return `COALESCE(NULL ${onMariadb(`, ${valueUnless(condition, value)}`)})`;
}

const charsets = ['client', 'connection', 'results'].map((name) =>
  check(`character_set_${name}`, {
    needed: "utf8mb4: set `charset: 'utf8mb4'` on the client",
    condition: `@@character_set_${name} <=> 'utf8mb4'`,
  }),
);

// They have one name on MySQL 8, and another one on MariaDB before 11.1.
const isolation = `${onMariadb('@@tx_isolation')}${onMysql('@@transaction_isolation')}`;
const readOnly = `${onMariadb('@@tx_read_only')}${onMysql('@@transaction_read_only')}`;

/** What is looked at on every connection: those of others are not ours to set. */
export const VARIABLE_CHECKS: readonly VariableCheck[] = [
  ...charsets,
  check('autocommit', { needed: '1', condition: '@@autocommit = 1' }),
  check('completion_type', { needed: 'NO_CHAIN', condition: "@@completion_type = 'NO_CHAIN'" }),
  check('sql_select_limit', {
    needed: 'its default',
    condition: '@@sql_select_limit >= 4294967295',
  }),
  check('max_join_size', {
    needed: 'its default, or sql_big_selects on',
    condition: '@@sql_big_selects = 1 OR @@max_join_size >= 4294967295',
  }),
  check('sql_mode', {
    needed: 'without EMPTY_STRING_IS_NULL and ORACLE',
    condition:
      "FIND_IN_SET('EMPTY_STRING_IS_NULL', @@sql_mode) + FIND_IN_SET('ORACLE', @@sql_mode) = 0",
  }),
  check('unique_checks', { needed: '1', condition: '@@unique_checks = 1' }),
  check('max_allowed_packet', {
    needed: `${SMALLEST_PACKET} or more, and larger than an event`,
    condition: `@@max_allowed_packet >= ${SMALLEST_PACKET}`,
  }),
  {
    variable: 'transaction_isolation',
    needed: 'READ-COMMITTED or stricter',
    sql: valueUnless(`${isolation} <> 'READ-UNCOMMITTED'`, isolation),
  },
  {
    variable: 'transaction_read_only',
    needed: '0',
    sql: valueUnless(`${readOnly} = 0`, readOnly),
  },
  {
    variable: 'enforce_storage_engine',
    needed: 'InnoDB, or not set',
    sql: unlessOnMariadb(
      "COALESCE(@@enforce_storage_engine, 'InnoDB') = 'InnoDB'",
      '@@enforce_storage_engine',
    ),
  },
  {
    variable: 'tmp_disk_table_size',
    needed: `${SMALLEST_TEMPORARY_TABLE} or more`,
    sql: unlessOnMariadb(
      `@@tmp_disk_table_size >= ${SMALLEST_TEMPORARY_TABLE}`,
      '@@tmp_disk_table_size',
    ),
  },
];
