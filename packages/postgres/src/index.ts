export type {
  AppendEventRequest,
  AppendEventsRequest,
  CreateSessionRequest,
  DeleteSessionRequest,
  Event,
  EventInput,
  EventPage,
  GetOrCreateSessionRequest,
  GetSessionRequest,
  GetStateRequest,
  ListEventsRequest,
  ListSessionRequest,
  Session,
  SessionCapabilities,
  SessionKey,
  SessionPage,
  SessionService,
  SessionSummary,
  UpdateStateRequest,
} from '@holdfast/session';
export { isHoldfastError } from '@holdfast/session';
export type { PostgresValue } from './compose-statements.ts';
export type { PgClient, PgPool, PgPoolClient, PgQuery, PgResult } from './pg-driver.ts';
export type { Pglite, PgliteQueries } from './pglite-connections.ts';
export {
  type OpenPostgresOptions,
  PostgresSessionService,
  type PostgresSessionServiceOptions,
  printMigrations,
} from './postgres-session-service.ts';
