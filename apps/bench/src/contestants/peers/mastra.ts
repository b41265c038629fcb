import type { BenchStore, SessionName } from '../bench-store.ts';
import type { Contestant } from '../contestant.ts';
import { sampleEvent } from '../sample-event.ts';
import { importPeer } from './import-peer.ts';

interface Memory {
  saveThread(request: { readonly thread: object }): Promise<unknown>;
  saveMessages(request: { readonly messages: readonly object[] }): Promise<unknown>;
  listMessages(request: object): Promise<{ readonly messages: readonly { readonly id: string }[] }>;
  listThreads(request: object): Promise<{ readonly threads: readonly unknown[] }>;
}

interface Mastra {
  readonly LibSQLStore: new (options: {
    readonly id: string;
    readonly url: string;
  }) => {
    init(): Promise<void>;
    getStore(domain: 'memory'): Promise<Memory>;
    close(): Promise<void>;
  };
}

const BATCH = 200;

export const mastraLibsql: Contestant = {
  id: 'mastra-libsql',
  name: '@mastra/libsql',
  kind: 'peer',
  group: 'sqlite',
  packages: ['@mastra/libsql', '@mastra/core', '@libsql/client'],
  note: "Threads and messages of Mastra's memory. State is not part of an append, so none is written here; an id is for all threads. WAL and synchronous=NORMAL are its own, without an option. It asks for Node 22.13; where it runs on an older one, that is luck.",
  open: ({ folder }) => openMastra(`${folder}/mastra.db`),
};

async function openMastra(file: string): Promise<BenchStore> {
  const { LibSQLStore } = await importPeer<Mastra>('@mastra/libsql');
  const storage = new LibSQLStore({ id: 'bench', url: `file:${file}` });
  await storage.init();
  const memory = await storage.getStore('memory');
  const list = async (name: SessionName, page: object) => {
    const found = await memory.listMessages({
      threadId: threadOf(name),
      page: 0,
      includeTotal: false,
      ...page,
    });
    return found.messages;
  };
  return {
    async fill({ user, sessions, from, count }) {
      for (const session of sessions) {
        const name = { user, session };
        if (from === 0) await memory.saveThread({ thread: newThread(name) });
        for (let first = from; first < from + count; first += BATCH) {
          const length = Math.min(BATCH, from + count - first);
          const messages = Array.from({ length }, (_, i) => messageOf(name, first + i));
          await memory.saveMessages({ messages });
        }
      }
    },
    append: ({ n, ...name }) => memory.saveMessages({ messages: [messageOf(name, n)] }),
    recent: ({ count, ...name }) =>
      list(name, { perPage: count, orderBy: { field: 'createdAt', direction: 'DESC' } }),
    full: (name) => list(name, { perPage: false }),
    async list({ user, limit }) {
      const found = await memory.listThreads({
        filter: { resourceId: user },
        perPage: limit,
        page: 0,
        orderBy: { field: 'updatedAt', direction: 'DESC' },
      });
      return found.threads;
    },
    async audit(name) {
      const messages = await list(name, { perPage: false });
      return { ids: messages.map(({ id }) => id.slice(threadOf(name).length + 1)) };
    },
    close: () => storage.close(),
  };
}

function threadOf({ user, session }: SessionName): string {
  return `${user}/${session}`;
}

function newThread(name: SessionName): object {
  const now = new Date();
  return {
    ...{ id: threadOf(name), resourceId: name.user, title: '', metadata: {} },
    ...{ createdAt: now, updatedAt: now },
  };
}

function messageOf(name: SessionName, n: number): object {
  const { id, timestamp, content } = sampleEvent(n);
  const [text, call] = content.parts;
  const { id: toolCallId, name: toolName, args } = call?.functionCall ?? {};
  return {
    id: `${threadOf(name)}/${id}`,
    threadId: threadOf(name),
    resourceId: name.user,
    role: 'assistant',
    type: 'v2',
    createdAt: new Date(timestamp),
    content: {
      format: 2,
      parts: [
        { type: 'text', text: text?.text ?? '' },
        {
          type: 'tool-invocation',
          toolInvocation: { state: 'call', toolCallId, toolName, args },
        },
      ],
    },
  };
}
