export type { SqliteDatabase, SqliteStatement } from './sqlite-database.ts';
export type { SqliteDriverName } from './sqlite-driver.ts';
export {
  type OpenSqliteOptions,
  printMigrations,
  SqliteSessionService,
  type SqliteSessionServiceOptions,
} from './sqlite-session-service.ts';
