// Opens each store that is named and has a conversation in it. What becomes of each is a line.
import { readFileSync } from 'node:fs';
import { InMemorySessionService } from '@holdfast/in-memory';
import { MysqlSessionService } from '@holdfast/mysql';
import { PostgresSessionService } from '@holdfast/postgres';
import { RedisSessionService } from '@holdfast/redis';
import { isHoldfastError } from '@holdfast/session';
import { SqliteSessionService } from '@holdfast/sqlite';

const { sqlite, postgres, mysql, redis, tablePrefix } = JSON.parse(
  readFileSync('stores.json', 'utf8'),
);
const open = {
  memory: async () => new InMemorySessionService(),
  sqlite: () => SqliteSessionService.open({ url: sqlite }),
  postgres: () => PostgresSessionService.open({ url: postgres, tablePrefix }),
  mysql: () => MysqlSessionService.open({ url: mysql, tablePrefix }),
  redis: () => RedisSessionService.open({ url: redis, keyPrefix: tablePrefix }),
};

async function converse(service) {
  const key = { appName: 'shop', userId: 'ada', sessionId: crypto.randomUUID() };
  await service.create({ ...key, state: { cart: ['book'] } });
  await service.appendEvent({ ...key, event: { author: 'user' } });
  const session = await service.get(key);
  const again = await service.create(key).catch((error) => error);
  if (!isHoldfastError(again, 'already_exists')) throw again;
  const { sessions } = await service.list({ appName: 'shop', userId: 'ada' });
  const isListed = sessions.some(({ id }) => id === session.id);
  await service.delete(key);
  return `${session.revision} event, a ${session.state.get('cart')}, listed: ${isListed}`;
}

async function main() {
  for (const name of process.argv.slice(2)) {
    try {
      const service = await open[name]();
      console.log(`${name}: ${await converse(service)}`);
      await service.close();
    } catch (error) {
      const code = isHoldfastError(error) ? error.code : error.name;
      console.log(`${name}: ${code}, ${error.message}`);
    }
  }
}

main();
