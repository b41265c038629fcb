export { checkSessionKey } from './check-session-key.ts';
export type {
  CodeExecutionResult,
  Content,
  ExecutableCode,
  FileData,
  FunctionCall,
  FunctionResponse,
  InlineData,
  Part,
} from './content.ts';
export { createEvent } from './create-event.ts';
export type {
  Event,
  EventActions,
  EventActionsInput,
  EventInput,
  RouteKey,
} from './event.ts';
export {
  createGenerateContentConfig,
  type GenerateContentConfig,
  type GenerateContentConfigInput,
} from './generate-content-config.ts';
export {
  HoldfastError,
  type HoldfastErrorCode,
  type HoldfastErrorDetails,
  invalidArgument,
  isHoldfastError,
} from './holdfast-error.ts';
export {
  checkIdentifier,
  compareIdentifiers,
  describeType,
  identifierProblem,
  MAX_IDENTIFIER_BYTES,
} from './identifier.ts';
export {
  checkInteger,
  checkTimestamp,
  type IntegerRange,
  isTimestamp,
  MAX_TIMESTAMP,
} from './integer.ts';
export {
  type JsonArray,
  type JsonObject,
  type JsonValue,
  setOwn,
} from './json.ts';
export {
  isPlainObject,
  JsonCopier,
  MAX_JSON_BYTES,
  MAX_JSON_DEPTH,
} from './json-copier.ts';
export { jsonEqual } from './json-equal.ts';
export { formatJsonPath, type JsonPathStep } from './json-path.ts';
export {
  createRunConfig,
  type ResolvedRunConfig,
  type RunConfig,
  type RunConfigInput,
} from './run-config.ts';
export { describeSessionKey, type SessionKey } from './session-key.ts';
export {
  parseStreamingMode,
  StreamingMode,
  type StreamingModeName,
  streamingModeName,
} from './streaming-mode.ts';
export { createUuidV7 } from './uuid-v7.ts';
