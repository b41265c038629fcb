export type { PgClient, PgPool, PgPoolClient, PgQuery, PgResult } from './pg-driver.ts';
export type { Pglite, PgliteQueries } from './pglite-connection.ts';
export type { PostgresValue } from './postgres-connections.ts';
export {
  type OpenPostgresOptions,
  PostgresSessionService,
  type PostgresSessionServiceOptions,
  printMigrations,
} from './postgres-session-service.ts';
