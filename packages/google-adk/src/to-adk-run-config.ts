import type { RunConfig as AdkRunConfig } from '@google/adk';
import {
  createRunConfig,
  type JsonObject,
  type RunConfigInput,
  streamingModeName,
} from '@holdfast/core';
import { thaw } from './thaw.ts';

/**
 * A `RunConfig` as ADK's `Runner` takes it. It is checked, and gets the defaults of
 * `createRunConfig`: where none is named, the streaming mode is SSE. (ADK itself refuses
 * `bidi` when it runs.)
 */
export function toAdkRunConfig(config: RunConfigInput = {}): AdkRunConfig {
  const { streamingMode, ...rest } = createRunConfig(config);
  return {
    ...thaw(rest as unknown as JsonObject),
    streamingMode: streamingModeName(streamingMode),
  } as AdkRunConfig;
}
