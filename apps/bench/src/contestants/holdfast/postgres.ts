import { seedPostgres, settlePostgres } from '../../seeds/seed-postgres.ts';
import { HOLDFAST_TABLES } from '../../seeds/seed-tables.ts';
import type { Contestant } from '../contestant.ts';
import { serviceStore } from './service-store.ts';

export const postgres: Contestant = {
  id: 'postgres',
  name: 'Holdfast',
  kind: 'holdfast',
  group: 'postgres',
  packages: ['@holdfast/postgres', 'pg'],
  note: 'An append is one statement, for the event and for state in three scopes.',
  async open({ postgresUrl: url }) {
    const { PostgresSessionService } = await import('@holdfast/postgres');
    const { default: pg } = await import('pg');
    const service = await PostgresSessionService.open({ url, maxConnections: 16 });
    const seeder = new pg.Client(url);
    await seeder.connect();
    return serviceStore(service, {
      fill: (fill) => seedPostgres(seeder, { tables: HOLDFAST_TABLES, fill }),
      settle: () => settlePostgres(seeder),
      close: () => seeder.end(),
    });
  },
};
