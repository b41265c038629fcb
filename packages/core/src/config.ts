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
