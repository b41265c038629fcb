export type {
  AbortSignalLike,
  CodeExecutionResult,
  Compaction,
  Content,
  Event,
  EventActions,
  EventActionsInput,
  EventInput,
  ExecutableCode,
  FileData,
  FunctionCall,
  FunctionResponse,
  HoldfastErrorCode,
  HoldfastErrorDetails,
  InlineData,
  JsonArray,
  JsonObject,
  JsonValue,
  Part,
  Retraction,
  RouteKey,
  SessionKey,
} from '@holdfast/core';
export { HoldfastError, isHoldfastError } from '@holdfast/core';
export type { State, StateDelta, StateScope, StoredScope, TakenDelta } from '@holdfast/state';
export {
  applyChanges,
  applyIncrements,
  EMPTY_SCOPE,
  foldState,
  incremented,
  type ScopedChanges,
  type ScopedIncrements,
  type ScopeState,
  type StateChanges,
  type StateIncrements,
  type StoredState,
  stateRecord,
} from '@holdfast/state/internal';
export type { MaybePromise } from './call-gate.ts';
export { CallTimer } from './call-timer.ts';
export { copyEvent } from './copy-event.ts';
export { driverExport, driverLoadError } from './driver-module.ts';
export { erasedEvent } from './erased-event.ts';
export { onNextTurn } from './event-loop-turn.ts';
export { eventMark, markOf } from './event-mark.ts';
export { checkSignal, onAbort } from './life/abort-signal.ts';
export {
  comparePositions,
  decodeListCursor,
  encodeListCursor,
  type ListIdentity,
  type ListPosition,
} from './list-cursor.ts';
export {
  corrupt,
  parseStoredEvent,
  parseStoredValue,
  type StoredEventPlace,
  type StoredOwner,
} from './parse-stored.ts';
export {
  type CheckedAppend,
  numberEvents,
  type PreparedAppend,
  prepareAppendEvent,
} from './prepare-append.ts';
export type { PreparedCreate } from './prepare-create.ts';
export type { PreparedEvent } from './prepare-event.ts';
export type { PreparedGet } from './prepare-get.ts';
export { MAX_PAGE_LIMIT, type PreparedList } from './prepare-list.ts';
export type { PreparedListEvents } from './prepare-list-events.ts';
export type { PreparedGetState, PreparedUpdateState } from './prepare-state.ts';
export type {
  EraseOutcome,
  ImportedRow,
  PreparedDeleteExpired,
  PreparedEraseUser,
  PreparedImport,
  PreparedListUsers,
  PreparedReleaseTurn,
  PreparedSweep,
  PreparedTurn,
  PreparedUpdateSession,
  TurnOutcome,
} from './prepared-life.ts';
export type {
  ForkOutcome,
  IncrementRefused,
  PreparedErase,
  PreparedFork,
  PreparedIncrement,
  PreparedIncrementState,
} from './prepared-writes.ts';
export { realTimers, type Timers } from './real-timers.ts';
export { remainingEvents } from './remaining-events.ts';
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
export {
  checkServiceOptions,
  type SessionServiceOptions,
  type WriteOptions,
} from './service-options.ts';
export type { Session, SessionJson, SessionSnapshot } from './session.ts';
export {
  type Expires,
  encodeDetails,
  expireTimeOf,
  type ForkPoint,
  isExpired,
  type Labels,
  NO_DETAILS,
  parseDetails,
  type SessionDetails,
} from './session-details.ts';
export {
  changedTooOften,
  incarnationConflict,
  noAnswerInTime,
  sessionNotFound,
} from './session-errors.ts';
export {
  cutPage,
  type SessionPage,
  type SessionSummary,
  type StoredPage,
  type StoredSummary,
} from './session-page.ts';
export type {
  ErasedUser,
  EventPage,
  SessionCapabilities,
  SessionService,
  SweepResult,
  UserPage,
} from './session-service.ts';
export type {
  AppendOutcome,
  EventKey,
  FoundEvent,
  ListedEvents,
  PreparedDelete,
  SessionPlace,
  SessionStore,
  SharedState,
  StoreCapabilities,
} from './session-store.ts';
export { StoredSessionService } from './stored-session-service.ts';
export { type Summary, summaryOf } from './summary-of.ts';
export { type ErrorDescription, translateWith } from './translate-error.ts';
export { SESSION_SERVICE_METHODS, type SessionServiceMethod } from './wrap-session-service.ts';
