export type { AbortSignalLike } from './abort-signal.ts';
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
export {
  createGenerateContentConfig,
  type GenerateContentConfig,
  type GenerateContentConfigInput,
} from './generate-content-config.ts';
export {
  createRunConfig,
  type ResolvedRunConfig,
  type RunConfig,
  type RunConfigInput,
} from './run-config.ts';
export {
  parseStreamingMode,
  StreamingMode,
  type StreamingModeName,
  streamingModeName,
} from './streaming-mode.ts';
