import { join } from 'node:path';
import type { Place } from '../contestants/place.ts';
import type { Starter } from './starter.ts';

const shared = ['@holdfast/core', '@holdfast/state', '@holdfast/session'];
const KEY = "{ appName: 'bench', userId: 'user', sessionId: 'session' }";

const append = (open: string) => `${open}
  await service.create(${KEY});
  await service.appendEvent({ ...${KEY}, event: { author: 'user' } });
  await service.close();`;

function opened(service: string, packageName: string, options: (place: Place) => object) {
  return (place: Place) =>
    append(`import { ${service} } from '${packageName}';
      const service = await ${service}.open(${JSON.stringify(options(place))});`);
}

/** Bare Node, and the packages of Holdfast as they are published. */
export const OWN_STARTERS: readonly Starter[] = [
  {
    id: 'node',
    name: 'bare Node',
    kind: 'limit',
    group: 'memory',
    install: [],
    importCode: '',
  },
  {
    id: 'memory',
    name: '@holdfast/in-memory',
    kind: 'holdfast',
    group: 'memory',
    install: [...shared, '@holdfast/in-memory'],
    importCode: "import '@holdfast/in-memory';",
    appendCode: () =>
      append(`import { InMemorySessionService } from '@holdfast/in-memory';
        const service = new InMemorySessionService();`),
  },
  {
    id: 'sqlite',
    name: '@holdfast/sqlite and libsql',
    kind: 'holdfast',
    group: 'sqlite',
    install: [...shared, '@holdfast/sql', '@holdfast/sqlite', 'libsql@0.5.29'],
    importCode: "import '@holdfast/sqlite';",
    appendCode: opened('SqliteSessionService', '@holdfast/sqlite', ({ folder }) => ({
      url: `sqlite:${join(folder, `${process.hrtime.bigint()}.db`)}`,
    })),
  },
  {
    id: 'postgres',
    name: '@holdfast/postgres and pg',
    kind: 'holdfast',
    group: 'postgres',
    install: [...shared, '@holdfast/sql', '@holdfast/postgres', 'pg@8.23.1'],
    importCode: "import '@holdfast/postgres';",
    appendCode: opened('PostgresSessionService', '@holdfast/postgres', ({ postgresUrl }) => ({
      url: postgresUrl,
      schema: `start_${process.hrtime.bigint()}`,
    })),
  },
  {
    id: 'mysql',
    name: '@holdfast/mysql and mysql2',
    kind: 'holdfast',
    group: 'mysql',
    install: [...shared, '@holdfast/sql', '@holdfast/mysql', 'mysql2@3.24.6'],
    importCode: "import '@holdfast/mysql';",
    appendCode: opened('MysqlSessionService', '@holdfast/mysql', ({ mysqlUrl }) => ({
      url: mysqlUrl,
      tablePrefix: `s${process.hrtime.bigint()}_`,
    })),
  },
  {
    id: 'redis',
    name: '@holdfast/redis and ioredis',
    kind: 'holdfast',
    group: 'redis',
    install: [...shared, '@holdfast/redis', 'ioredis@6.0.0'],
    importCode: "import '@holdfast/redis';",
    appendCode: opened('RedisSessionService', '@holdfast/redis', ({ redisUrl, redisPrefix }) => ({
      url: redisUrl,
      keyPrefix: `${redisPrefix}-${process.hrtime.bigint()}`,
    })),
  },
];
