import { join } from 'node:path';
import { seedSqlite } from '../../seeds/seed-sqlite.ts';
import { HOLDFAST_TABLES } from '../../seeds/seed-tables.ts';
import type { Contestant } from '../contestant.ts';
import { serviceStore } from './service-store.ts';

const common = {
  name: 'Holdfast',
  kind: 'holdfast',
  packages: ['@holdfast/sqlite', 'libsql'],
} as const;

export const sqlite: Contestant = {
  ...common,
  id: 'sqlite',
  group: 'sqlite',
  note: 'Events and state are one transaction; appends that wait at the same moment share one. On libsql.',
  open: ({ folder }) => openSqlite(folder, 'NORMAL'),
};

export const sqliteFull: Contestant = {
  ...common,
  id: 'sqlite-full',
  group: 'sqlite-full',
  note: 'The same, and each commit is on disk before it is answered.',
  open: ({ folder }) => openSqlite(folder, 'FULL'),
};

async function openSqlite(folder: string, synchronous: 'NORMAL' | 'FULL') {
  const { SqliteSessionService } = await import('@holdfast/sqlite');
  const { default: Database } = await import('libsql');
  const file = join(folder, 'holdfast.db');
  const service = await SqliteSessionService.open({
    url: `sqlite:${file}`,
    driver: 'libsql',
    synchronous,
  });
  const seeder = new Database(file);
  seeder.exec('PRAGMA synchronous = OFF');
  return serviceStore(service, {
    fill: async (fill) => seedSqlite(seeder, { tables: HOLDFAST_TABLES, fill }),
    settle: async () => seeder.exec('PRAGMA wal_checkpoint(TRUNCATE)'),
    close: async () => seeder.close(),
  });
}
