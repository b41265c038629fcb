import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mock, test } from 'node:test';
import { InMemorySessionService } from '@holdfast/in-memory';
import { MysqlSessionService } from '@holdfast/mysql';
import { PostgresSessionService } from '@holdfast/postgres';
import { RedisSessionService } from '@holdfast/redis';
import { SqliteSessionService } from '@holdfast/sqlite';

const stores = JSON.parse(readFileSync('stores.json', 'utf8'));
const { names, sqlite, postgres, mysql, redis, tablePrefix } = stores;
const open = {
  memory: async () => new InMemorySessionService(),
  sqlite: () => SqliteSessionService.open({ url: sqlite }),
  postgres: () => PostgresSessionService.open({ url: postgres, tablePrefix }),
  mysql: () => MysqlSessionService.open({ url: mysql, tablePrefix }),
  redis: () => RedisSessionService.open({ url: redis, keyPrefix: tablePrefix }),
};

for (const name of names) {
  // Nothing but the calls themselves keeps the process from ending.
  test(`${name} keeps a conversation while all timers are faked`, async () => {
    mock.timers.enable();
    const service = await open[name]();
    const { key } = await service.create({ appName: 'shop', userId: 'ada', state: { n: 1 } });
    const event = await service.appendEvent({ ...key, event: { author: 'user' } });
    const session = await service.get(key);
    assert.deepEqual(session.events, [event]);
    assert.equal(session.state.get('n'), 1);
    await assert.rejects(service.create(key), { name: 'HoldfastError', code: 'already_exists' });
    await service.delete(key);
    await service.close();
    mock.timers.reset();
  });
}
