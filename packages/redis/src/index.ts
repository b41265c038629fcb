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
export type { RedisClient, RedisPipeline } from './redis-client.ts';
export type {
  OpenRedisOptions,
  RedisSessionServiceOptions,
  RedisStoreOptions,
  WaitOptions,
} from './redis-options.ts';
export { RedisSessionService } from './redis-session-service.ts';
