export { checkUrl } from './check-url.ts';
export {
  absorbErrors,
  type ConnectionSource,
  type ConnectionWait,
  poolSource,
  sharedListening,
  singleSource,
} from './connection-source.ts';
export { charactersOf, InsertStatements } from './insert-statements.ts';
export {
  checkPoolTimeouts,
  type OpenPoolOptions,
  openOverPool,
  type PoolSettings,
  type PoolStoreOptions,
} from './pool-options.ts';
export {
  inTransaction,
  type Lease,
  orRollBack,
  PooledClient,
  type SqlDriver,
  type SqlDriverErrors,
  type TransactionBody,
  type TransactionOptions,
} from './pooled-client.ts';
export { readInteger, readRows, readText } from './read-value.ts';
export { schemaOf, type TableOptions, type Tables } from './schema.ts';
export {
  isWrite,
  REFUSED,
  resultOfWrite,
  type SqlClient,
  type SqlInsert,
  type SqlProgram,
  type SqlResult,
  type SqlRow,
  type SqlRows,
  type SqlStep,
  type SqlTransaction,
  type SqlWrite,
  type SqlWriteOutcome,
} from './sql-client.ts';
export {
  type AddedIndexDefinition,
  addPartialIndex,
  type ColumnDefinition,
  compareAsRow,
  compareByColumn,
  type InsertSource,
  insertHead,
  jsonOfKeys,
  lookUpInOrder,
  onConflict,
  replacedColumns,
  type SqlDialect,
  type UserParts,
} from './sql-dialect.ts';
export {
  printMigrations,
  type SqlServiceOptions,
  SqlSessionService,
} from './sql-session-service.ts';
export {
  commandOf,
  joinSql,
  plainCommand,
  queryOf,
  SLOT,
  type SqlQuery,
  type SqlStatement,
  type SqlTemplate,
  type SqlText,
  type SqlValue,
  sql,
} from './sql-statement.ts';
export {
  anyText,
  checkParameters,
  type ParameterForm,
  type UrlParameters,
  withoutParameters,
} from './url-parameters.ts';
