import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionKey } from '@holdfast/session';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { asPostgres, freePort } from './own-server.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';
import {
  describeWithDatabase,
  dropSchema,
  newSchemaName,
  TEST_URL,
  useDatabase,
} from './test-database.fixture.ts';

const PROGRAM = 'pgbouncer';
const isInstalled = spawnSync(PROGRAM, ['--version']).status === 0;
if (!isInstalled) console.warn('Skipped: no PgBouncer. To install it: apt-get install pgbouncer');

describeWithDatabase('PostgresSessionService behind PgBouncer', () => {
  const { schema } = useDatabase();
  let folder: string;
  let bouncer: ChildProcess | undefined;
  let url: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-pgbouncer-'));
    if (!isInstalled) return;
    const target = new URL(TEST_URL);
    const port = await freePort();
    const { username, password, pathname } = target;
    url = `postgres://${username}${password && `:${password}`}@127.0.0.1:${port}${pathname}`;
    const user = decodeURIComponent(username);
    writeFileSync(join(folder, 'users'), `"${user}" "${decodeURIComponent(password)}"\n`);
    const settings = [
      '[databases]',
      `* = host=${target.hostname} port=${target.port || 5432}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = trust',
      `auth_file = ${join(folder, 'users')}`,
      'pool_mode = transaction',
      'default_pool_size = 3',
    ];
    writeFileSync(join(folder, 'pgbouncer.ini'), `${settings.join('\n')}\n`);
    chmodSync(folder, 0o777);
    const [program, args] = asPostgres([PROGRAM, '-q', join(folder, 'pgbouncer.ini')]);
    bouncer = spawn(program, args, { stdio: 'ignore', cwd: folder });
    const options = { url, schema, migrate: false, preparedStatements: false };
    await vi.waitFor(async () => (await PostgresSessionService.open(options)).close(), {
      timeout: 10_000,
    });
  }, 60_000);
  afterAll(async () => {
    if (bouncer !== undefined) {
      const exited = once(bouncer, 'exit');
      bouncer.kill('SIGTERM');
      await exited;
    }
    rmSync(folder, { recursive: true });
  });

  it.skipIf(!isInstalled)('shares few connections without prepared statements', async () => {
    const own = newSchemaName();
    const options = { url, schema: own, preparedStatements: false, maxConnections: 12 };
    const services = await Promise.all([1, 2].map(() => PostgresSessionService.open(options)));
    const [service] = services as [PostgresSessionService];
    const { key } = await service.create({ appName: 'app', userId: 'ada' });
    const appends = Array.from({ length: 200 }, (_, i) => {
      const event = { id: `event-${i}`, actions: { stateDelta: { [`app:${i}`]: i } } };
      return services[i % 2]?.appendEvent({ ...key, event });
    });
    await Promise.all(appends);
    expect((await service.get(key))?.events.map(({ seq }) => seq)).toStrictEqual(
      appends.map((_, i) => i + 1),
    );
    expect(await service.delete(key)).toBe(true);
    await Promise.all(services.map((each) => each.close()));
    await dropSchema(own);
  });

  it.skipIf(!isInstalled)('works if prepared statements are left on', async () => {
    const service = await PostgresSessionService.open({ url, schema, maxConnections: 12 });
    const users = Array.from({ length: 50 }, (_, i) => ({ appName: 'app', userId: `user-${i}` }));
    const sessions = await Promise.all(users.map((user) => service.create(user)));
    const appendTo = async (key: SessionKey) => {
      for (let i = 0; i < 5; i++) await service.appendEvent({ ...key, event: { id: `${i}` } });
      return (await service.get({ ...key, numRecentEvents: 3 }))?.events.map(({ seq }) => seq);
    };
    const last = await Promise.all(sessions.map(({ key }) => appendTo(key)));
    expect(last).toStrictEqual(sessions.map(() => [3, 4, 5]));
    await service.close();
  });
});
