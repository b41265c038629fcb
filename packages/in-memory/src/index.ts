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
  InMemorySessionService,
  type InMemorySessionServiceOptions,
} from './in-memory-session-service.ts';
