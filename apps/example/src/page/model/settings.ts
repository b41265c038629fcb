import {
  createGenerateContentConfig,
  isHoldfastError,
  parseStreamingMode,
  type StreamingModeName,
  streamingModeName,
} from '@holdfast/core';
import type { MessageConfig } from '../../api/wire.ts';
import { keep, readKept } from './kept.ts';

/** The fields of the config that a person can set. */
export const configFields = ['temperature', 'topP', 'topK', 'maxOutputTokens'] as const;
export type ConfigFieldName = (typeof configFields)[number];

/** The settings as they are typed, right or wrong. */
export interface Settings {
  readonly mode: StreamingModeName;
  readonly typed: Readonly<Record<ConfigFieldName, string>>;
}

const KEY = 'holdfast-settings';

/** The settings that this browser has kept. What cannot be read counts as never set. */
export function loadSettings(): Settings {
  const kept = readKept(KEY);
  const typed = isRecord(kept['typed']) ? kept['typed'] : {};
  return {
    mode: readMode(kept['mode']),
    typed: {
      temperature: textIn(typed, 'temperature'),
      topP: textIn(typed, 'topP'),
      topK: textIn(typed, 'topK'),
      maxOutputTokens: textIn(typed, 'maxOutputTokens'),
    },
  };
}

export function saveSettings(settings: Settings): void {
  keep(KEY, settings);
}

/**
 * What is wrong with a field as it was typed: nothing where it is right or empty. Of a number
 * `createGenerateContentConfig` says it.
 */
export function fieldProblem(field: ConfigFieldName, typed: string): string | undefined {
  const value = parseTyped(typed);
  if (Number.isNaN(value)) return `${field} must be a number, got ${JSON.stringify(typed.trim())}`;
  try {
    createGenerateContentConfig({ [field]: value });
    return undefined;
  } catch (error) {
    if (isHoldfastError(error)) return error.message;
    throw error;
  }
}

/** The config that goes with a message: the fields that are set, and right. */
export function messageConfig({ typed }: Settings): MessageConfig {
  const right = configFields.filter(
    (field) => typed[field].trim() !== '' && fieldProblem(field, typed[field]) === undefined,
  );
  return Object.fromEntries(right.map((field) => [field, parseTyped(typed[field])]));
}

/** NaN where it is no number. */
function parseTyped(typed: string): number | undefined {
  const text = typed.trim();
  return text === '' ? undefined : Number(text);
}

function readMode(value: unknown): StreamingModeName {
  try {
    return value === undefined ? 'sse' : streamingModeName(parseStreamingMode(value));
  } catch {
    return 'sse';
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function textIn(values: Record<string, unknown>, field: ConfigFieldName): string {
  const value = values[field];
  return typeof value === 'string' ? value : '';
}
