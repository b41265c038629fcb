import type { Contestant } from '../contestant.ts';
import { APP, sampleEvent } from '../sample-event.ts';
import { type Adk, calls, databaseStore, keyOf, openDatabase } from './google-adk-store.ts';
import { HeldSessions } from './held-sessions.ts';
import { importPeer } from './import-peer.ts';
import { postgresRowCopier, sqliteRowCopier } from './row-copier.ts';

const common = { name: '@google/adk', kind: 'peer', sameWork: true } as const;

const note =
  'The ADK itself. An event id that comes again replaces the event. A caller holds a session object and appends to it; it also keeps the events there.';

export const googleAdkMemory: Contestant = {
  ...common,
  id: 'google-adk-memory',
  group: 'memory',
  packages: ['@google/adk'],
  note: `${note} It keeps the very objects that it is given, and copies all of a session when one is read.`,
  async open() {
    const { InMemorySessionService } = await importPeer<Adk>('@google/adk');
    const service = new InMemorySessionService();
    const held = new HeldSessions((name) => service.getSession(keyOf(name)));
    return {
      ...calls(service, held),
      async fill({ user, sessions, from, count }) {
        for (const session of sessions) {
          const name = { user, session };
          if (from === 0) held.hold(name, await service.createSession(keyOf(name)));
          const events = Array.from({ length: count }, (_, i) => sampleEvent(from + i));
          service.sessions[APP]?.[user]?.[session]?.events.push(...events);
        }
      },
      close: async () => {},
    };
  },
};

export const googleAdkSqlite: Contestant = {
  ...common,
  id: 'google-adk-sqlite',
  group: 'sqlite',
  packages: ['@google/adk', '@mikro-orm/sqlite', 'sqlite3'],
  note: `${note} State is one JSON object for each scope. WAL and synchronous=NORMAL are set from outside.`,
  async open({ folder }) {
    const { SqliteDriver } = await importPeer<{ SqliteDriver: unknown }>('@mikro-orm/sqlite');
    const file = `${folder}/google-adk.db`;
    const service = await openDatabase({ driver: SqliteDriver, dbName: file });
    const connection = service.orm.em.getConnection();
    await connection.execute('PRAGMA journal_mode = WAL');
    await connection.execute('PRAGMA synchronous = NORMAL');
    return databaseStore(service, {
      copier: sqliteRowCopier(file),
      timestamp: (mark) => `t.timestamp - ${mark} + n`,
    });
  },
};

export const googleAdkPostgres: Contestant = {
  ...common,
  id: 'google-adk-postgres',
  group: 'postgres',
  packages: ['@google/adk', '@mikro-orm/postgresql', 'pg'],
  note: `${note} State is one JSON object for each scope. A pool of 16.`,
  async open({ postgresUrl }) {
    const { PostgreSqlDriver } = await importPeer<{ PostgreSqlDriver: unknown }>(
      '@mikro-orm/postgresql',
    );
    const service = await openDatabase({
      driver: PostgreSqlDriver,
      clientUrl: postgresUrl,
      pool: { min: 0, max: 16 },
    });
    return databaseStore(service, {
      copier: await postgresRowCopier(postgresUrl),
      timestamp: (mark) => `t.timestamp + (n - ${mark}) * interval '1 ms'`,
    });
  },
};
