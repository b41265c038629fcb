import type { BenchStore, SessionName } from '../bench-store.ts';
import type { Contestant } from '../contestant.ts';
import { type SampleEvent, sampleEvent } from '../sample-event.ts';
import { importPeer } from './import-peer.ts';

interface Message {
  readonly type: string;
  readonly data: SampleEvent;
}

interface EventStore {
  appendToStream(
    stream: string,
    events: readonly Message[],
  ): Promise<{ readonly nextExpectedStreamVersion: bigint }>;
  readStream(
    stream: string,
    options?: { readonly from: bigint; readonly maxCount: bigint },
  ): Promise<{
    readonly events: readonly (Message & {
      readonly metadata: { readonly streamPosition: bigint };
    })[];
  }>;
}

const BATCH = 500;

const note =
  'An event store: no state beside the events (it is folded from them), no list of streams, no event id that makes a difference. A reader of the last events has to know the number of the last one; here it does.';

export const emmettSqlite: Contestant = {
  id: 'emmett-sqlite',
  name: '@event-driven-io/emmett-sqlite',
  kind: 'peer',
  group: 'sqlite',
  packages: ['@event-driven-io/emmett-sqlite', 'sqlite3'],
  note: `${note} One connection, with WAL of its own and synchronous=NORMAL set from outside; by itself it opens one for each call.`,
  async open({ folder }) {
    const { getSQLiteEventStore, sqliteConnection } = await importPeer<{
      readonly sqliteConnection: (options: { readonly fileName: string }) => {
        command(sql: string): Promise<unknown>;
        close(): void;
      };
      readonly getSQLiteEventStore: (options: object) => EventStore & {
        readonly schema: { migrate(): Promise<unknown> };
      };
    }>('@event-driven-io/emmett-sqlite');
    const fileName = `${folder}/emmett.db`;
    const connection = sqliteConnection({ fileName });
    await connection.command('PRAGMA synchronous = NORMAL');
    const connectionOptions = { singleton: true, connection };
    const events = getSQLiteEventStore({ fileName, connectionOptions });
    await events.schema.migrate();
    return eventStore(events, async () => connection.close());
  },
};

export const emmettPostgres: Contestant = {
  id: 'emmett-postgres',
  name: '@event-driven-io/emmett-postgresql',
  kind: 'peer',
  group: 'postgres',
  packages: ['@event-driven-io/emmett-postgresql', 'pg'],
  note,
  async open({ postgresUrl }) {
    const { getPostgreSQLEventStore } = await importPeer<{
      readonly getPostgreSQLEventStore: (url: string) => EventStore & {
        readonly schema: { migrate(): Promise<unknown> };
        close(): Promise<void>;
      };
    }>('@event-driven-io/emmett-postgresql');
    const events = getPostgreSQLEventStore(postgresUrl);
    await events.schema.migrate();
    return eventStore(events, () => events.close());
  },
};

function eventStore(store: EventStore, close: () => Promise<unknown>): BenchStore {
  const versions = new Map<string, bigint>();
  const append = async (name: SessionName, events: readonly SampleEvent[]) => {
    const stream = streamOf(name);
    const messages = events.map((data) => ({ type: 'AgentEvent', data }));
    const { nextExpectedStreamVersion } = await store.appendToStream(stream, messages);
    versions.set(stream, nextExpectedStreamVersion);
  };
  return {
    async fill({ user, sessions, from, count }) {
      for (const session of sessions) {
        for (let first = from; first < from + count; first += BATCH) {
          const length = Math.min(BATCH, from + count - first);
          const events = Array.from({ length }, (_, i) => sampleEvent(first + i));
          await append({ user, session }, events);
        }
      }
    },
    append: ({ n, delta, ...name }) => append(name, [sampleEvent(n, delta)]),
    async recent({ count, ...name }) {
      const stream = streamOf(name);
      const from = (versions.get(stream) ?? 0n) - BigInt(count) + 1n;
      return (await store.readStream(stream, { from, maxCount: BigInt(count) })).events;
    },
    full: async (name) => (await store.readStream(streamOf(name))).events,
    async audit(name) {
      const { events } = await store.readStream(streamOf(name));
      return {
        ids: events.map(({ data }) => data.id),
        seqs: events.map(({ metadata }) => Number(metadata.streamPosition)),
      };
    },
    close,
  };
}

function streamOf({ user, session }: SessionName): string {
  return `session-${user}_${session}`;
}
