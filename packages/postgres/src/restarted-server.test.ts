import { isHoldfastError } from '@holdfast/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OwnServer, serverPrograms } from './own-server.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';

const isSkipped = serverPrograms === undefined && !process.env['CI'];
if (isSkipped) console.warn('Skipped: no initdb. To install it: apt-get install postgresql');

describe.skipIf(isSkipped)('PostgresSessionService over a server of its own', () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await OwnServer.create();
    server.start();
  }, 60_000);
  afterAll(() => {
    server.stop('immediate');
    server.remove();
  }, 60_000);

  it('goes on when the server has been stopped, or has crashed, and is there again', {
    timeout: 60_000,
  }, async () => {
    const service = await PostgresSessionService.open({ url: server.url });
    const { key } = await service.create({ appName: 'app', userId: 'ada' });
    const appendMany = (name: string) =>
      Promise.allSettled(
        Array.from({ length: 50 }, (_, i) =>
          service.appendEvent({ ...key, event: { id: `${name}-${i}` } }),
        ),
      );
    const acknowledged: (number | undefined)[] = [];
    for (const mode of ['fast', 'immediate'] as const) {
      const before = appendMany(`before-${mode}`);
      await service.appendEvent({ ...key, event: { id: mode } });
      server.stop(mode);
      const during = await Promise.all([before, appendMany(`during-${mode}`)]);
      for (const outcome of during.flat()) {
        if (outcome.status === 'fulfilled') acknowledged.push(outcome.value.seq);
        else expect(isHoldfastError(outcome.reason) && outcome.reason.retryable).toBe(true);
      }
      server.start();
      const after = await service.appendEvent({ ...key, event: { id: `after-${mode}` } });
      acknowledged.push(after.seq);
    }
    const stored = (await service.get(key))?.events.map(({ seq }) => seq);
    expect(stored).toStrictEqual(stored?.map((_, i) => i + 1));
    expect(stored).toEqual(expect.arrayContaining(acknowledged));
    await service.close();
  });

  it('is `misconfigured` for a wrong password', async () => {
    const service = await PostgresSessionService.open({ url: server.url });
    await service.close();
    await server.requirePassword({ user: 'guarded', password: 'right' });
    const url = (password: string) => {
      const guarded = new URL(server.url);
      guarded.username = 'guarded';
      guarded.password = password;
      return guarded.href;
    };
    const open = (password: string) =>
      PostgresSessionService.open({ url: url(password), schema: 'guarded' });
    const refused = await open('wrong').catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'misconfigured',
      retryable: false,
      message: expect.stringContaining('password'),
    });
    expect(String((refused as Error).message)).not.toContain('wrong');
    await (await open('right')).close();
  });
});
