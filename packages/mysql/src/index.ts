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
export {
  MysqlSessionService,
  type MysqlSessionServiceOptions,
  type OpenMysqlOptions,
  printMigrations,
} from './mysql-session-service.ts';
export type {
  MysqlConnection,
  MysqlDriverClient,
  MysqlPool,
  MysqlPoolConnection,
  MysqlSingleConnection,
  MysqlStatement,
} from './mysql2-client.ts';
