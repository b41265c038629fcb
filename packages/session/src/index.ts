export type { EventPage, SessionPage, SessionSummary } from './answers.ts';
export { CallGate } from './call-gate.ts';
export type { SessionCapabilities } from './capabilities.ts';
export { type IterateEventsRequest, iterateEvents } from './iterate-events.ts';
export {
  decodeListCursor,
  encodeListCursor,
  type ListIdentity,
  type ListPosition,
} from './list-cursor.ts';
export { matchStored } from './match-stored.ts';
export {
  type PrepareAppendOptions,
  type PreparedAppend,
  prepareAppendEvent,
  prepareAppendEvents,
} from './prepare-append.ts';
export {
  type PreparedCreate,
  prepareCreate,
  prepareGetOrCreate,
} from './prepare-create.ts';
export {
  checkWriteLimits,
  type PreparedEvent,
  type WriteLimits,
} from './prepare-event.ts';
export {
  type EventWindow,
  type PreparedGet,
  prepareDelete,
  prepareEventWindow,
  prepareGet,
} from './prepare-get.ts';
export {
  DEFAULT_PAGE_LIMIT,
  MAX_PAGE_LIMIT,
  type PreparedList,
  prepareList,
} from './prepare-list.ts';
export {
  type PreparedListEvents,
  prepareListEvents,
} from './prepare-list-events.ts';
export {
  type PreparedGetState,
  type PreparedUpdateState,
  prepareGetState,
  prepareUpdateState,
} from './prepare-state.ts';
export type {
  AppendEventRequest,
  AppendEventsRequest,
  CreateSessionRequest,
  DeleteSessionRequest,
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
export { Session, type SessionJson, type SessionSnapshot } from './session.ts';
export {
  revisionConflict,
  serviceClosed,
  sessionExists,
  sessionNotFound,
} from './session-errors.ts';
export type { SessionService } from './session-service.ts';
export { type SummarySource, summarizeSession } from './summarize-session.ts';
