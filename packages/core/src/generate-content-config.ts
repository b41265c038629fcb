import {
  booleanField,
  type ConfigField,
  type ConfigFields,
  checkConfig,
  integerField,
  jsonArrayField,
  jsonField,
  jsonObjectField,
  numberField,
  stringField,
  stringListField,
} from './config-field.ts';
import type { Content, Part } from './content.ts';
import { invalidArgument } from './holdfast-error.ts';
import { describeType } from './identifier.ts';

/**
 * What a model is asked for: the fields of `GenerateContentConfig` in `@google/genai`
 * 3.1.0. What a provider nests is a JSON object in the provider's own shape.
 */
export interface GenerateContentConfig {
  readonly systemInstruction?: Content | Part | string | readonly (Part | string)[];
  /** 0 to 2. */
  readonly temperature?: number;
  /** 0 to 1. */
  readonly topP?: number;
  /** An integer of at least 1. */
  readonly topK?: number;
  /** An integer of at least 1. */
  readonly candidateCount?: number;
  /** An integer of at least 1. */
  readonly maxOutputTokens?: number;
  readonly stopSequences?: readonly string[];
  /** -2 to 2. */
  readonly presencePenalty?: number;
  /** -2 to 2. */
  readonly frequencyPenalty?: number;
  readonly seed?: number;
  readonly responseLogprobs?: boolean;
  readonly logprobs?: number;
  /** `application/json` where a schema is given and this is not. */
  readonly responseMimeType?: string;
  /** An OpenAPI schema. Excludes `responseJsonSchema`. */
  readonly responseSchema?: unknown;
  /** A JSON Schema. Excludes `responseSchema`. */
  readonly responseJsonSchema?: unknown;
  readonly responseModalities?: readonly string[];
  /** Held as it was given: tools may have functions. */
  readonly tools?: readonly object[];
  readonly toolConfig?: object;
  readonly automaticFunctionCalling?: object;
  readonly safetySettings?: readonly object[];
  readonly modelArmorConfig?: object;
  readonly thinkingConfig?: object;
  readonly speechConfig?: object | string;
  readonly audioTimestamp?: boolean;
  readonly audioTranscriptionConfig?: object;
  readonly imageConfig?: object;
  readonly mediaResolution?: string;
  readonly generationOutputConfig?: object;
  readonly routingConfig?: object;
  readonly modelSelectionConfig?: object;
  readonly serviceTier?: string;
  readonly cachedContent?: string;
  readonly continuationToken?: string;
  readonly automaticContinuation?: boolean;
  readonly enableEnhancedCivicAnswers?: boolean;
  readonly store?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  /** Held as it was given. */
  readonly httpOptions?: object;
  /** Held as it was given. */
  readonly abortSignal?: AbortSignal;
}

/** A `GenerateContentConfig` as people write it: undefined counts as absent. */
export type GenerateContentConfigInput = {
  readonly [Field in keyof GenerateContentConfig]?: GenerateContentConfig[Field] | undefined;
};

const positiveInteger = integerField({ min: 1 });
const penalty = numberField({ min: -2, max: 2 });

const fields: ConfigFields<GenerateContentConfig> = {
  systemInstruction: systemInstructionField,
  temperature: numberField({ min: 0, max: 2 }),
  topP: numberField({ min: 0, max: 1 }),
  topK: positiveInteger,
  candidateCount: positiveInteger,
  maxOutputTokens: positiveInteger,
  stopSequences: stringListField,
  presencePenalty: penalty,
  frequencyPenalty: penalty,
  seed: integerField({ min: Number.MIN_SAFE_INTEGER }),
  responseLogprobs: booleanField,
  logprobs: integerField({ min: 0 }),
  responseMimeType: stringField,
  responseSchema: jsonField,
  responseJsonSchema: jsonField,
  responseModalities: stringListField,
  tools: toolsField,
  toolConfig: jsonObjectField,
  automaticFunctionCalling: jsonObjectField,
  safetySettings: jsonArrayField,
  modelArmorConfig: jsonObjectField,
  thinkingConfig: jsonObjectField,
  speechConfig: (value, path) => (typeof value === 'string' ? value : jsonObjectField(value, path)),
  audioTimestamp: booleanField,
  audioTranscriptionConfig: jsonObjectField,
  imageConfig: jsonObjectField,
  mediaResolution: stringField,
  generationOutputConfig: jsonObjectField,
  routingConfig: jsonObjectField,
  modelSelectionConfig: jsonObjectField,
  serviceTier: stringField,
  cachedContent: stringField,
  continuationToken: stringField,
  automaticContinuation: booleanField,
  enableEnhancedCivicAnswers: booleanField,
  store: booleanField,
  labels: labelsField,
  httpOptions: objectField,
  abortSignal: abortSignalField,
};

/**
 * A frozen `GenerateContentConfig`. It has no defaults of its own, except that a
 * response schema without a `responseMimeType` gets `application/json`. An unknown,
 * ill-typed or out-of-range field is `invalid_argument` with its path.
 */
export function createGenerateContentConfig(
  input: GenerateContentConfigInput = {},
): GenerateContentConfig {
  const config = checkConfig<GenerateContentConfig>(input, fields);
  const hasSchema = 'responseSchema' in config;
  const hasJsonSchema = 'responseJsonSchema' in config;
  if (hasSchema && hasJsonSchema) {
    throw invalidArgument('responseJsonSchema', 'must be absent where responseSchema is given');
  }
  if (hasSchema || hasJsonSchema) config['responseMimeType'] ??= 'application/json';
  return Object.freeze(config);
}

function systemInstructionField(value: unknown, path: string): unknown {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return jsonObjectField(value, path);
  value.forEach((part: unknown, i) => {
    if (typeof part !== 'string') objectField(part, `${path}[${i}]`);
  });
  return jsonField(value, path);
}

function toolsField(value: unknown, path: string): unknown {
  if (!Array.isArray(value)) {
    throw invalidArgument(path, `must be an array, got ${describeType(value)}`);
  }
  // By index: a hole is no tool.
  for (let i = 0; i < value.length; i++) objectField(value[i], `${path}[${i}]`);
  return value;
}

function labelsField(value: unknown, path: string): unknown {
  const labels = jsonObjectField(value, path) as Readonly<Record<string, unknown>>;
  for (const [label, text] of Object.entries(labels)) {
    stringField(text, `${path}[${JSON.stringify(label)}]`);
  }
  return labels;
}

function objectField(value: unknown, path: string): ReturnType<ConfigField> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw invalidArgument(path, `must be an object, got ${describeType(value)}`);
}

function abortSignalField(value: unknown, path: string): unknown {
  // Structurally: a signal of another realm, or a polyfill, is one, too.
  const signal = value as AbortSignal | null;
  if (
    typeof signal === 'object' &&
    typeof signal?.aborted === 'boolean' &&
    typeof signal.addEventListener === 'function'
  ) {
    return value;
  }
  throw invalidArgument(path, `must be an AbortSignal, got ${describeType(value)}`);
}
