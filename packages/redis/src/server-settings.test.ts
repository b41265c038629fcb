import type { RedisOptions } from 'ioredis';
import { expect, it } from 'vitest';
import { exercise } from './exercise.fixture.ts';
import { describeWithOwnServer, OwnServer, until } from './own-server.fixture.ts';
import { RedisSessionService } from './redis-session-service.ts';
import { SERVER_SETTINGS, type ServerSetting } from './server-settings.fixture.ts';

const key = { appName: 'app', userId: 'ada', sessionId: 's' };

describeWithOwnServer('RedisSessionService with the setting', () => {
  for (const each of SERVER_SETTINGS) {
    it.concurrent(`${each.setting} (${each.tried}), which is ${each.effect}`, async () => {
      const server = await OwnServer.start(...(each.server ?? []));
      try {
        const admin = server.client({ enableReadyCheck: false });
        for (const [name = '', ...args] of each.commands ?? []) await admin.call(name, ...args);
        await tryBrought(each, server);
        if (each.client === undefined) await tryOpened(each, server);
        // Half of a session would be left if a script had found out too late.
        if (each.effect === 'refused' && each.names !== 'password') {
          expect(await admin.dbsize()).toBe(0);
        }
      } finally {
        await server.remove();
      }
    });
  }
});

async function tryBrought(setting: ServerSetting, server: OwnServer): Promise<void> {
  // With a check of its own by INFO, a client would never be ready if that is renamed.
  const ready = setting.names === 'INFO' ? { enableReadyCheck: false } : {};
  const options = { ...ready, ...userOf(setting), ...setting.client };
  const client = server.client(options as RedisOptions);
  const service = new RedisSessionService({ client });
  if (setting.effect === 'refused') await expectRefused(service, setting);
  else {
    if (client.status !== 'wait') await until(async () => client.status === 'ready');
    await exercise(service, 'brought');
  }
  await service.close();
  client.disconnect();
}

async function tryOpened(setting: ServerSetting, server: OwnServer): Promise<void> {
  const { username, password } = userOf(setting);
  const url = username ? server.url.replace('//', `//${username}:${password}@`) : server.url;
  const start = performance.now();
  const opening = RedisSessionService.open({ url, callTimeout: 20_000 });
  if (setting.effect === 'refused') {
    const service = await opening.catch((error: unknown) => error);
    if (!(service instanceof RedisSessionService)) {
      expect(service).toMatchObject(refusal(setting));
      // It is known at once, and not only when the time is over.
      expect(performance.now() - start).toBeLessThan(10_000);
      return;
    }
    await expectRefused(service, setting);
    await service.close();
  } else {
    const service = await opening;
    await exercise(service, 'opened');
    await service.close();
  }
}

async function expectRefused(service: RedisSessionService, setting: ServerSetting): Promise<void> {
  const state = { a: 1, 'user:a': 1, 'app:a': 1 };
  await expect(service.create({ ...key, state })).rejects.toMatchObject(refusal(setting));
  const owner = { scope: 'user', appName: 'app', userId: 'ada' } as const;
  const update = service.updateState({ ...owner, set: { a: 1 } });
  await expect(update).rejects.toMatchObject(refusal(setting));
}

function refusal({ setting, names, code }: ServerSetting) {
  return {
    code: code ?? 'misconfigured',
    retryable: code === 'unavailable',
    message: expect.stringMatching(new RegExp(names ?? setting, 'i')),
  };
}

function userOf({ commands }: ServerSetting) {
  const hasUser = commands?.some(([, what]) => what === 'SETUSER') === true;
  return hasUser ? { username: 'limited', password: 'pass' } : {};
}
