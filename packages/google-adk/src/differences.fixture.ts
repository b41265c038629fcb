import {
  type BaseSessionService,
  createEvent,
  createEventActions,
  type Event,
  InMemorySessionService,
  LogLevel,
  setLogLevel,
} from '@google/adk';
import { InMemorySessionService as HoldfastInMemory } from '@holdfast/in-memory';
import { useAdkDatabases } from './adk-database.fixture.ts';
import { HoldfastSessionService } from './holdfast-session-service.ts';

// One of the rows is about a warning.
setLogLevel(LogLevel.ERROR);

export const owner = { appName: 'app', userId: 'ada' };
export const key = { ...owner, sessionId: 'one' };

/** ADK's own stores, and ours over one of Holdfast. */
export function useServices() {
  const openDatabase = useAdkDatabases();
  const memory = () => new InMemorySessionService();
  const database = () => openDatabase().service;
  const ours = () => new HoldfastSessionService(new HoldfastInMemory());
  /** What one thing does on each of the three, errors as their message or code. */
  async function onEach(act: (service: BaseSessionService) => Promise<unknown>) {
    const run = (service: BaseSessionService) =>
      act(service).catch((error: Error & { code?: string }) => `${error.code ?? error.message}`);
    return {
      memory: await run(memory()),
      database: await run(database()),
      ours: await run(ours()),
    };
  }
  return { memory, database, ours, onEach };
}

export function said(words: string, more: Partial<Event> = {}): Event {
  const content = { role: 'user', parts: [{ text: words }] };
  return createEvent({ author: 'user', invocationId: 'i', content, ...more });
}

export function changing(stateDelta: Record<string, unknown>, more: Partial<Event> = {}): Event {
  return said('change', { ...more, actions: createEventActions({ stateDelta }) });
}

/** The texts of the session's events. */
export async function wordsIn(service: BaseSessionService, config = {}) {
  const session = await service.getSession({ ...key, config });
  return session?.events.map((event) => event.content?.parts?.[0]?.text).join(' ');
}
