export {
  InMemorySessionService,
  type InMemorySessionServiceOptions,
} from './in-memory-session-service.ts';
