import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PgQuery } from './pg-driver.ts';
import { PostgresSessionService } from './postgres-session-service.ts';
import { describeWithDatabase, TEST_URL, useDatabase } from './test-database.fixture.ts';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Scan Direction'?: string;
  readonly Plans?: readonly PlanNode[];
}

const user = { appName: 'app', userId: 'user-7' };
const key = { ...user, sessionId: 'long' };
const now = 1_700_000_000_000;
const FAR = 8e15;
const EVENTS = 30_000;
const SESSIONS = 5_000;

const histories = ['never analyzed', 'analyzed while they were empty', 'analyzed when full'];

for (const history of histories) {
  describeWithDatabase(`The plans of reads, in tables ${history}`, () => {
    const { schema, table } = useDatabase();
    const client = new pg.Client(TEST_URL);
    const sent: PgQuery[] = [];
    const service = new PostgresSessionService({ client: recording(client, sent), schema });
    type Call = () => Promise<unknown>;
    const listPages =
      (request: { readonly userId: string } | { readonly allUsers: true }, order: 'asc' | 'desc') =>
      async () => {
        const list = { appName: user.appName, order, limit: 20, ...request };
        const { nextCursor } = await service.list(list);
        if (nextCursor !== undefined) await service.list({ ...list, cursor: nextCursor });
      };
    const reads: Record<string, Call> = {
      last: () => service.get({ ...key, numRecentEvents: 20 }),
      late: () => service.get({ ...key, afterTimestamp: now + EVENTS - 20 }),
      page: () => service.listEvents({ ...key, afterSeq: 5_000, limit: 20 }),
      ofUser: listPages({ userId: user.userId }, 'desc'),
      ofUserAscending: listPages({ userId: user.userId }, 'asc'),
      ofAll: listPages({ allUsers: true }, 'desc'),
      ofAllAscending: listPages({ allUsers: true }, 'asc'),
      withState: () => service.list({ ...user, limit: 20, includeState: true }),
      active: () => service.get({ ...key, active: true }),
      labelled: () => service.list({ ...user, limit: 20, labels: { status: 'open' } }),
      labelledTwice: () =>
        service.list({
          ...user,
          limit: 20,
          includeTotal: true,
          labels: { status: 'open', kind: 'chat' },
        }),
      users: () => service.listUsers({ appName: user.appName, afterUserId: 'user-3', limit: 3 }),
      watched: async () => {
        const controller = new AbortController();
        const { signal } = controller;
        const events = service.watch({ ...key, afterSeq: EVENTS, signal });
        let isOver = false;
        const next = events[Symbol.asyncIterator]().next();
        const end = next.catch(() => {
          isOver = true;
        });
        const isLookedFor = () => sent.at(-1)?.text.includes('wanted');
        await expect.poll(() => isOver || isLookedFor()).toBe(true);
        controller.abort();
        await end;
      },
      expired: () => service.sweep({ appName: user.appName, allUsers: true }),
      // Longer ago than anything.
      untouched: () => service.sweep({ appName: user.appName, allUsers: true, idleFor: FAR }),
    };

    beforeAll(async () => {
      await client.connect();
      const tables = (['sessions', 'events', 'state', 'labels'] as const).map(table);
      for (const each of tables) {
        await client.query(`ALTER TABLE ${each} SET (autovacuum_enabled = false)`);
      }
      if (history === 'analyzed while they were empty') {
        for (const each of tables) await client.query(`ANALYZE ${each}`);
        for (let i = 0; i < 10; i++)
          for (const read of Object.values(reads)) await read().catch(() => {});
      }
      await fill();
      if (history === 'analyzed when full') {
        for (const each of tables) await client.query(`ANALYZE ${each}`);
      }
    }, 60_000);
    afterAll(() => client.end());

    async function fill(): Promise<void> {
      await client.query(`
        INSERT INTO ${table('sessions')}
        SELECT 'app', 'user-' || i % 10, 'session-' || i, ${now}, ${now} + i, 0, '{}'
        FROM generate_series(1, ${SESSIONS}) i
        UNION ALL SELECT 'app', 'user-7', 'long', ${now}, ${now}, ${EVENTS}, '{}'`);
      await client.query(`
        INSERT INTO ${table('events')}
        SELECT 'app', 'user-7', 'long', i, 'event-' || i, ${now} + i,
          json_build_object('id', 'event-' || i, 'timestamp', ${now} + i, 'text', repeat('x', 400))::text
        FROM generate_series(1, ${EVENTS}) i`);
      await client.query(`
        INSERT INTO ${table('state')}
        SELECT 'app', 'user-' || i % 10, 'session-' || i, 'key-' || k, '"value"'
        FROM generate_series(1, ${SESSIONS}) i, generate_series(1, 2) k`);
      await client.query(`
        INSERT INTO ${table('labels')}
        SELECT 'app', 'user-' || i % 10, 'session-' || i, 'kind', 'chat'
        FROM generate_series(1, ${SESSIONS}) i
        UNION ALL SELECT 'app', 'user-' || i % 10, 'session-' || i, 'status', 'open'
        FROM generate_series(7, ${SESSIONS}, 100) i`);
      await client.query(`
        UPDATE ${table('sessions')} SET active_from = ${EVENTS - 20} WHERE session_id = 'long'`);
      // Far behind those of today, so that they stay.
      await client.query(`
        UPDATE ${table('sessions')} SET expire_time = ${2 * now} + create_time WHERE user_id = 'user-3'`);
    }

    /** The scans of a read's statement, as it is done after it was done often, and its sorts. */
    async function plan(read: Call | undefined) {
      sent.length = 0;
      for (let i = 0; i < 10; i++) await read?.();
      const query = sent.at(-1) as PgQuery;
      const { rows } =
        query.name === undefined
          ? await client.query(`EXPLAIN (FORMAT JSON) ${query.text}`, query.values)
          : await client.query(`EXPLAIN (FORMAT JSON) ${execute(query)}`);
      const nodes = flatten(rows[0]['QUERY PLAN'][0].Plan);
      return {
        on: (relation: string) =>
          nodes.filter((node) => node['Relation Name'] === `holdfast_${relation}`),
        sorts: nodes.filter((node) => node['Node Type'].includes('Sort')).length,
        nodes: nodes.map((node) => `${node['Node Type']} ${node['Index Name'] ?? ''}`.trim()),
      };
    }

    it('walk the end of the events, for the last of them, and look up the state', async () => {
      const { on, sorts, nodes } = await plan(reads['last']);
      expect(on('state').length).toBeGreaterThan(0);
      expect(nodes.filter((node) => node.startsWith('Seq Scan'))).toStrictEqual([]);
      expect(on('events')).toStrictEqual([
        expect.objectContaining({
          'Node Type': 'Index Scan',
          'Index Name': 'holdfast_events_pkey',
          'Scan Direction': 'Backward',
        }),
      ]);
      expect(sorts).toBe(0);
    });

    it('walk the index by time, for late events', async () => {
      const { on, sorts } = await plan(reads['late']);
      expect(on('events')).toStrictEqual([
        expect.objectContaining({ 'Index Name': 'holdfast_events_by_time' }),
      ]);
      expect(sorts).toBe(0);
    });

    it('walk the events from the bound, for a page of them', async () => {
      const { on, sorts } = await plan(reads['page']);
      expect(on('events')).toStrictEqual([
        expect.objectContaining({
          'Node Type': 'Index Scan',
          'Index Name': 'holdfast_events_pkey',
        }),
      ]);
      expect(sorts).toBe(0);
    });

    for (const name of ['ofUser', 'ofUserAscending', 'ofAll', 'ofAllAscending']) {
      const index = name.startsWith('ofUser') ? 'sessions_by_user' : 'sessions_by_time';
      it(`walk ${index} from the cursor, for a page of sessions (${name})`, async () => {
        const { on, sorts } = await plan(reads[name]);
        expect(on('sessions')).toStrictEqual([
          expect.objectContaining({
            'Node Type': 'Index Scan',
            'Index Name': `holdfast_${index}`,
            'Scan Direction': name.endsWith('Ascending') ? 'Forward' : 'Backward',
          }),
        ]);
        expect(sorts).toBe(0);
      });
    }

    it('look up the sessions that are watched, one by one', async () => {
      const { on, sorts } = await plan(reads['watched']);
      expect(on('sessions')).toStrictEqual([
        expect.objectContaining({
          'Node Type': 'Index Scan',
          'Index Cond': expect.stringContaining('wanted.session_id'),
        }),
      ]);
      expect(sorts).toBe(0);
    });

    it('walk sessions and state from a user on, for those behind', async () => {
      const { on } = await plan(reads['users']);
      for (const relation of ['sessions', 'state']) {
        expect(on(relation)).toStrictEqual([
          expect.objectContaining({ 'Index Cond': expect.stringContaining("user_id > 'user-3'") }),
        ]);
      }
    });

    it('walk the events from the first active one', async () => {
      const { on, sorts } = await plan(reads['active']);
      expect(on('events')).toStrictEqual([
        expect.objectContaining({
          'Node Type': 'Index Scan',
          'Index Name': 'holdfast_events_pkey',
          'Index Cond': expect.stringContaining('seq >= '),
        }),
      ]);
      expect(sorts).toBe(0);
    });

    for (const name of ['labelled', 'labelledTwice']) {
      it(`walk the sessions that have a label, and look up the rest (${name})`, async () => {
        const { on, nodes } = await plan(reads[name]);
        expect(nodes.filter((node) => node.startsWith('Seq Scan'))).toStrictEqual([]);
        for (const { 'Index Cond': condition = '' } of on('labels')) {
          expect(condition).toMatch(/name = /);
          // That of the first label is walked; the other one is looked up for each.
          expect(condition).toMatch(condition.includes('first') ? /session_id = / : /value = /);
        }
        for (const node of on('sessions')) {
          expect(node['Index Name']).toBe('holdfast_sessions_pkey');
          expect(node['Index Cond']).toMatch(/session_id >= .*session_id <= /);
        }
      });
    }

    it('walk the expired sessions, the oldest first', async () => {
      const { on, sorts } = await plan(reads['expired']);
      expect(on('sessions')).toStrictEqual([
        expect.objectContaining({
          'Index Name': 'holdfast_sessions_by_expiry',
          'Index Cond': expect.stringContaining('expire_time <= '),
        }),
      ]);
      expect(sorts).toBe(0);
    });

    it('walk all sessions by their time for untouched ones, besides those that have expired', async () => {
      const { on, sorts } = await plan(reads['untouched']);
      expect(on('sessions').map((node) => node['Index Name'])).toStrictEqual([
        'holdfast_sessions_by_expiry',
        'holdfast_sessions_by_time',
      ]);
      expect(sorts).toBe(0);
    });

    it('look up the state of the sessions on a page', async () => {
      const { on, nodes } = await plan(reads['withState']);
      expect(on('state').length).toBeGreaterThan(0);
      expect(nodes.filter((node) => node.startsWith('Seq Scan'))).toStrictEqual([]);
    });
  });
}

