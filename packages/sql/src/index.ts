export { absorbErrors } from './absorb-errors.ts';
export { borrowInTime, type Loan } from './borrow-in-time.ts';
export { checkFlag, checkOptions, checkTimeout } from './check-options.ts';
export { compareAsRow, compareByColumn } from './compare-rows.ts';
export { insertHead, onConflict, replacedColumns } from './insert-head.ts';
export {
  checkAcquireTimeout,
  checkMaxConnections,
  type OpenPoolOptions,
  type PoolStoreOptions,
} from './pool-options.ts';
export { retryContention } from './retry-contention.ts';
export type {
  SqlClient,
  SqlColumnType,
  SqlInsert,
  SqlInsertColumn,
  SqlProgram,
  SqlQuery,
  SqlResult,
  SqlRow,
  SqlRows,
  SqlTransaction,
  SqlValue,
  SqlWrite,
  SqlWriteOutcome,
} from './sql-client.ts';
export type { CompareRows, InsertSource, RowComparison, SqlDialect } from './sql-dialect.ts';
export {
  printMigrations,
  SqlSessionService,
  type SqlSessionServiceOptions,
  type SqlStoreOptions,
} from './sql-session-service.ts';
export { bind, type SqlPart, type SqlTemplate, sql } from './sql-template.ts';
export type { TableOptions } from './tables.ts';
export { Turnstile, turnstileOf } from './turnstile.ts';
