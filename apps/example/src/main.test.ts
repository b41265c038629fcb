import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { copyApp } from './copied-app.fixture.ts';
import { runToEnd, startExample } from './example-process.fixture.ts';
import { temporaryFolder } from './store/temporary-folder.fixture.ts';

const withoutStores = copyApp(['core', 'history', 'session', 'state', 'in-memory']);
const packagesOf = { timeout: 30_000 };

const occupied = new Set<ReturnType<typeof createServer>>();
afterEach(() => {
  for (const server of occupied) server.close();
  occupied.clear();
});

/** Takes a port; undefined where somebody else has it already. */
async function occupy(port: number): Promise<number | undefined> {
  const server = createServer();
  const listens = new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!(await listens)) return undefined;
  occupied.add(server);
  return (server.address() as AddressInfo).port;
}

test('it prints where it listens, and where the conversations are kept', packagesOf, async () => {
  const store = `sqlite:${join(temporaryFolder(), 'chat.db')}`;
  const example = await startExample({ store });
  expect(example.output).toBe(
    `Holdfast example: ${example.url}\nThe conversations are kept in ${store.slice(7)}.\n`,
  );
  expect(example.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/u);
  const me = await example.client().me();
  expect(me.store).toEqual({ description: store.slice(7), persistent: true });
});

test('where npm was started is where a path begins', packagesOf, async () => {
  const folder = temporaryFolder();
  const example = await startExample({ store: 'sqlite:./chat.db', env: { INIT_CWD: folder } });
  expect(example.output).toContain('\nThe conversations are kept in chat.db.\n');
  expect(existsSync(join(folder, 'chat.db'))).toBe(true);
  expect(existsSync(join(folder, 'chat.db.cookie-secret'))).toBe(true);
});

test.each(['memory:', 'sqlite::memory:'])(
  'over %s it says how long that is',
  packagesOf,
  async (store) => {
    const example = await startExample({ store });
    expect(example.output).toContain('The conversations are kept in memory, until it ends.\n');
    expect((await example.client().me()).store).toEqual({
      description: 'memory',
      persistent: false,
    });
  },
);

test('a store that is not used need not be installed', packagesOf, async () => {
  const example = await startExample({ store: 'memory:', main: withoutStores.main });
  const client = example.client();
  expect(await client.ask(await client.begin(), 'hello')).toContain('Hello!');
});

test('without a built page, / says which command builds it', packagesOf, async () => {
  const example = await startExample({ store: 'memory:', main: withoutStores.main });
  const response = await fetch(example.url);
  expect(response.status).toBe(503);
  expect(response.headers.get('Content-Type')).toContain('text/plain');
  expect(await response.text()).toContain('npm run build');
  expect((await example.client().call('GET /assets/none.js')).status).toBe(404);
});

test('nothing set, the conversations are in data/chat.db of the app', packagesOf, async () => {
  const { folder, main } = copyApp(['core', 'history', 'session', 'state', 'sqlite']);
  const first = await startExample({ store: undefined, main });
  expect(first.output).toContain(`kept in ${join(folder, 'data/chat.db')}.`);
  const client = first.client();
  await client.become('grace');
  const id = await client.begin();
  await client.say(id, 'add milk to my list');
  expect(await first.end('SIGTERM')).toBe(0);
  expect(existsSync(join(folder, 'data/chat.db'))).toBe(true);

  const second = await startExample({ store: '', main });
  const again = second.client();
  again.cookie = client.cookie;
  // The user is known by the cookie: its secret is kept beside the file, for its owner alone.
  expect((await again.me()).userId).toBe('grace');
  expect((await again.state(id)).state.session).toMatchObject({ shopping: ['milk'] });
  const secret = join(folder, 'data/chat.db.cookie-secret');
  expect(statSync(secret).mode & 0o777).toBe(0o600);
});

test('COOKIE_SECRET is what cookies are signed with', packagesOf, async () => {
  const store = 'memory:';
  const [first, second, other] = await Promise.all(
    ['same', 'same', 'other'].map((COOKIE_SECRET) =>
      startExample({ store, env: { COOKIE_SECRET } }),
    ),
  );
  const client = first?.client();
  await client?.become('grace');
  for (const [example, userId] of [
    [second, 'grace'],
    [other, 'ada'],
  ] as const) {
    const next = example?.client();
    if (next === undefined) throw new Error('it has not started');
    next.cookie = client?.cookie;
    expect((await next.me()).userId).toBe(userId);
  }
});

