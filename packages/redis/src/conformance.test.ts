import { testSessionService } from '@holdfast/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { processStarter } from '../../testkit/src/process/bundle-module.fixture.ts';
import { describeSome, isSequential } from '../../testkit/src/some-concerns.fixture.ts';
import { RedisSessionService } from './redis-session-service.ts';
import { scanKeys } from './scan-keys.fixture.ts';
import {
  describeWithServer,
  newPrefix,
  removeKeys,
  TEST_URL,
  useServer,
} from './test-server.fixture.ts';

const startProcess = processStarter(new URL('./store-process.fixture.ts', import.meta.url));

describeWithServer('RedisSessionService', () => {
  const { open, keyPrefix: ownPrefix } = useServer();
  testSessionService(
    { describe, it },
    {
      name: 'on a client of its own',
      create: () => open(),
      reopen: () => open(),
      startProcess: () => startProcess({ url: TEST_URL, keyPrefix: ownPrefix }),
      scan: () => scanKeys(ownPrefix),
    },
  );

  it('has the capability `persistent` only if it was told so', () => {
    const capabilities = {
      persistent: false,
      shared: true,
      evicts: false,
      atomicAppState: true,
      listAllUsers: true,
      updateSession: true,
      getEvent: true,
      fork: true,
      erase: true,
      increments: true,
      turns: true,
      sweep: true,
      eraseUser: true,
      listUsers: true,
      importSession: true,
      watch: true,
    };
    expect(open().capabilities).toStrictEqual(capabilities);
    expect(open({ persistent: true }).capabilities).toStrictEqual({
      ...capabilities,
      persistent: true,
    });
  });

  const keyPrefix = newPrefix();
  const options = { url: TEST_URL, keyPrefix, persistent: true };
  const openUrl = () => RedisSessionService.open(options);
  afterAll(() => removeKeys(`${keyPrefix}*`));
  testSessionService(
    { describe: describeSome(isSequential), it },
    {
      name: 'opened by a URL',
      create: openUrl,
      reopen: openUrl,
      startProcess: () => startProcess(options),
      propertyRuns: 5,
    },
  );

  const prefixed = useServer({ keyPrefix: `${newPrefix()}-client:`, enableAutoPipelining: true });
  afterAll(() => removeKeys(`${prefixed.client.options.keyPrefix}*`));

  it('works with a client that has a prefix of its own and makes pipelines of its commands', async () => {
    const service = prefixed.open();
    const keys = Array.from({ length: 20 }, (_, i) => ({ ...key, userId: `user-${i}` }));
    await Promise.all(keys.map((each) => service.create({ ...each, state: { 'app:n': 1, n: 0 } })));
    await Promise.all(
      keys.map((each, i) =>
        service.appendEvent({ ...each, event: { actions: { stateDelta: { n: i } } } }),
      ),
    );
    const list = { appName: key.appName, allUsers: true, includeState: true } as const;
    const { sessions } = await service.list(list);
    expect(sessions.map(({ state }) => state?.get('n')).sort()).toStrictEqual(
      keys.map((_, i) => i).sort(),
    );
    expect(await open().get(keys[0] ?? key)).toBeUndefined();
    await service.close();
  });
});

const key = { appName: 'app', userId: 'ada', sessionId: 's' };
