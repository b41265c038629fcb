import type driver from 'mysql2/promise';
import { seedMysql } from '../../seeds/seed-mysql.ts';
import { BARE_TABLES } from '../../seeds/seed-tables.ts';
import type { BenchStore, SessionName } from '../bench-store.ts';
import type { Contestant } from '../contestant.ts';
import { APP, sampleEvent } from '../sample-event.ts';
import { stateRows } from '../state-row.ts';
import * as text from './mysql-statements.ts';
import { auditRows, parseRows, type ReadRow } from './parse-rows.ts';

export const bareMysql: Contestant = {
  id: 'bare-mysql',
  name: 'one bare script',
  kind: 'limit',
  group: 'mysql',
  packages: ['mysql2'],
  note: 'The same tables, indexes and JSON; an append is one script of several statements over a pool of `mysql2`.',
  async open({ mysqlUrl }) {
    const { default: mysql } = await import('mysql2/promise');
    const pool = mysql.createPool({
      uri: mysqlUrl,
      multipleStatements: true,
      connectionLimit: 16,
      charset: 'UTF8MB4_UNICODE_CI',
    });
    await pool.query(text.MYSQL_TABLES);
    const seeder = await mysql.createConnection(mysqlUrl);
    const read = async (source: string, { user, session, count }: SessionName & Count) => {
      const own = [APP, user, session];
      const values = [...own, ...own, APP, user, '', APP, '', '', ...own, count];
      const [rows] = await pool.query({ sql: source, rowsAsArray: true }, values);
      return (rows as unknown[][]).map((row) => row.map(String)) as unknown as ReadRow[];
    };
    return {
      append: appendOver(pool),
      fill: (fill) => seedMysql(seeder, { tables: BARE_TABLES, fill }),
      recent: async (request) => parseRows(await read(text.MYSQL_RECENT, request)).events,
      full: async (name) => parseRows(await read(text.MYSQL_FULL, { ...name, count: 0 })).events,
      list: async ({ user, limit }) =>
        (await pool.query<driver.RowDataPacket[]>(text.MYSQL_LIST, [APP, user, limit]))[0],
      fork({ user, session, target }) {
        const values = [target, APP, user, session];
        return pool.query(text.MYSQL_FORK, [...values, ...values]);
      },
      audit: async (name) => auditRows(await read(text.MYSQL_FULL, { ...name, count: 0 })),
      async close() {
        await seeder.end();
        await pool.end();
      },
    };
  },
};

interface Count {
  readonly count: number;
}

function appendOver(pool: driver.Pool): BenchStore['append'] {
  const scripts = [0, 1, 2, 3].map(text.mysqlAppend);
  return async ({ user, session, n, delta }) => {
    const event = sampleEvent(n, delta);
    const state = stateRows({ user, session }, delta);
    const [results] = await pool.query<driver.ResultSetHeader[]>(scripts[state.length] ?? '', [
      ...[event.timestamp, APP, user, session],
      ...[APP, user, session, event.id, event.timestamp, JSON.stringify(event)],
      ...state.flatMap((row) => [row.app, row.user, row.session, row.name, row.value]),
    ]);
    if (results[1]?.affectedRows !== 1) throw new Error('the session is missing');
  };
}
