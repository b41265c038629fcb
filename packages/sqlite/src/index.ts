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
export type { SqliteDatabase, SqliteStatement } from './sqlite-database.ts';
export type { SqliteDriverName } from './sqlite-driver.ts';
export {
  type OpenSqliteOptions,
  printMigrations,
  SqliteSessionService,
  type SqliteSessionServiceOptions,
} from './sqlite-session-service.ts';
