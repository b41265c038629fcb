import { EventEmitter } from 'node:events';
import { expect, it, vi } from 'vitest';
import { singleSource } from './connection-source.ts';

it('lets in one call at a time, although two copies of the package share a connection', async () => {
  vi.resetModules();
  const copy = await import('./connection-source.ts');
  expect(copy.singleSource).not.toBe(singleSource);

  const connection = new EventEmitter();
  const single = {
    connection,
    identity: connection,
    owned: false,
    destroy() {},
    socketOf: () => undefined,
    end: async () => {},
  };
  const sources = [singleSource(single), copy.singleSource(single)];
  const log: string[] = [];
  await Promise.all(
    [...sources, ...sources].map(async (source, i) => {
      await source.acquire({ isWanted: () => true });
      log.push(`${i} in`);
      await Promise.resolve();
      log.push(`${i} out`);
      source.release(connection);
    }),
  );
  expect(log).toEqual([0, 1, 2, 3].flatMap((i) => [`${i} in`, `${i} out`]));
});
