import { join } from 'node:path';
import { InMemorySessionService } from '@holdfast/in-memory';
import type { SessionService } from '@holdfast/session';
import { afterEach } from 'vitest';
import { createExampleAgent } from '../agent/example-agent.ts';
import type { Model } from '../agent/model.ts';
import { OfflineModel } from '../agent/offline-model.ts';
import { createSteadyClock } from '../store/steady-clock.ts';
import { temporaryFolder } from '../store/temporary-folder.fixture.ts';
import { Client } from './client.fixture.ts';
import { createApp } from './create-app.ts';
import { fairService } from './fair-service.ts';
import { listen } from './listen.ts';
import { TurnHub } from './turn-hub.ts';
import { UserCookie } from './user-cookie.ts';

export const appName = 'holdfast-example';

export interface TestServerOptions {
  /** In memory where it is missing. It stays open. */
  readonly service?: SessionService;
  readonly model?: Model;
  /** Of the offline model, in ms. */
  readonly wordDelay?: number;
  readonly pageFolder?: string;
  /** How long others may keep it waiting, in ms. */
  readonly patience?: number;
}

/** The server in this process, on a port of its own. */
export interface TestServer {
  readonly url: string;
  readonly service: SessionService;
  readonly hub: TurnHub;
  /** A browser that has never been here. */
  client(): Client;
  close(): Promise<void>;
}

const open = new Set<TestServer>();
afterEach(async () => {
  for (const server of open) await server.close();
});

/** Starts a server, which ends with its test. */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { service = new InMemorySessionService({ now: createSteadyClock() }) } = options;
  const { patience } = options;
  const { model = new OfflineModel({ wordDelay: options.wordDelay ?? 0 }) } = options;
  const fair = fairService(service);
  const hub = new TurnHub({ service: fair, agent: createExampleAgent({ service: fair, model }) });
  const app = createApp({
    service: fair,
    hub,
    cookie: new UserCookie('a secret of the tests'),
    appName,
    storeDescription: 'a store of the tests',
    modelName: model.name,
    pageFolder: options.pageFolder ?? join(temporaryFolder(), 'page'),
    patience,
  });
  const port = { host: '127.0.0.1', port: 0, otherPorts: 0 };
  const { url, stop, close } = await listen({ app, ...port, patience });
  const server: TestServer = {
    url,
    service,
    hub,
    client: () => new Client(url),
    async close() {
      if (!open.delete(server)) return;
      stop();
      await hub.close();
      await close();
    },
  };
  open.add(server);
  return server;
}
