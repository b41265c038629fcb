import type { Starter } from './starter.ts';

const EVENT = `{
  id: 'event', invocationId: 'invocation', author: 'user', timestamp: Date.now(),
  content: { role: 'user', parts: [{ text: 'hello' }] }, actions: { stateDelta: {} },
}`;

/** Other libraries, with the versions that are compared. Appends are to what needs no server. */
export const PEER_STARTERS: readonly Starter[] = [
  {
    id: 'google-adk-memory',
    name: '@google/adk',
    kind: 'peer',
    group: 'memory',
    install: ['@google/adk@2.0.0'],
    importCode: "import '@google/adk';",
    appendCode: () => `
      import { InMemorySessionService } from '@google/adk';
      const service = new InMemorySessionService();
      const session = await service.createSession({ appName: 'bench', userId: 'user' });
      await service.appendEvent({ session, event: ${EVENT} });`,
  },
  {
    id: 'iqai-adk-memory',
    name: '@iqai/adk',
    kind: 'peer',
    group: 'memory',
    install: ['@iqai/adk@0.5.9', 'langfuse@3.39.2'],
    importCode: "import '@iqai/adk';",
    appendCode: () => `
      import { InMemorySessionService } from '@iqai/adk';
      const service = new InMemorySessionService();
      const session = await service.createSession('bench', 'user');
      await service.appendEvent(session, ${EVENT});`,
  },
  {
    id: 'openai-agents-memory',
    name: '@openai/agents-core',
    kind: 'peer',
    group: 'memory',
    install: ['@openai/agents-core@0.20.0', 'zod@4.2.1'],
    importCode: "import '@openai/agents-core';",
    appendCode: () => `
      import { MemorySession } from '@openai/agents-core';
      const session = new MemorySession();
      await session.addItems([{ type: 'message', role: 'user', content: 'hello' }]);`,
  },
  {
    id: 'langgraph-sqlite',
    name: '@langchain/langgraph-checkpoint-sqlite',
    kind: 'peer',
    group: 'sqlite',
    install: [
      '@langchain/langgraph-checkpoint-sqlite@1.0.4',
      '@langchain/langgraph-checkpoint@1.2.2',
      '@langchain/core@1.4.0',
    ],
    importCode: "import '@langchain/langgraph-checkpoint-sqlite';",
  },
  {
    id: 'mastra-libsql',
    name: '@mastra/libsql',
    kind: 'peer',
    group: 'sqlite',
    install: ['@mastra/libsql@1.23.1', '@mastra/core@1.71.0', 'zod@4.2.1'],
    importCode: "import '@mastra/libsql';",
  },
  {
    id: 'emmett-sqlite',
    name: '@event-driven-io/emmett-sqlite',
    kind: 'peer',
    group: 'sqlite',
    install: [
      '@event-driven-io/emmett-sqlite@0.42.4',
      '@event-driven-io/emmett@0.42.0',
      'sqlite3@5.1.7',
    ],
    importCode: "import '@event-driven-io/emmett-sqlite';",
  },
  {
    id: 'langgraph-postgres',
    name: '@langchain/langgraph-checkpoint-postgres',
    kind: 'peer',
    group: 'postgres',
    install: [
      '@langchain/langgraph-checkpoint-postgres@1.0.5',
      '@langchain/langgraph-checkpoint@1.2.2',
      '@langchain/core@1.4.0',
    ],
    importCode: "import '@langchain/langgraph-checkpoint-postgres';",
  },
  {
    id: 'emmett-postgres',
    name: '@event-driven-io/emmett-postgresql',
    kind: 'peer',
    group: 'postgres',
    install: [
      '@event-driven-io/emmett-postgresql@0.42.0',
      '@event-driven-io/emmett@0.42.0',
      '@event-driven-io/pongo@0.16.11',
      '@event-driven-io/dumbo@0.12.7',
    ],
    importCode: "import '@event-driven-io/emmett-postgresql';",
  },
];
