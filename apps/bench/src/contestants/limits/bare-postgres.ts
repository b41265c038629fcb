import { seedPostgres, settlePostgres } from '../../seeds/seed-postgres.ts';
import { BARE_TABLES } from '../../seeds/seed-tables.ts';
import type { BenchStore, SessionName } from '../bench-store.ts';
import type { Contestant } from '../contestant.ts';
import { APP, sampleEvent } from '../sample-event.ts';
import { stateRows } from '../state-row.ts';
import { auditRows, parseRows, type ReadRow } from './parse-rows.ts';
import * as text from './postgres-statements.ts';

export const barePostgres: Contestant = {
  id: 'bare-postgres',
  name: 'one bare statement',
  kind: 'limit',
  group: 'postgres',
  packages: ['pg'],
  note: 'The same tables, indexes and JSON; each call is one prepared statement over a pool of `pg`.',
  async open({ postgresUrl }) {
    const { default: pg } = await import('pg');
    const pool = new pg.Pool({ connectionString: postgresUrl, max: 16 });
    await pool.query(text.POSTGRES_TABLES);
    const seeder = new pg.Client(postgresUrl);
    await seeder.connect();
    const read = async (query: Query, { user, session }: SessionName) => {
      const { rows } = await pool.query<string[]>({
        ...query,
        values: [APP, user, session],
        rowMode: 'array',
      });
      return rows as unknown as ReadRow[];
    };
    const full = { name: 'full', text: text.POSTGRES_FULL };
    return {
      append: appendOver(pool),
      fill: (fill) => seedPostgres(seeder, { tables: BARE_TABLES, fill }),
      settle: () => settlePostgres(seeder),
      recent: async ({ count, ...name }) => {
        const query = { name: `recent-${count}`, text: text.postgresRecent(count) };
        return parseRows(await read(query, name)).events;
      },
      full: async (name) => parseRows(await read(full, name)).events,
      list: async ({ user, limit }) => {
        const query = { name: `list-${limit}`, text: text.postgresList(limit) };
        return (await pool.query({ ...query, values: [APP, user] })).rows;
      },
      fork: ({ user, session, target }) =>
        pool.query({
          ...{ name: 'fork', text: text.POSTGRES_FORK },
          values: [APP, user, session, target],
        }),
      audit: async (name) => auditRows(await read(full, name)),
      async close() {
        await seeder.end();
        await pool.end();
      },
    };
  },
};

interface Query {
  readonly name: string;
  readonly text: string;
}

interface Queries {
  query(
    query: Query & { readonly values: unknown[] },
  ): Promise<{ readonly rows: readonly unknown[] }>;
}

function appendOver(pool: Queries): BenchStore['append'] {
  return async ({ user, session, n, delta }) => {
    const event = sampleEvent(n, delta);
    const state = stateRows({ user, session }, delta);
    const { rows } = await pool.query({
      name: 'append',
      text: text.POSTGRES_APPEND,
      values: [
        ...[APP, user, session, event.timestamp, event.id, JSON.stringify(event)],
        state.map((row) => row.app),
        state.map((row) => row.user),
        state.map((row) => row.session),
        state.map((row) => row.name),
        state.map((row) => row.value),
      ],
    });
    if (rows.length !== 1) throw new Error('the session is missing');
    return rows[0];
  };
}
