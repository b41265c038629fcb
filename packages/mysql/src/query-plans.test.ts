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
const FAR = 8e15;

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
          labels: { kind: 'chat', ...(i % 80 === 1 && { status: 'open' }) },
          ...(i % 100 === 3 && { expires: { at: FAR - i } }),
        }),
      ),
    );
    // As the server does by itself, a while after so many rows have come.
    const tables = ['sessions', 'events', 'state', 'labels'].map(
      (table) => `\`${tablePrefix}${table}\``,
    );
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

  it.each([
    ['one label', { status: 'open' }, 6],
    ['two labels', { status: 'open', kind: 'chat' }, 10],
  ])('reads the sessions that have %s, and no more', async (_, labels, perSession) => {
    const request = { appName: 'plans', userId: 'user-1', labels, includeTotal: true };
    const { total = 0 } = await service.list(request);
    expect(total).toBe(SESSIONS / 80);
    const plan = await planOf(() => service.list(request));
    expect(plan.read).toBeLessThan(perSession * total);
    for (const step of plan.steps.filter(({ table }) => table === 'sessions')) {
      expect(step).toMatchObject({ type: 'eq_ref', key: 'PRIMARY' });
    }
  });

  it('reads the active events as one range of the primary key', async () => {
    const setActiveFrom = (seq: number) =>
      pool.query(
        `UPDATE \`${tablePrefix}sessions\` SET active_from = ? WHERE session_id = 'long'`,
        [seq],
      );
    await setActiveFrom(EVENTS - PAGE);
    for (const window of [{}, { numRecentEvents: EVENTS }, { afterTimestamp: 0 }]) {
      const active = await service.get({ ...key, ...window, active: true });
      expect(active?.events[0]?.seq).toBe(EVENTS - PAGE);
    }
    for (const window of [{}, { numRecentEvents: EVENTS }]) {
      const plan = await planOf(() => service.get({ ...key, ...window, active: true }));
      expect(plan.read).toBeLessThan(2 * PAGE + 15);
      expect(plan.sorted).toBe(0);
    }
    await setActiveFrom(1);
  });

  it('finds expired sessions by their index, and others that were not touched by their time', async () => {
    const all = { appName: 'plans', allUsers: true } as const;
    const expired = await planOf(() => service.sweep(all));
    expect(expired.read).toBeLessThan(5);
    expect(expired.steps).toMatchObject([{ table: 'sessions', key: 'sessions_by_expiry' }]);
    const both = await planOf(() => service.sweep({ ...all, idleFor: FAR }));
    expect(both.sorted).toBe(0);
    expect(both.steps).toMatchObject([
      { table: 'sessions', key: 'sessions_by_expiry' },
      { table: 'sessions', key: 'sessions_by_time' },
    ]);
  });

  it('counts the sessions of all users by indexes', async () => {
    const request = { appName: 'plans', allUsers: true, includeTotal: true, limit: 1 } as const;
    const { total } = await service.list(request);
    expect(total).toBe(SESSIONS + 1);
    const plan = await planOf(() => service.list(request));
    const keys = plan.steps.flatMap(({ key }) => key ?? []);
    expect(new Set(keys)).toStrictEqual(new Set(['sessions_by_time', 'sessions_by_expiry']));
  });

  it('reads the state of a page, and no more', async () => {
    const request = { appName: 'plans', allUsers: true, limit: PAGE, includeState: true } as const;
    const plan = await planOf(() => service.list(request));
    expect(plan.read).toBeLessThan(PAGE * 12);
  });
});
