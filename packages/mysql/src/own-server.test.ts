import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MysqlSessionService } from './mysql-session-service.ts';
import { createServerOfOwn, describeWithOwnServer, type OwnServer } from './own-server.fixture.ts';

const MAX_PACKET = 1024 * 1024;

describeWithOwnServer('A server', () => {
  let server: OwnServer;

  beforeAll(async () => {
    server = await createServerOfOwn(`--max-allowed-packet=${MAX_PACKET}`);
    await server.start();
  }, 60_000);
  afterAll(() => server?.remove(), 60_000);

  it('that takes small statements only makes a larger event too_large, and nothing else', async () => {
    const service = await MysqlSessionService.open({ url: server.url });
    const key = { appName: 'small', userId: 'ada', sessionId: 'one' };
    await service.create(key);
    const eventOf = (size: number) => ({
      author: 'user',
      content: { parts: [{ text: '\\'.repeat(size / 2) }] },
    });
    for (let i = 0; i < 3; i++) {
      await expect(
        service.appendEvent({ ...key, event: eventOf(MAX_PACKET) }),
      ).rejects.toMatchObject({ code: 'too_large', message: expect.stringContaining('1048576') });
    }
    await service.appendEvent({ ...key, event: eventOf(MAX_PACKET - 2_000) });
    const events = Array.from({ length: 40 }, () => eventOf(100_000));
    expect(await service.appendEvents({ ...key, events })).toHaveLength(40);
    expect((await service.get({ ...key, numRecentEvents: 0 }))?.revision).toBe(41);
    await service.close();
  });

  it('that is stopped makes calls unavailable, and is used again when it is back', {
    timeout: 60_000,
  }, async () => {
    const service = await MysqlSessionService.open({ url: server.url, maxConnections: 4 });
    const key = { appName: 'restart', userId: 'ada', sessionId: 'one' };
    await service.create(key);
    const append = (id: string) => service.appendEvent({ ...key, event: { id, author: 'user' } });
    await Promise.all(Array.from({ length: 20 }, (_, i) => append(`before-${i}`)));

    const results: Promise<unknown>[] = [];
    const stopping = server.stop();
    let isStopped = false;
    void stopping.then(() => {
      isStopped = true;
    });
    for (let i = 0; !isStopped; i++) {
      const result = append(`while-${i}`).then(
        () => 'stored',
        (error: unknown) => error,
      );
      results.push(result);
      await result;
    }
    await expect(append('after')).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    const failures = (await Promise.all(results)).filter((result) => result !== 'stored');
    for (const failure of failures) {
      expect(failure).toMatchObject({ code: 'unavailable', retryable: true });
    }

    await server.start();
    const { seq = 0 } = await append('after');
    const session = await service.get(key);
    expect(session?.events.map((event) => event.seq)).toStrictEqual(
      Array.from({ length: seq }, (_, i) => i + 1),
    );
    expect(seq).toBeGreaterThanOrEqual(21 + results.length - failures.length);
    await service.close();
  });

  it('that goes on with an append whose caller has gone writes all of it, or nothing', {
    timeout: 60_000,
  }, async () => {
    const key = { appName: 'gone', userId: 'ada', sessionId: 'one' };
    const patient = await MysqlSessionService.open({ url: server.url });
    await patient.create(key);
    const timeouts = { callTimeout: 2_000, acquireTimeout: 2_000 };
    const hasty = await MysqlSessionService.open({ url: server.url, ...timeouts });
    const admin = await createConnection({ uri: server.url });
    const transactions = async (condition: string) => {
      const [rows] = await admin.query<RowDataPacket[]>(
        `SELECT 1 FROM information_schema.innodb_trx WHERE ${condition}`,
      );
      return rows.length;
    };
    // The server looks anew only if nobody has asked it for 100 ms.
    const polling = { interval: 250, timeout: 20_000 };
    await admin.query('START TRANSACTION');
    await admin.query('SELECT revision FROM holdfast_sessions FOR UPDATE');
    server.freeze();
    const append = { ...key, event: { id: 'e-1', actions: { stateDelta: { a: 1 } } } };
    await expect(hasty.appendEvent(append)).rejects.toMatchObject({ code: 'unavailable' });
    server.goOn();
    // It has answered the first statement, to nobody, and will notice that after the second one.
    await expect.poll(() => transactions("trx_state = 'LOCK WAIT'"), polling).toBe(1);
    await admin.query('COMMIT');
    await expect.poll(() => transactions('TRUE'), polling).toBe(0);
    const session = await patient.get(key);
    expect([session?.events.length, session?.state.size]).toStrictEqual(
      session?.revision === 1 ? [1, 1] : [0, 0],
    );
    expect((await patient.appendEvent(append)).seq).toBe(1);
    await admin.end();
    await hasty.close();
    await patient.close();
  });
});
