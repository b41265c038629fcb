import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mock, test } from 'node:test';
import { InMemorySessionService } from '@holdfast/in-memory';
import { PostgresSessionService } from '@holdfast/postgres';
import { SqliteSessionService } from '@holdfast/sqlite';

const { names, sqlite, postgres, tablePrefix } = JSON.parse(readFileSync('stores.json', 'utf8'));
const open = {
  memory: async () => new InMemorySessionService(),
  sqlite: () => SqliteSessionService.open({ url: sqlite }),
  postgres: () => PostgresSessionService.open({ url: postgres, tablePrefix }),
};

for (const name of names.filter((one) => one in open)) {
  test(`${name} keeps a conversation`, async () => {
    // A server's connections need timers.
    if (name !== 'postgres') mock.timers.enable();
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
