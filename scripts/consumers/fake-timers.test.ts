import { readFileSync } from 'node:fs';
import { InMemorySessionService } from '@holdfast/in-memory';
import { SqliteSessionService } from '@holdfast/sqlite';

declare const vi: { useFakeTimers(): void } | undefined;
declare const jest: { useFakeTimers(): void };

const { sqlite } = JSON.parse(readFileSync('stores.json', 'utf8'));

test.each(['memory', 'sqlite'])('%s does not wait for timers that a test fakes', async (name) => {
  (typeof vi === 'undefined' ? jest : vi).useFakeTimers();
  const service =
    name === 'memory'
      ? new InMemorySessionService()
      : await SqliteSessionService.open({ url: sqlite });
  const { key } = await service.create({ appName: 'shop', userId: 'ada' });
  // Enough for the event loop to be given turns.
  for (let i = 0; i < 200; i++) await service.appendEvent({ ...key, event: { author: 'user' } });
  const all = Array.from({ length: 50 }, () => service.appendEvent({ ...key, event: {} }));
  await Promise.all(all);
  expect((await service.get(key))?.revision).toBe(250);
  await service.close();
});