describeWithDatabase('The plan of an append', () => {
  const { schema, table } = useDatabase();
  const client = new pg.Client(TEST_URL);
  const sent: PgQuery[] = [];
  const service = new PostgresSessionService({ client: recording(client, sent), schema });
  beforeAll(() => client.connect());
  afterAll(() => client.end());

  it('is made anew, for tables that were small when it was made first', async () => {
    await client.query(`ALTER TABLE ${table('sessions')} SET (autovacuum_enabled = false)`);
    await client.query(`ANALYZE ${table('sessions')}`);
    await service.create(key);
    const append = async (count: number) => {
      for (let i = 0; i < count; i++) await service.appendEvent({ ...key, event: {} });
      return sent.at(-1) as PgQuery;
    };
    expect(await planOf(await append(9))).toContain('Seq Scan');
    await client.query(`
      INSERT INTO ${table('sessions')}
      SELECT 'app', 'ada', 'session-' || i, 1, 1, 0, '{}' FROM generate_series(1, ${SESSIONS}) i`);
    expect(await planOf(await append(9))).not.toContain('Seq Scan');
  });

  /** The plan that the connection keeps for a prepared statement. */
  async function planOf(query: PgQuery): Promise<string> {
    const { rows } = await client.query(`EXPLAIN ${execute(query)}`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  }
});

/** What does a prepared statement once more. */
function execute({ name, values }: PgQuery): string {
  const literals = values.map((value) => (value === null ? 'NULL' : pg.escapeLiteral(`${value}`)));
  return `EXECUTE ${name} (${literals.join(', ')})`;
}

function flatten(node: PlanNode): readonly PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}

/** A client that notes what is sent over it. */
function recording(client: pg.Client, sent: PgQuery[]) {
  return {
    query: (query: PgQuery) => {
      sent.push(query);
      return client.query(query);
    },
    on: client.on.bind(client),
    off: client.off.bind(client),
    end: () => client.end(),
  };
}
