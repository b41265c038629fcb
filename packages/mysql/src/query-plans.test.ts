import { createPool, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MysqlSessionService } from './mysql-session-service.ts';
import { recordingPool } from './recording-pool.fixture.ts';
import {
  createTablePrefix,
  describeWithDatabase,
  dropTables,
  TEST_URL,
} from './test-database.fixture.ts';

const EVENTS = 10_000;
const SESSIONS = 2_000;
const PAGE = 20;

describeWithDatabase('Query plans', () => {
  const tablePrefix = createTablePrefix();
  // One connection, whose counters tell what a call has read.
  const pool = createPool({ uri: TEST_URL, multipleStatements: true, connectionLimit: 1 });
  const { client, sent } = recordingPool(pool);
  const service = new MysqlSessionService({ client, tablePrefix, acquireTimeout: 60_000 });
  const key = { appName: 'plans', userId: 'ada', sessionId: 'long' };

  beforeAll(async () => {
    await service.migrate();
    await service.create({ ...key, state: { 'app:a': 1, 'user:b': 2, c: 3 } });
    for (let first = 0; first < EVENTS; first += 1000) {
      const events = Array.from({ length: 1000 }, (_, i) => ({
        author: 'user',
        timestamp: 1_000 + first + i,
        content: { role: 'user', parts: [{ text: 'What is in my cart?' }] },
      }));
      await service.appendEvents({ ...key, events });
    }
    await Promise.all(
      Array.from({ length: SESSIONS }, (_, i) =>
        service.create({
          appName: 'plans',
          userId: `user-${i % 4}`,
          sessionId: `session-${i}`,
          state: { c: i },
        }),
      ),
    );
    // As the server does by itself, a while after so many rows have come.
    const tables = ['sessions', 'events', 'state'].map((table) => `\`${tablePrefix}${table}\``);
    await pool.query(`ANALYZE TABLE ${tables.join(', ')}`);
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    await dropTables(tablePrefix);
  });

  /** What one call has read and sorted, and how its statement is planned. */
  async function planOf(call: () => Promise<unknown>) {
    await pool.query('FLUSH STATUS');
    sent.length = 0;
    await call();
    expect(sent).toHaveLength(1);
    const [counters] = await pool.query<RowDataPacket[]>(
      "SHOW SESSION STATUS WHERE Variable_name REGEXP '^(Handler_read_|Sort_)'",
    );
    const count = (names: RegExp) =>
      counters
        .filter((row) => names.test(row['Variable_name']))
        .reduce((sum, row) => sum + Number(row['Value']), 0);
    const [plan] = await pool.query<RowDataPacket[]>(`EXPLAIN ${sent[0]?.split(';')[0]}`);
    return {
      /** Rows of tables and indexes. Those of a page that the server keeps meanwhile come twice. */
      read: count(/^Handler_read_(first|key|last|next|prev|rnd)$/),
      sorted: count(/^Sort_(rows|scan|range|merge_passes)$/),
      steps: plan.map(({ table, type, key, Extra }) => ({
        table: String(table).replace(tablePrefix, ''),
        type,
        key: typeof key === 'string' ? key.replace(tablePrefix, '') : key,
        isSorted: String(Extra).includes('filesort'),
      })),
    };
  }

  it('reads the last events of a long session as one range of the primary key', async () => {
    for (const afterTimestamp of [undefined, 0]) {
      const plan = await planOf(() =>
        service.get({ ...key, numRecentEvents: PAGE, afterTimestamp }),
      );
      expect(plan.read).toBeLessThan(PAGE + 15);
      expect(plan.sorted).toBe(0);
      const events = plan.steps.filter(({ table }) => table === 'events');
      expect(events).toStrictEqual([
        {
          table: 'events',
          type: expect.stringMatching(/^(range|ref)$/),
          key: 'PRIMARY',
          isSorted: false,
        },
      ]);
    }
  });

  it('reads the events of a time as one range of their index', async () => {
    const afterTimestamp = 1_000 + EVENTS - PAGE;
    const plan = await planOf(() => service.get({ ...key, afterTimestamp }));
    expect(plan.read).toBeLessThan(PAGE + 15);
    expect(plan.sorted).toBe(0);
    expect(plan.steps).toContainEqual({
      table: 'events',
      type: 'range',
      key: 'events_by_time',
      isSorted: false,
    });
  });

  it('reads a page of events as one range of the primary key, from any place', async () => {
    for (const order of ['asc', 'desc'] as const) {
      const range = { ...key, limit: PAGE, afterSeq: 4_000, beforeSeq: 6_000, order };
      const plan = await planOf(() => service.listEvents(range));
      expect(plan.read).toBeLessThan(PAGE + 10);
      expect(plan.sorted).toBe(0);
      expect(plan.steps).toContainEqual({
        table: 'events',
        type: 'range',
        key: 'PRIMARY',
        isSorted: false,
      });
    }
  });

  for (const [whose, index] of [
    [{ appName: 'plans', userId: 'user-1' }, 'sessions_by_user'],
    [{ appName: 'plans', allUsers: true }, 'sessions_by_time'],
  ] as const) {
    for (const order of ['asc', 'desc'] as const) {
      it(`lists by ${index}, ${order}, without sorting, also behind a cursor`, async () => {
        const request = { ...whose, order, limit: PAGE };
        const { nextCursor: cursor } = await service.list({ ...request, limit: 400 });
        expect(cursor).toBeDefined();
        for (const each of [request, { ...request, cursor }]) {
          const plan = await planOf(() => service.list(each));
          expect(plan.read).toBeLessThan(PAGE + 10);
          expect(plan.sorted).toBe(0);
          expect(plan.steps).toContainEqual({
            table: 'sessions',
            type: expect.stringMatching(/^(range|ref)$/),
            key: index,
            isSorted: false,
          });
        }
      });
    }
  }

  it('reads the state of a page, and no more', async () => {
    const request = { appName: 'plans', allUsers: true, limit: PAGE, includeState: true } as const;
    const plan = await planOf(() => service.list(request));
    expect(plan.read).toBeLessThan(PAGE * 12);
  });
});
