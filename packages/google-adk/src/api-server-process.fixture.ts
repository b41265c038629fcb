import { fileURLToPath } from 'node:url';
import { LogLevel } from '@google/adk';
import { AdkApiServer } from '@google/adk-devtools';
import { InMemorySessionService } from '@holdfast/in-memory';
import { PostgresSessionService } from '@holdfast/postgres';
import pg from 'pg';
import { guardApiServer } from './guard-api-server.ts';
import { HoldfastSessionService } from './holdfast-session-service.ts';

/** What the process serves. */
export interface ApiServerOptions {
  /** Where PostgreSQL is, which may be down; undefined for the store in memory. */
  readonly postgresUrl?: string;
  readonly isGuarded?: boolean;
}

const { postgresUrl, isGuarded }: ApiServerOptions = JSON.parse(process.argv[2] ?? '{}');
const store =
  postgresUrl === undefined
    ? new InMemorySessionService()
    : new PostgresSessionService({ client: new pg.Pool({ connectionString: postgresUrl }) });
const server = new AdkApiServer({
  agentsDir: fileURLToPath(new URL('./api-agent.fixture.ts', import.meta.url)),
  agentFileLoadOptions: { compile: false, bundle: false },
  host: '127.0.0.1',
  sessionService: new HoldfastSessionService(store),
  logLevel: LogLevel.ERROR,
});
if (isGuarded) guardApiServer(server);
await server.start();
process.send?.(server.url);
