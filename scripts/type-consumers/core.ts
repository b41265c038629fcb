import {
  createEvent,
  createGenerateContentConfig,
  createRunConfig,
  createUuidV7,
  HoldfastError,
  isHoldfastError,
  type JsonValue,
  type Mutable,
  parseStreamingMode,
  type SessionKey,
  thaw,
} from '@holdfast/core';
import { createRunConfig as alone } from '@holdfast/core/config';

export declare const key: SessionKey;
export const event = createEvent({ author: 'user', content: { parts: [{ text: 'Hello' }] } });
export const id = createUuidV7();
export const content = event.content;
export const actions = event.actions;
export const inputs = (...given: Parameters<typeof createEvent>) => given[0]?.actions;
export const runConfig = createRunConfig({ streamingMode: 'sse' });
export const sameConfig: typeof runConfig = alone();
export const runInput = (...given: Parameters<typeof createRunConfig>) => given;
export const config = createGenerateContentConfig({ temperature: 0.2 });
export const signal = config.abortSignal;
export const instruction = config.systemInstruction;
export const mode = () => parseStreamingMode('sse');
export const thawed = thaw(event);
export const changed = (value: JsonValue) => thaw(value);
export const own = (value: readonly JsonValue[]): Mutable<typeof value> => thaw(value);
export const error = new HoldfastError('not_found', { message: 'There is none', key });
export const code = (thrown: unknown) => (isHoldfastError(thrown) ? thrown.code : undefined);
