import type { BenchStore, SessionName } from '../bench-store.ts';
import { APP, type SampleEvent, sampleEvent } from '../sample-event.ts';
import { fillAdkTables } from './fill-adk-tables.ts';
import { type AdkSession, HeldSessions } from './held-sessions.ts';
import { importPeer } from './import-peer.ts';
import type { RowCopier } from './row-copier.ts';

export interface Key {
  readonly appName: string;
  readonly userId: string;
  readonly sessionId: string;
}

export interface Service {
  createSession(request: Key): Promise<AdkSession>;
  getSession(
    request: Key & { readonly config?: { readonly numRecentEvents: number } },
  ): Promise<AdkSession | undefined>;
  listSessions(request: {
    readonly appName: string;
    readonly userId: string;
    readonly limit: number;
    readonly order: 'desc';
  }): Promise<{ readonly sessions: readonly unknown[] }>;
  deleteSession(request: Key): Promise<void>;
  appendEvent(request: {
    readonly session: AdkSession;
    readonly event: SampleEvent;
  }): Promise<unknown>;
}

export interface DatabaseService extends Service {
  init(): Promise<void>;
  readonly orm: {
    readonly em: {
      getConnection(): { execute(sql: string): Promise<unknown> };
    };
    close(force: boolean): Promise<void>;
  };
}

/** The package, as far as it is used here. */
export interface Adk {
  readonly InMemorySessionService: new () => Service & {
    readonly sessions: Record<string, Record<string, Record<string, AdkSession>>>;
  };
  readonly DatabaseSessionService: new (options: object) => DatabaseService;
}

/** Creates the tables. */
export async function openDatabase(options: object): Promise<DatabaseService> {
  const { DatabaseSessionService } = await importPeer<Adk>('@google/adk');
  const service = new DatabaseSessionService(options);
  await service.init();
  return service;
}

/** The store over a database. */
export function databaseStore(
  service: DatabaseService,
  filling: { readonly copier: RowCopier; readonly timestamp: (mark: string) => string },
): BenchStore {
  const config = { numRecentEvents: 1 };
  const load = (name: SessionName) => service.getSession({ ...keyOf(name), config });
  const held = new HeldSessions(load);
  const calledFill = fillAdkTables({
    ...filling,
    bodies: ['event_data'],
    create: (name) => service.createSession(keyOf(name)),
    append: (session, event) => service.appendEvent({ session, event }),
    remove: (name) => service.deleteSession(keyOf(name)),
  });
  return {
    ...calls(service, held),
    async fill(request) {
      await calledFill(request);
      const [session, ...others] = request.sessions;
      if (session === undefined || others.length > 0) return;
      const loaded = await load({ user: request.user, session });
      if (loaded !== undefined) held.hold({ user: request.user, session }, loaded);
    },
    async close() {
      await filling.copier.close();
      await service.orm.close(true);
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
        service.appendEvent({ session, event: sampleEvent(request.n, request.delta) }),
      ),
    recent: ({ user, session, count }) =>
      service.getSession({
        appName: APP,
        userId: user,
        sessionId: session,
        config: { numRecentEvents: count },
      }),
    full: (name) => service.getSession(keyOf(name)),
    list: async ({ user, limit }) =>
      (await service.listSessions({ appName: APP, userId: user, limit, order: 'desc' })).sessions,
    async audit(name) {
      const session = await service.getSession(keyOf(name));
      return { ids: session?.events.map(({ id }) => id) ?? [], state: session?.state ?? {} };
    },
  };
}

export function keyOf({ user, session }: SessionName): Key {
  return { appName: APP, userId: user, sessionId: session };
}
