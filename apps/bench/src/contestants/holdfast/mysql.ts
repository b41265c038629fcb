import { seedMysql } from '../../seeds/seed-mysql.ts';
import { HOLDFAST_TABLES } from '../../seeds/seed-tables.ts';
import type { Contestant } from '../contestant.ts';
import { serviceStore } from './service-store.ts';

export const mysql: Contestant = {
  id: 'mysql',
  name: 'Holdfast',
  kind: 'holdfast',
  group: 'mysql',
  packages: ['@holdfast/mysql', 'mysql2'],
  note: 'An append is one script in one round trip, safe in every sql_mode.',
  async open({ mysqlUrl: url }) {
    const { MysqlSessionService } = await import('@holdfast/mysql');
    const { default: driver } = await import('mysql2/promise');
    const service = await MysqlSessionService.open({ url, maxConnections: 16 });
    const seeder = await driver.createConnection(url);
    return serviceStore(service, {
      fill: (fill) => seedMysql(seeder, { tables: HOLDFAST_TABLES, fill }),
      close: () => seeder.end(),
    });
  },
};
