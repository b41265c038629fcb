import { join } from 'node:path';
import type { SessionService } from '@holdfast/session';
import type { Group } from '../contestants/contestant.ts';
import type { Place } from '../contestants/place.ts';
import { settlePostgres } from '../seeds/seed-postgres.ts';
import type { Load } from './load-packages.ts';

/** A store on which two builds are compared. */
export interface ComparedStore {
  readonly id: string;
  readonly title: string;
  readonly group: Group;
  /** Opens a service of the build that `load` gives, on a place of its own. */
  open(load: Load, place: Place): Promise<SessionService>;
  /** Called when all is filled, before it is measured. */
  settle?(place: Place): Promise<void>;
}

export const COMPARED_STORES: readonly ComparedStore[] = [
  {
    id: 'memory',
    title: 'In memory',
    group: 'memory',
    async open(load) {
      const { InMemorySessionService } = await load('@holdfast/in-memory');
      return new InMemorySessionService();
    },
  },
  {
    id: 'sqlite',
    title: 'SQLite',
    group: 'sqlite',
    async open(load, { folder }) {
      const { SqliteSessionService } = await load('@holdfast/sqlite');
      const url = `sqlite:${join(folder, 'holdfast.db')}`;
      return SqliteSessionService.open({ url, driver: 'libsql' });
    },
  },
  {
    id: 'postgres',
    title: 'PostgreSQL',
    group: 'postgres',
    async open(load, { postgresUrl: url }) {
      const { PostgresSessionService } = await load('@holdfast/postgres');
      return PostgresSessionService.open({ url, maxConnections: 16 });
    },
    async settle({ postgresUrl }) {
      const { default: pg } = await import('pg');
      const client = new pg.Client(postgresUrl);
      await client.connect();
      await settlePostgres(client);
      await client.end();
    },
  },
  {
    id: 'mysql',
    title: 'MariaDB, MySQL',
    group: 'mysql',
    async open(load, { mysqlUrl: url }) {
      const { MysqlSessionService } = await load('@holdfast/mysql');
      return MysqlSessionService.open({ url, maxConnections: 16 });
    },
  },
  {
    id: 'redis',
    title: 'Redis',
    group: 'redis',
    async open(load, { redisUrl: url, redisPrefix: keyPrefix }) {
      const { RedisSessionService } = await load('@holdfast/redis');
      return RedisSessionService.open({ url, keyPrefix });
    },
  },
];
