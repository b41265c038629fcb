export {
  type AbortSignalLike,
  type CodeExecutionResult,
  type Compaction,
  type Content,
  createEvent,
  type Event,
  type EventActions,
  type EventActionsInput,
  type EventInput,
  type ExecutableCode,
  type FileData,
  type FunctionCall,
  type FunctionResponse,
  HoldfastError,
  type HoldfastErrorCode,
  type HoldfastErrorDetails,
  type InlineData,
  isHoldfastError,
  type JsonArray,
  type JsonObject,
  type JsonValue,
  type Mutable,
  type MutableJsonValue,
  type Part,
  type Retraction,
  type RouteKey,
  type SessionKey,
  thaw,
} from '@holdfast/core';
export { State, type StateDelta, type TakenDelta } from '@holdfast/state';
export type { EventRecord, ExportRecord, SessionRecord, StateRecord } from './export-record.ts';
export {
  type ExportAppRequest,
  type ExportService,
  type ExportUserRequest,
  exportApp,
  exportUser,
} from './export-records.ts';
export { type ImportResult, importRecords } from './import-records.ts';
export { type IterateEventsRequest, iterateEvents } from './iterate-events.ts';
export type {
  AcquireTurnRequest,
  AppendEventRequest,
  AppendEventsRequest,
  CreateSessionRequest,
  DeleteSessionRequest,
  EraseUserRequest,
  EventWindowOptions,
  ForkSessionRequest,
  GetEventRequest,
  GetOrCreateSessionRequest,
  GetSessionRequest,
  GetStateRequest,
  ImportedSession,
  ImportPart,
  ImportSessionRequest,
  ListEventsRequest,
  ListSessionRequest,
  ListSessionsOptions,
  ListUsersRequest,
  MarkerOptions,
  NewSessionOptions,
  Order,
  ReleaseTurnRequest,
  RetractEventsRequest,
  RewindSessionRequest,
  StateInput,
  SweepOptions,
  SweepRequest,
  UpdateSessionRequest,
  UpdateStateRequest,
  WatchSessionRequest,
} from './requests.ts';
export type { SessionServiceOptions } from './service-options.ts';
export { Session, type SessionJson } from './session.ts';
export type { Expires, ForkPoint, Labels } from './session-details.ts';
export type { SessionPage, SessionSummary } from './session-page.ts';
export type {
  ErasedUser,
  EventPage,
  SessionCapabilities,
  SessionService,
  SweepResult,
  UserPage,
} from './session-service.ts';
export {
  type TakeTurnRequest,
  type Turn,
  type TurnAppend,
  type TurnService,
  takeTurn,
} from './take-turn.ts';
export {
  type SessionServiceMethod,
  type SessionServiceWrapper,
  wrapSessionService,
} from './wrap-session-service.ts';
