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
export { allCases } from './all-cases.ts';
export type { Capability, CaseContext, Concern, ConformanceCase } from './conformance-case.ts';
export type {
  ConformanceOptions,
  ConformanceProgress,
  ServiceProcess,
} from './conformance-options.ts';
export { type CaseResult, type ConformanceReport, formatReport } from './conformance-report.ts';
export type { Random } from './random.ts';
export { runConformance } from './run-conformance.ts';
export {
  type TestRunner,
  testSessionService,
} from './test-session-service.ts';
