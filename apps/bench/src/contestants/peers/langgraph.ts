import type { BenchStore, SessionName } from '../bench-store.ts';
import type { Contestant } from '../contestant.ts';
import { type SampleEvent, sampleEvent } from '../sample-event.ts';
import { importPeer } from './import-peer.ts';

interface Config {
  readonly configurable: {
    readonly thread_id: string;
    readonly checkpoint_ns: string;
    readonly checkpoint_id?: string;
  };
}

interface Checkpoint {
  readonly v: number;
  readonly id: string;
  readonly ts: string;
  readonly channel_values: {
    readonly messages: readonly SampleEvent[];
    readonly state: Readonly<Record<string, unknown>>;
  };
  readonly channel_versions: Readonly<Record<string, number>>;
  readonly versions_seen: object;
}

interface Saver {
  getTuple(config: Config): Promise<{ config: Config; checkpoint: Checkpoint } | undefined>;
  put(
    ...request: readonly [
      config: Config,
      checkpoint: Checkpoint,
      metadata: object,
      versions: Readonly<Record<string, number>>,
    ]
  ): Promise<Config>;
}

const common = { kind: 'peer', group: 'sqlite' } as const;

const note =
  'A checkpointer: an append reads the last checkpoint and writes the next one with all messages and all state, as a step of a graph does. Older checkpoints stay, so that one can go back. No scopes, no list of threads; who writes last wins.';

export const langgraphSqlite: Contestant = {
  ...common,
  id: 'langgraph-sqlite',
  name: '@langchain/langgraph-checkpoint-sqlite',
  packages: ['@langchain/langgraph-checkpoint-sqlite', 'better-sqlite3'],
  note: `${note} WAL is its own, synchronous=NORMAL is set from outside.`,
  async open({ folder }) {
    const { SqliteSaver } = await importPeer<{
      readonly SqliteSaver: {
        fromConnString(file: string): Saver & {
          setup(): void;
          readonly db: { pragma(text: string): unknown; close(): unknown };
        };
      };
    }>('@langchain/langgraph-checkpoint-sqlite');
    const saver = SqliteSaver.fromConnString(`${folder}/langgraph.db`);
    saver.setup();
    saver.db.pragma('synchronous = NORMAL');
    return saverStore(saver, async () => saver.db.close());
  },
};

export const langgraphPostgres: Contestant = {
  ...common,
  id: 'langgraph-postgres',
  name: '@langchain/langgraph-checkpoint-postgres',
  group: 'postgres',
  packages: ['@langchain/langgraph-checkpoint-postgres', 'pg'],
  note,
  async open({ postgresUrl }) {
    const { PostgresSaver } = await importPeer<{
      readonly PostgresSaver: {
        fromConnString(url: string): Saver & {
          setup(): Promise<void>;
          end(): Promise<void>;
        };
      };
    }>('@langchain/langgraph-checkpoint-postgres');
    const saver = PostgresSaver.fromConnString(postgresUrl);
    await saver.setup();
    return saverStore(saver, () => saver.end());
  },
};

async function saverStore(saver: Saver, close: () => Promise<unknown>): Promise<BenchStore> {
  const { uuid6 } = await importPeer<{ readonly uuid6: (clock: number) => string }>(
    '@langchain/langgraph-checkpoint',
  );
  const read = async (name: SessionName) => {
    const tuple = await saver.getTuple(threadOf(name));
    if (tuple === undefined) throw new Error('the thread is missing');
    return tuple.checkpoint.channel_values;
  };
  const extend = async (
    name: SessionName,
    added: { readonly events: readonly SampleEvent[]; readonly state: object },
  ) => {
    const last = await saver.getTuple(threadOf(name));
    const before = last?.checkpoint.channel_values;
    const version = (last?.checkpoint.channel_versions['messages'] ?? 0) + 1;
    const versions = { messages: version, state: version };
    const checkpoint: Checkpoint = {
      v: 4,
      id: uuid6(version),
      ts: new Date().toISOString(),
      channel_values: {
        messages: [...(before?.messages ?? []), ...added.events],
        state: { ...before?.state, ...added.state },
      },
      channel_versions: versions,
      versions_seen: {},
    };
    const metadata = { source: 'loop', step: version, parents: {} };
    await saver.put(last?.config ?? threadOf(name), checkpoint, metadata, versions);
  };
  return {
    async fill({ user, sessions, from, count }) {
      const events = Array.from({ length: count }, (_, i) => sampleEvent(from + i));
      for (const session of sessions) await extend({ user, session }, { events, state: {} });
    },
    append: ({ n, delta, ...name }) =>
      extend(name, { events: [sampleEvent(n, delta)], state: delta }),
    recent: async ({ count, ...name }) => (await read(name)).messages.slice(-count),
    full: async (name) => (await read(name)).messages,
    async audit(name) {
      const { messages, state } = await read(name);
      return { ids: messages.map(({ id }) => id), state };
    },
    close,
  };
}

function threadOf({ user, session }: SessionName): Config {
  return { configurable: { thread_id: `${user}/${session}`, checkpoint_ns: '' } };
}
