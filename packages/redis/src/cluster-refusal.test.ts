import { Cluster } from 'ioredis';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { describeWithOwnServer, OwnServer } from './own-server.fixture.ts';
import { RedisSessionService } from './redis-session-service.ts';

const key = { appName: 'app', userId: 'ada', sessionId: 's' };

describeWithOwnServer('a brought Cluster that cannot connect', () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await OwnServer.start();
  });
  afterAll(() => server.remove());

  it('is listened to once for all calls that wait for it, and not afterwards', async () => {
    const client = new Cluster([{ host: '127.0.0.1', port: server.port }]);
    client.on('error', () => {});
    onTestFinished(() => client.disconnect());
    const listeners = () => client.listenerCount('node error') + client.listenerCount('close');
    const before = listeners();
    const service = new RedisSessionService({ client, callTimeout: 20_000 });
    const calls = Promise.allSettled(Array.from({ length: 30 }, () => service.get(key)));
    expect(listeners()).toBe(before + 2);
    for (const outcome of await calls) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'misconfigured' } });
    }
    expect(listeners()).toBe(before);
  });
});
