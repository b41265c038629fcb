import { type MysqlPool, MysqlSessionService, printMigrations } from '@holdfast/mysql';

export declare const client: MysqlPool;
export const sql = printMigrations({ tablePrefix: 'shop_' });
export const options = (...given: Parameters<typeof printMigrations>) => given;
export const over = () => new MysqlSessionService({ client, acquireTimeout: 1_000 });
export const opened = () => MysqlSessionService.open({ url: 'mysql://host/db', migrate: false });
export const openedAs = (...given: Parameters<typeof MysqlSessionService.open>) => given;
export const made = (...given: ConstructorParameters<typeof MysqlSessionService>) => given;
export const connection = () => client.getConnection();
export const queried = async () => (await connection()).query;
