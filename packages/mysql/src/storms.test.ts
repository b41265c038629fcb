import { setTimeout as pause } from 'node:timers/promises';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll } from 'vitest';
import { itLosesNothingInStorms } from '../../sql/src/storms.fixture.ts';
import { MysqlSessionService } from './mysql-session-service.ts';
import { createServerOfOwn, describeWithOwnServer, type OwnServer } from './own-server.fixture.ts';

const WRITER = new URL('storm-writer.fixture.ts', import.meta.url);
const callTimeout = 1_000;

describeWithOwnServer('Eight writers to MariaDB who try again', () => {
  let server: OwnServer;
  beforeAll(async () => {
    // What was committed is in the hands of the system, and survives the end of the server.
    server = await createServerOfOwn('--innodb-flush-log-at-trx-commit=2');
    await server.start();
    await (await MysqlSessionService.open({ url: server.url })).close();
  }, 60_000);
  afterAll(() => server?.remove(), 60_000);

  async function readRows(statement: string): Promise<readonly RowDataPacket[]> {
    const connection = await createConnection({ uri: server.url });
    const [rows] = await connection.query<RowDataPacket[]>(statement);
    await connection.end();
    return rows;
  }

  /** Kills every connection but its own, or what runs on it, every so many ms, so many times. */
  async function killOthers(what: string, { every, times }: { every: number; times: number }) {
    const admin = await createConnection({ uri: server.url });
    for (let i = 0; i < times; i++) {
      const [others] = await admin.query<RowDataPacket[]>(
        'SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID()',
      );
      for (const { id } of others) {
        // It may have gone by itself.
        await admin.query(`${what} ${id}`).catch(() => {});
      }
      await pause(every);
    }
    await admin.end();
  }

  itLosesNothingInStorms({
    callTimeout,
    writer: WRITER,
    argsOf: (sessionId) => [server.url, sessionId, String(callTimeout)],
    open: () => MysqlSessionService.open({ url: server.url }),
    async openTransactions() {
      const rows = await readRows('SELECT COUNT(*) AS n FROM information_schema.innodb_trx');
      return Number(rows[0]?.['n']);
    },
    storms: {
      'connections are killed, also while they are made': () =>
        killOthers('KILL', { every: 20, times: 60 }),
      'queries are killed, also between two statements': () =>
        killOthers('KILL QUERY', { every: 3, times: 300 }),
      async 'the server stands still for longer than a call may take'() {
        for (const time of [100, 1.5 * callTimeout]) {
          server.freeze();
          await pause(time);
          server.goOn();
          await pause(200);
        }
      },
      async 'the server is restarted, and crashes'() {
        for (const end of [server.stop, server.crash]) {
          await end();
          await server.start();
        }
      },
    },
  });
});
