import type { RunConfig as AdkRunConfig } from '@google/adk';
import {
  createRunConfig,
  type JsonObject,
  type RunConfigInput,
  streamingModeName,
  thaw,
} from '@holdfast/core';

/**
 * A `RunConfig` as ADK's `Runner` takes it. It is checked, and gets the defaults of
 * `createRunConfig`: if none is named, the streaming mode is SSE. (ADK itself refuses
 * `bidi` when it runs.)
 *
 * @example
 * runner.runAsync({ userId, sessionId, newMessage, runConfig: toAdkRunConfig({ maxLlmCalls: 20 }) });
 */
export function toAdkRunConfig(config: RunConfigInput = {}): AdkRunConfig {
  const { streamingMode, ...rest } = createRunConfig(config);
  return {
    ...thaw(rest as unknown as JsonObject),
    streamingMode: streamingModeName(streamingMode),
  } as AdkRunConfig;
}
