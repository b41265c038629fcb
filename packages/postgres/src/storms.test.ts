import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { itLosesNothingInStorms, type StormedWriter } from '../../sql/src/storms.fixture.ts';
import { OwnServer, serverPrograms } from './own-server.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';

const isSkipped = serverPrograms === undefined && !process.env['CI'];
if (isSkipped) console.warn('Skipped: no initdb. To install it: apt-get install postgresql');

const WRITER = new URL('storm-writer.fixture.ts', import.meta.url);
const callTimeout = 1_000;
const OTHERS = "backend_type = 'client backend' AND pid <> pg_backend_pid()";

describe.skipIf(isSkipped)('Eight writers to PostgreSQL who try again', () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await OwnServer.create();
    server.start();
    await (await PostgresSessionService.open({ url: server.url })).close();
  });
  afterAll(() => {
    server.stop('immediate');
    server.remove();
  });

  async function withAdmin<Result>(run: (admin: pg.Client) => Promise<Result>): Promise<Result> {
    const admin = new pg.Client(server.url);
    admin.on('error', () => {});
    await admin.connect();
    try {
      return await run(admin);
    } finally {
      await admin.end();
    }
  }

  /** Does something to every connection but its own, every so many ms, until many calls failed. */
  const toOthers = (writer: StormedWriter, storm: { what: string; every: number }) =>
    withAdmin(async (admin) => {
      const end = performance.now() + 20_000;
      for (let i = 0; (i < 60 || writer.failures() < 20) && performance.now() < end; i++) {
        await admin.query(`SELECT ${storm.what}(pid) FROM pg_stat_activity WHERE ${OTHERS}`);
        await pause(storm.every);
      }
    });

  itLosesNothingInStorms({
    callTimeout,
    writer: WRITER,
    argsOf: (sessionId) => [server.url, sessionId, String(callTimeout)],
    open: () => PostgresSessionService.open({ url: server.url }),
    openTransactions: () =>
      withAdmin(async (admin) => {
        const { rows } = await admin.query<{ count: string }>(
          `SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND ${OTHERS}`,
        );
        return Number(rows[0]?.count);
      }),
    storms: {
      'connections are terminated, also while they are made': (writer) =>
        toOthers(writer, { what: 'pg_terminate_backend', every: 20 }),
      'statements are cancelled': (writer) =>
        toOthers(writer, { what: 'pg_cancel_backend', every: 3 }),
      async 'the server stands still for longer than a call may take'() {
        for (const time of [100, 1.5 * callTimeout]) {
          const goOn = server.freeze();
          await pause(time);
          goOn();
          await pause(200);
        }
      },
      async 'the server is restarted, and crashes'() {
        for (const mode of ['fast', 'immediate'] as const) {
          server.stop(mode);
          server.start();
        }
      },
    },
  });
});
