import {
  printMigrations,
  type SqliteDatabase,
  type SqliteDriverName,
  SqliteSessionService,
} from '@holdfast/sqlite';

export declare const client: SqliteDatabase;
export const sql = printMigrations({ tablePrefix: 'shop_' });
export const options = (...given: Parameters<typeof printMigrations>) => given;
export const statement = client.prepare('SELECT 1');
export const driver = (): SqliteDriverName => 'libsql';
export const over = () => new SqliteSessionService({ client, closeClient: true, now: () => 0 });
export const opened = () => SqliteSessionService.open({ url: 'sqlite::memory:', migrate: false });
export const openedAs = (...given: Parameters<typeof SqliteSessionService.open>) => given;
export const made = (...given: ConstructorParameters<typeof SqliteSessionService>) => given;
export const migrated = async () => (await opened()).migrate();

export class Shop extends SqliteSessionService {
  static opened() {
    return Shop.open({ url: 'sqlite::memory:' });
  }
}
