import { join } from 'node:path';
import type Database from 'libsql';
import { seedSqlite } from '../../seeds/seed-sqlite.ts';
import { BARE_TABLES } from '../../seeds/seed-tables.ts';
import type { AppendRequest, BenchStore } from '../bench-store.ts';
import type { Contestant } from '../contestant.ts';
import type { Place } from '../place.ts';
import { APP, sampleEvent } from '../sample-event.ts';
import { stateRows } from '../state-row.ts';
import { auditRows, parseRows, type ReadRow } from './parse-rows.ts';
import * as text from './sqlite-statements.ts';

type Durability = 'NORMAL' | 'FULL';

export const bareSqlite = bare('bare-sqlite', 'NORMAL');
export const bareSqliteFull = bare('bare-sqlite-full', 'FULL');

function bare(id: string, synchronous: Durability): Contestant {
  return {
    id,
    name: 'the bare driver',
    kind: 'limit',
    group: synchronous === 'FULL' ? 'sqlite-full' : 'sqlite',
    packages: ['libsql'],
    note: 'The same tables, indexes and JSON on libsql; prepared statements, one transaction an append. With 16 writers, 16 appends in one transaction.',
    open: (place) => openBareSqlite(place, synchronous),
  };
}

async function openBareSqlite({ folder }: Place, synchronous: Durability): Promise<BenchStore> {
  const { default: Driver } = await import('libsql');
  const file = join(folder, 'bare.db');
  const database = new Driver(file);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec(`PRAGMA synchronous = ${synchronous}`);
  database.exec(text.SQLITE_TABLES);
  const seeder = new Driver(file);
  seeder.exec('PRAGMA synchronous = OFF');
  const prepareRead = (source: string) => database.prepare(source).raw(true);
  const recent = prepareRead(text.SQLITE_RECENT);
  const full = prepareRead(text.SQLITE_FULL);
  const list = database.prepare(text.SQLITE_LIST);
  const read = (statement: Database.Statement, ...values: readonly unknown[]) =>
    statement.all([APP, ...values]) as ReadRow[];
  return {
    ...bareWrites(database),
    fill: async (fill) => seedSqlite(seeder, { tables: BARE_TABLES, fill }),
    settle: async () => seeder.exec('PRAGMA wal_checkpoint(TRUNCATE)'),
    recent: async ({ user, session, count }) =>
      parseRows(read(recent, user, session, count)).events,
    full: async ({ user, session }) => parseRows(read(full, user, session)).events,
    list: async ({ user, limit }) => list.all([APP, user, limit]),
    async fork({ user, session, target }) {
      database.exec('BEGIN IMMEDIATE');
      database.prepare(text.SQLITE_FORK_SESSION).run([target, APP, user, session]);
      database.prepare(text.SQLITE_FORK_EVENTS).run([target, APP, user, session]);
      database.exec('COMMIT');
    },
    audit: async ({ user, session }) => auditRows(read(full, user, session)),
    async close() {
      seeder.close();
      database.close();
    },
  };
}

function bareWrites(database: Database.Database): Pick<BenchStore, 'append' | 'appendTogether'> {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const advance = database.prepare(text.SQLITE_ADVANCE);
  const insert = database.prepare(text.SQLITE_INSERT_EVENT);
  const upserts = [1, 2, 3].map((keys) => database.prepare(text.sqliteUpsert(keys)));
  // Values in one array cost this driver less than values one by one.
  const write = ({ user, session, n, delta }: AppendRequest) => {
    const event = sampleEvent(n, delta);
    const row = advance.get([event.timestamp, APP, user, session]) as
      | { readonly revision: number }
      | undefined;
    if (row === undefined) throw new Error('the session is missing');
    const body = JSON.stringify(event);
    insert.run([APP, user, session, row.revision, event.id, event.timestamp, body]);
    const values: string[] = [];
    const rows = stateRows({ user, session }, delta);
    for (const each of rows) values.push(each.app, each.user, each.session, each.name, each.value);
    upserts[rows.length - 1]?.run(values);
  };
  return {
    async append(request) {
      begin.run();
      write(request);
      commit.run();
    },
    async appendTogether(requests) {
      begin.run();
      for (const request of requests) write(request);
      commit.run();
    },
  };
}
