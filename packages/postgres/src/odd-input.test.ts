import pg from 'pg';
import { expect, it } from 'vitest';
import { PostgresSessionService } from './postgres-session-service.ts';
import { describeWithDatabase, TEST_URL, useDatabase } from './test-database.fixture.ts';

describeWithDatabase('PostgresSessionService', () => {
  const { schema, open } = useDatabase();

  it('takes a batch of 1,000 events with 20 keys each', { timeout: 30_000 }, async () => {
    const service = open();
    const { key } = await service.create({ appName: 'app', userId: 'ada' });
    const events = Array.from({ length: 1_000 }, (_, i) => {
      const keys = Array.from({ length: 20 }, (_, k) => [`key-${i}-${k}`, { i, k }]);
      return { id: `event-${i}`, actions: { stateDelta: Object.fromEntries(keys) } };
    });
    const stored = await service.appendEvents({ ...key, events });
    expect(stored.map(({ seq }) => seq)).toStrictEqual(events.map((_, i) => i + 1));
    const session = await service.get(key);
    expect(session?.state.size).toBe(20_000);
    expect(session?.state.get('key-999-19')).toStrictEqual({ i: 999, k: 19 });
    // The same again is a retry, which looks for a thousand ids.
    expect(await service.appendEvents({ ...key, events })).toStrictEqual(stored);
    await service.close();
  });

  it('takes ids, keys and values of any characters, alone and in arrays', async () => {
    const service = open();
    const odd = ['"quoted"', "it's", 'a\\b', '{a,b}', 'NULL', '$1?', '😀', '%_', '();--'];
    const appName = odd.join('');
    for (const userId of odd) {
      const key = { appName, userId, sessionId: userId };
      const stateDelta = Object.fromEntries(odd.map((name) => [name, `${name}\u0000\ud800`]));
      await service.create({ ...key, state: stateDelta });
      const events = odd.map((id) => ({ id, author: `${id}\u0000`, actions: { stateDelta } }));
      const stored = await service.appendEvents({ ...key, events });
      const session = await service.get(key);
      expect(session?.events).toStrictEqual(stored);
      expect(session?.events.map(({ author }) => author)).toStrictEqual(
        odd.map((id) => `${id}\u0000`),
      );
      expect(session?.state.toJSON()).toStrictEqual(stateDelta);
    }
    const { sessions } = await service.list({ appName, allUsers: true, order: 'asc' });
    expect(sessions).toHaveLength(odd.length);
    await service.close();
  });

  const parsers: Record<string, (text: string) => unknown> = { BigInt, Number, String };
  for (const [name, parse] of Object.entries(parsers)) {
    it(`reads integers that a pool parses with ${name}`, async () => {
      const types = {
        getTypeParser: (type: number) => (type === 20 || type === 23 ? parse : String),
      };
      const client = new pg.Pool({ connectionString: TEST_URL, types });
      const service = new PostgresSessionService({ client, closeClient: true, schema });
      await service.migrate();
      const user = { appName: `integers-${name}`, userId: 'ada' };
      const { key } = await service.create({ ...user, state: { 'app:a': 1 } });
      expect((await service.appendEvent({ ...key, event: { timestamp: 1 } })).seq).toBe(1);
      expect((await service.get(key))?.toJSON()).toMatchObject({
        revision: 1,
        events: [{ seq: 1 }],
      });
      const page = await service.list({ ...user, includeTotal: true, includeState: true });
      expect(page).toMatchObject({ total: 1, sessions: [{ revision: 1 }] });
      await service.close();
    });
  }

  it('reads and writes over connections with settings of their own', async () => {
    const options = [
      '-c standard_conforming_strings=off',
      '-c search_path=pg_catalog',
      '-c lock_timeout=5s',
      '-c extra_float_digits=0',
      '-c bytea_output=escape',
    ].join(' ');
    const client = new pg.Pool({ connectionString: TEST_URL, options, keepAlive: true });
    const service = new PostgresSessionService({ client, closeClient: true, schema });
    await service.migrate();
    const { key } = await service.create({
      appName: 'app',
      userId: "o'brien",
      state: { 'a\\b': '\\' },
    });
    expect((await service.get(key))?.state.get('a\\b')).toBe('\\');
    await service.close();
  });
});
