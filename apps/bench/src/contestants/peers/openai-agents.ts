import type { BenchStore, SessionName } from '../bench-store.ts';
import type { Contestant } from '../contestant.ts';
import { sampleEvent } from '../sample-event.ts';
import { importPeer } from './import-peer.ts';

interface Item {
  readonly id: string;
}

interface MemorySession {
  getItems(limit?: number): Promise<readonly Item[]>;
  addItems(items: readonly Item[]): Promise<void>;
}

export const openaiAgentsMemory: Contestant = {
  id: 'openai-agents-memory',
  name: '@openai/agents-core MemorySession',
  kind: 'peer',
  group: 'memory',
  packages: ['@openai/agents-core'],
  note: 'One object for each session, which its authors mean for demos and tests. No state, no ids that count, no list of sessions. Its log of what it keeps is turned off. An event is one message here; the function call goes along as data of the provider.',
  open: openMemory,
};

async function openMemory(): Promise<BenchStore> {
  // Otherwise each call writes all of it as JSON, for a log that is off.
  process.env['OPENAI_AGENTS_DONT_LOG_MODEL_DATA'] = '1';
  process.env['OPENAI_AGENTS_DONT_LOG_TOOL_DATA'] = '1';
  const { MemorySession } = await importPeer<{
    readonly MemorySession: new (options: { readonly sessionId: string }) => MemorySession;
  }>('@openai/agents-core');
  const sessions = new Map<string, MemorySession>();
  const find = ({ user, session }: SessionName) => {
    const found = sessions.get(`${user} ${session}`);
    if (found === undefined) throw new Error('the session is missing');
    return found;
  };
  return {
    async fill({ user, sessions: names, from, count }) {
      for (const session of names) {
        if (from === 0) {
          sessions.set(`${user} ${session}`, new MemorySession({ sessionId: session }));
        }
        await find({ user, session }).addItems(
          Array.from({ length: count }, (_, i) => itemOf(from + i)),
        );
      }
    },
    append: (request) => find(request).addItems([itemOf(request.n)]),
    recent: (request) => find(request).getItems(request.count),
    full: (name) => find(name).getItems(),
    audit: async (name) => ({ ids: (await find(name).getItems()).map(({ id }) => id) }),
    close: async () => sessions.clear(),
  };
}

function itemOf(n: number): Item {
  const { id, author, timestamp, content } = sampleEvent(n);
  const [text, call] = content.parts;
  const item = {
    id,
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text: text?.text ?? '' }],
    providerData: { author, timestamp, functionCall: call?.functionCall },
  };
  return item;
}
