import type { Contestant } from '../contestant.ts';
import { APP, sampleEvent } from '../sample-event.ts';
import { HeldSessions } from './held-sessions.ts';
import { importPeer } from './import-peer.ts';
import { calls, type Iqai, type Kysely, openDatabase } from './iqai-adk-store.ts';
import { postgresRowCopier, sqliteRowCopier } from './row-copier.ts';

type SqliteDriver = new (file: string) => { pragma(text: string): unknown };

const common = { name: '@iqai/adk', kind: 'peer', sameWork: true } as const;

const note =
  'An ADK for TypeScript. A caller holds a session object and appends to it. It has no pages of lists.';

const database =
  'An append with an object that is not up to date is refused. State is one JSON object for each scope.';

export const iqaiAdkMemory: Contestant = {
  ...common,
  id: 'iqai-adk-memory',
  group: 'memory',
  packages: ['@iqai/adk'],
  note: `${note} It keeps the very objects that it is given, and copies all of a session when one is read.`,
  async open() {
    const { InMemorySessionService } = await importPeer<Iqai>('@iqai/adk');
    const service = new InMemorySessionService();
    const held = new HeldSessions(({ user, session }) => service.getSession(APP, user, session));
    return {
      ...calls(service, held),
      async fill({ user, sessions, from, count }) {
        for (const session of sessions) {
          if (from === 0) {
            held.hold({ user, session }, await service.createSession(APP, user, {}, session));
          }
          const events = Array.from({ length: count }, (_, i) => sampleEvent(from + i));
          service.sessions
            .get(APP)
            ?.get(user)
            ?.get(session)
            ?.events.push(...events);
        }
      },
      close: async () => {},
    };
  },
};

export const iqaiAdkSqlite: Contestant = {
  ...common,
  id: 'iqai-adk-sqlite',
  group: 'sqlite',
  packages: ['@iqai/adk', 'better-sqlite3', 'kysely'],
  note: `${note} ${database} WAL and synchronous=NORMAL are set from outside.`,
  async open({ folder }) {
    const { default: Database } = await importPeer<{ default: SqliteDriver }>('better-sqlite3');
    const { SqliteDialect } = await importPeer<Kysely>('kysely');
    const file = `${folder}/iqai-adk.db`;
    const database = new Database(file);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    return openDatabase(new SqliteDialect({ database }), {
      copier: sqliteRowCopier(file),
      timestamp: "strftime('%Y-%m-%d %H:%M:%f', '2020-01-01', (n / 1000.0) || ' seconds')",
    });
  },
};

export const iqaiAdkPostgres: Contestant = {
  ...common,
  id: 'iqai-adk-postgres',
  group: 'postgres',
  packages: ['@iqai/adk', 'pg', 'kysely'],
  note: `${note} ${database} A pool of 16.`,
  async open({ postgresUrl }) {
    const { PostgresDialect } = await importPeer<Kysely>('kysely');
    const { default: pg } = await importPeer<{
      readonly default: { readonly Pool: new (options: object) => unknown };
    }>('pg');
    const pool = new pg.Pool({ connectionString: postgresUrl, max: 16 });
    return openDatabase(new PostgresDialect({ pool }), {
      copier: await postgresRowCopier(postgresUrl),
      timestamp: "timestamp '2020-01-01' + n * interval '1 ms'",
    });
  },
};
