export {
  type AbortSignalLike,
  createGenerateContentConfig,
  createRunConfig,
  type GenerateContentConfig,
  type GenerateContentConfigInput,
  parseStreamingMode,
  type ResolvedRunConfig,
  type RunConfig,
  type RunConfigInput,
  StreamingMode,
  type StreamingModeName,
  streamingModeName,
} from './config.ts';
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
  Compaction,
  Event,
  EventActions,
  EventActionsInput,
  EventInput,
  Retraction,
  RouteKey,
} from './event.ts';
export {
  HoldfastError,
  type HoldfastErrorCode,
  type HoldfastErrorDetails,
  isHoldfastError,
} from './holdfast-error.ts';
export {
  type JsonArray,
  type JsonObject,
  type JsonValue,
  type Mutable,
  type MutableJsonValue,
  thaw,
} from './json.ts';
export type { SessionKey } from './session-key.ts';
export { createUuidV7 } from './uuid-v7.ts';
