export type { RunConfig, RunConfigInput, StreamingMode } from '@holdfast/core';
// The types of Holdfast: those of the same names that ADK has come from `@google/adk`.
export type {
  AppendEventRequest,
  AppendEventsRequest,
  CodeExecutionResult,
  Content,
  CreateSessionRequest,
  DeleteSessionRequest,
  Event,
  EventActions,
  EventActionsInput,
  EventInput,
  EventPage,
  ExecutableCode,
  FileData,
  FunctionCall,
  FunctionResponse,
  GetOrCreateSessionRequest,
  GetSessionRequest,
  GetStateRequest,
  HoldfastError,
  HoldfastErrorCode,
  HoldfastErrorDetails,
  InlineData,
  JsonArray,
  JsonObject,
  JsonValue,
  ListEventsRequest,
  ListSessionRequest,
  ListSessionsOptions,
  Order,
  Part,
  RouteKey,
  Session,
  SessionCapabilities,
  SessionJson,
  SessionKey,
  SessionPage,
  SessionService,
  SessionSummary,
  State,
  StateDelta,
  StateInput,
  TakenDelta,
  UpdateStateRequest,
} from '@holdfast/session';
export { isHoldfastError } from '@holdfast/session';
export { guardApiServer } from './guard-api-server.ts';
export {
  HoldfastSessionService,
  type HoldfastSessionServiceOptions,
} from './holdfast-session-service.ts';
export type {
  AdkDatabase,
  AdkDatabaseDialect,
  AdkDatabaseRow,
} from './import/adk-database.ts';
export {
  type AdkImportReport,
  type AdkImportRequest,
  importAdkDatabase,
} from './import/import-adk-database.ts';
export type {
  AdkImportNote,
  AdkMappedRow,
  AdkRefusal,
  AdkRefusalAnswer,
  AdkRefusedRow,
  AdkTable,
  OnAdkRefused,
} from './import/refused-row.ts';
export type { StateValues } from './state-from-adk.ts';
export { toAdkRunConfig } from './to-adk-run-config.ts';
