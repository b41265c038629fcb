import {
  type PgClient,
  type Pglite,
  type PgPool,
  PostgresSessionService,
  printMigrations,
} from '@holdfast/postgres';

export declare const pool: PgPool;
export declare const pglite: Pglite;
export declare const single: PgClient;
export const sql = printMigrations({ schema: 'shop' });
export const options = (...given: Parameters<typeof printMigrations>) => given;
export const over = () => new PostgresSessionService({ client: pool, callTimeout: 1_000 });
export const overPglite = () => new PostgresSessionService({ client: pglite });
export const opened = () => PostgresSessionService.open({ url: 'postgres://host/db' });
export const openedAs = (...given: Parameters<typeof PostgresSessionService.open>) => given;
export const made = (...given: ConstructorParameters<typeof PostgresSessionService>) => given;
export const connection = () => pool.connect();
export const queried = single.query;
export const rows = (...given: Parameters<Pglite['query']>) => pglite.query(...given);
export const within = pglite.transaction;