test.each([
  ['postgres://ada:secret@127.0.0.1:1/chat', 'ECONNREFUSED'],
  ['mysql://ada:secret@127.0.0.1:1/chat', 'ECONNREFUSED'],
  ['mongodb://ada:secret@host/0', 'postgres://'],
  ['sqlite:', 'sqlite:./chat.db'],
  [`sqlite:${fileURLToPath(import.meta.url)}`, 'not a database'],
])('%s cannot be opened, and one line says why', packagesOf, async (store, what) => {
  const { output, errors, code } = await runToEnd({ store });
  expect({ output, code }).toEqual({ output: '', code: 1 });
  expect(errors).toMatch(/^Cannot open the store.*\n$/u);
  expect(errors).toContain(what);
  expect(errors).not.toContain('secret');
});

test.each([
  ['sqlite:chat.db', '@holdfast/sqlite libsql'],
  ['postgres://ada:secret@127.0.0.1/chat', '@holdfast/postgres pg'],
  ['mysql://ada:secret@127.0.0.1/chat', '@holdfast/mysql mysql2'],
  ['redis://ada:secret@127.0.0.1/0', '@holdfast/redis ioredis'],
])('without the package of %s, one line says what to install', packagesOf, async (store, names) => {
  const { output, errors, code } = await runToEnd({ store, main: withoutStores.main });
  expect({ output, code }).toEqual({ output: '', code: 1 });
  expect(errors).toMatch(/^Cannot open the store .*\n$/u);
  expect(errors).toContain(`\`npm install ${names}\``);
  expect(errors).not.toContain('secret');
});

test(
  'without the package of Gemini, a key is answered with what to install',
  packagesOf,
  async () => {
    const env = { GEMINI_API_KEY: 'secret' };
    const { errors, code } = await runToEnd({ store: 'memory:', main: withoutStores.main, env });
    expect(code).toBe(1);
    expect(errors).toMatch(/^Cannot open the model: .*`npm install @google\/genai`\n$/u);
  },
);

test.each([
  [{ PORT: 'many' }, 'PORT'],
  [{ PORT: '65536' }, 'PORT'],
  [{ OFFLINE_WORD_DELAY: '-1' }, 'OFFLINE_WORD_DELAY'],
  [{ GEMINI_BASE_URL: 'localhost' }, 'GEMINI_BASE_URL'],
])('the setting %j is refused in one line', packagesOf, async (env, name) => {
  const { output, errors, code } = await runToEnd({ store: 'memory:', env });
  expect({ output, code }).toEqual({ output: '', code: 1 });
  expect(errors).toMatch(new RegExp(`^The settings are wrong: ${name} must .*\n$`, 'u'));
});

test('a port that was asked for and is taken is told in one line', packagesOf, async () => {
  const port = await occupy(0);
  const { errors, code } = await runToEnd({ store: 'memory:', env: { PORT: `${port}` } });
  expect(code).toBe(1);
  expect(errors).toMatch(/^Cannot listen: .*EADDRINUSE.*\n$/u);
});

test('where the default port is taken, the next free one is', packagesOf, async () => {
  await occupy(3000);
  await occupy(3001);
  const example = await startExample({ store: 'memory:', env: { PORT: undefined } });
  const port = Number(new URL(example.url).port);
  expect(port).toBeGreaterThan(3001);
  expect(port).toBeLessThanOrEqual(3020);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s ends an answer, its stream and the store, in this order',
  packagesOf,
  async (signal) => {
    const file = join(temporaryFolder(), 'chat.db');
    const env = { OFFLINE_WORD_DELAY: '20' };
    const example = await startExample({ store: `sqlite:${file}`, env });
    const client = example.client();
    const id = await client.begin();
    const stream = await client.stream(`GET /api/sessions/${id}/stream`);
    const socket = await client.socket(id);
    socket.send({ type: 'message', text: 'tell me a story' });
    await socket.until('partial');
    expect(existsSync(`${file}-wal`)).toBe(true);
    expect(await example.end(signal)).toBe(0);
    await stream.rest();
    await socket.closed;
    expect(existsSync(`${file}-wal`)).toBe(false);

    const again = await startExample({ store: `sqlite:${file}` });
    const { events } = await again.client().view(id);
    expect(events.at(-1)).toMatchObject({ interrupted: true, turnComplete: true });
  },
);
