export {
  type AbortSignalLike,
  type CodeExecutionResult,
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
  type RouteKey,
  type SessionKey,
  thaw,
} from '@holdfast/core';
export { State, type StateDelta, type TakenDelta } from '@holdfast/state';
export { type IterateEventsRequest, iterateEvents } from './iterate-events.ts';
export type {
  AppendEventRequest,
  AppendEventsRequest,
  CreateSessionRequest,
  DeleteSessionRequest,
  EventWindowOptions,
  GetOrCreateSessionRequest,
  GetSessionRequest,
  GetStateRequest,
  ListEventsRequest,
  ListSessionRequest,
  ListSessionsOptions,
  Order,
  StateInput,
  UpdateStateRequest,
} from './requests.ts';
export type { SessionServiceOptions } from './service-options.ts';
export { Session, type SessionJson } from './session.ts';
export type { SessionPage, SessionSummary } from './session-page.ts';
export type { EventPage, SessionCapabilities, SessionService } from './session-service.ts';
export {
  type SessionServiceMethod,
  type SessionServiceWrapper,
  wrapSessionService,
} from './wrap-session-service.ts';
