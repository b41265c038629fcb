import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSessionService } from './open-session-service.ts';
import { temporaryFolder } from './temporary-folder.fixture.ts';
import { createTestStores } from './test-stores.fixture.ts';

const stores = await createTestStores();

test.for(stores)(
  '$kind keeps a conversation after it was closed',
  async ({ kind, url, missing }, { skip }) => {
    if (missing !== undefined) skip(missing);
    let key: { readonly appName: string; readonly userId: string; readonly sessionId: string };
    {
      await using service = await openSessionService(url, { now: () => 5_000 });
      expect(service.capabilities).toMatchObject({
        // A Redis server may be set up to forget: only its owner knows.
        persistent: kind !== 'redis',
        shared: true,
      });
      const session = await service.create({ appName: 'a', userId: 'u', state: { 'user:x': 1 } });
      expect(session.createTime).toBe(5_000);
      key = session.key;
      await service.appendEvent({ ...key, event: { author: 'user' } });
    }
    await using again = await openSessionService(url);
    const session = await again.get(key);
    expect(session?.events).toHaveLength(1);
    expect(session?.state.toJSON()).toEqual({ 'user:x': 1 });
  },
);

test.for([
  ['postgres', 'postgresql:'],
  ['mysql', 'mariadb:'],
] as const)('a URL of %s may begin with %s', async ([kind, scheme], { skip }) => {
  const store = stores.find((each) => each.kind === kind);
  if (store?.missing !== undefined) skip(store.missing);
  await using service = await openSessionService(store?.url.replace(`${kind}:`, scheme) ?? '');
  expect(service.capabilities.shared).toBe(true);
});

test('memory: keeps a conversation until it is closed', async () => {
  await using service = await openSessionService('memory:', { now: () => 5_000 });
  expect(service.capabilities.persistent).toBe(false);
  const session = await service.create({ appName: 'a', userId: 'u' });
  expect(session.createTime).toBe(5_000);
});

test.each(['memory:foo', 'memory://host'])('%s is refused', async (url) => {
  await expect(openSessionService(url)).rejects.toMatchObject({
    code: 'invalid_argument',
    path: 'url',
  });
});

test('sqlite: makes its file, and the folder of it', async () => {
  const folder = join(temporaryFolder(), 'data');
  await using service = await openSessionService(`sqlite:${folder}/chat.db`);
  await service.create({ appName: 'a', userId: 'u' });
  expect(readFileSync(join(folder, 'chat.db')).toString('latin1')).toContain('SQLite format 3');
  await expect(openSessionService(`sqlite:${folder}/no/such/chat.db`)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('no/such'),
  });
});

test.each([
  ['mongodb://user:secret@host/0', 'mongodb:'],
  ['chat.db', 'without a scheme'],
  ['', 'without a scheme'],
])('%j is refused with what is accepted', async (url, what) => {
  const error = await openSessionService(url).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: 'invalid_argument', path: 'url' });
  const { message } = error as Error;
  expect(message).toContain(what);
  const schemes = ['sqlite', 'postgres', 'postgresql', 'mysql', 'mariadb', 'redis', 'rediss'];
  for (const scheme of [...schemes, 'memory']) expect(message).toContain(`${scheme}:`);
  expect(message).not.toContain('secret');
});
