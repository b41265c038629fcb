import type { BenchStore, SessionName } from '../bench-store.ts';
import { APP, type SampleEvent, sampleEvent } from '../sample-event.ts';
import { fillAdkTables } from './fill-adk-tables.ts';
import { type AdkSession, HeldSessions } from './held-sessions.ts';
import { importPeer } from './import-peer.ts';
import type { RowCopier } from './row-copier.ts';

export interface Config {
  readonly numRecentEvents: number;
}

export interface Service {
  createSession(app: string, user: string, state: object, session: string): Promise<AdkSession>;
  getSession(
    ...request: readonly [app: string, user: string, session: string, config?: Config]
  ): Promise<AdkSession | undefined>;
  listSessions(app: string, user: string): Promise<{ readonly sessions: readonly unknown[] }>;
  deleteSession(app: string, user: string, session: string): Promise<void>;
  appendEvent(session: AdkSession, event: SampleEvent): Promise<unknown>;
}

export interface DatabaseService extends Service {
  initializeDatabase(): Promise<void>;
  readonly db: { destroy(): Promise<void> };
}

/** The package, as far as it is used here. */
export interface Iqai {
  readonly InMemorySessionService: new () => Service & {
    readonly sessions: Map<string, Map<string, Map<string, AdkSession>>>;
  };
  readonly DatabaseSessionService: new (options: {
    readonly db: unknown;
    readonly skipTableCreation: boolean;
  }) => DatabaseService;
}

/** What it talks to databases with. */
export interface Kysely {
  readonly Kysely: new (options: { readonly dialect: unknown }) => unknown;
  readonly SqliteDialect: new (options: { readonly database: unknown }) => unknown;
  readonly PostgresDialect: new (options: { readonly pool: unknown }) => unknown;
}

/** The store over a database, whose tables are created. */
export async function openDatabase(
  dialect: unknown,
  { copier, timestamp }: { readonly copier: RowCopier; readonly timestamp: string },
): Promise<BenchStore> {
  const { Kysely } = await importPeer<Kysely>('kysely');
  const { DatabaseSessionService } = await importPeer<Iqai>('@iqai/adk');
  const db = new Kysely({ dialect });
  // By itself it creates the tables in the background, and a first call may do so, too.
  const service = new DatabaseSessionService({ db, skipTableCreation: true });
  await service.initializeDatabase();
  const load = ({ user, session }: SessionName) =>
    service.getSession(APP, user, session, { numRecentEvents: 1 });
  const held = new HeldSessions(load);
  const copyRows = fillAdkTables({
    copier,
    timestamp: () => timestamp,
    bodies: ['content', 'actions'],
    create: ({ user, session }) => service.createSession(APP, user, {}, session),
    append: (session, event) => service.appendEvent(session, event),
    remove: ({ user, session }) => service.deleteSession(APP, user, session),
  });
  return {
    ...calls(service, held),
    async fill(request) {
      await copyRows(request);
      const [session, ...others] = request.sessions;
      if (session === undefined || others.length > 0) return;
      const loaded = await load({ user: request.user, session });
      if (loaded !== undefined) held.hold({ user: request.user, session }, loaded);
    },
    async close() {
      await copier.close();
      await service.db.destroy();
    },
  };
}

/** The calls that it has over everything. */
export function calls(
  service: Service,
  held: HeldSessions,
): Pick<BenchStore, 'append' | 'recent' | 'full' | 'list' | 'audit'> {
  return {
    append: (request) =>
      held.append(request, (session) =>
        service.appendEvent(session, sampleEvent(request.n, request.delta)),
      ),
    recent: ({ user, session, count }) =>
      service.getSession(APP, user, session, { numRecentEvents: count }),
    full: ({ user, session }) => service.getSession(APP, user, session),
    list: async ({ user, limit }) => (await service.listSessions(APP, user)).sessions.slice(-limit),
    async audit({ user, session }) {
      const found = await service.getSession(APP, user, session);
      return { ids: found?.events.map(({ id }) => id) ?? [], state: found?.state ?? {} };
    },
  };
}
