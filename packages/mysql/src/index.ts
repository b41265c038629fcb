export type {
  MysqlConnection,
  MysqlDriverClient,
  MysqlPool,
  MysqlPoolConnection,
  MysqlSingleConnection,
  MysqlStatement,
} from './mysql-driver.ts';
export {
  MysqlSessionService,
  type MysqlSessionServiceOptions,
  type OpenMysqlOptions,
  printMigrations,
} from './mysql-session-service.ts';
