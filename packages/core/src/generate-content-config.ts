import type { AbortSignalLike } from './abort-signal.ts';
import {
  arrayField,
  booleanField,
  ConfigFields,
  fieldOf,
  integerField,
  jsonField,
  jsonObjectField,
  numberField,
  objectField,
  stringField,
  stringListField,
  stringOr,
} from './config-field.ts';
import type { Content, Part } from './content.ts';
import { invalidArgument } from './holdfast-error.ts';

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
  /** @default 'application/json' if a schema is given */
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
  readonly abortSignal?: AbortSignalLike;
}

/** A `GenerateContentConfig` as people write it: undefined counts as absent. */
export type GenerateContentConfigInput = {
  readonly [Field in keyof GenerateContentConfig]?: GenerateContentConfig[Field] | undefined;
};

// Structurally: a signal of another realm, or a polyfill, is one, too.
const abortSignalField = fieldOf('an AbortSignal', (value) => {
  const signal = Object(value) as Partial<AbortSignal>;
  return typeof signal.aborted === 'boolean' && typeof signal.addEventListener === 'function';
});

const fields = new ConfigFields<keyof GenerateContentConfig>()
  .with(stringOr(systemInstructionField), 'systemInstruction')
  .with(numberField(0, 2), 'temperature')
  .with(numberField(0, 1), 'topP')
  .with(numberField(-2, 2), 'presencePenalty', 'frequencyPenalty')
  .with(integerField(), 'seed')
  .with(integerField(0), 'logprobs')
  .with(integerField(1), 'topK', 'candidateCount', 'maxOutputTokens')
  .with(stringField, 'responseMimeType', 'mediaResolution', 'serviceTier', 'cachedContent')
  .with(stringField, 'continuationToken')
  .with(stringListField, 'stopSequences', 'responseModalities')
  .with(booleanField, 'responseLogprobs', 'audioTimestamp', 'automaticContinuation')
  .with(booleanField, 'enableEnhancedCivicAnswers', 'store')
  .with(jsonField, 'responseSchema', 'responseJsonSchema')
  .with((value, path) => jsonField(arrayField(value, path), path), 'safetySettings')
  .with(jsonObjectField, 'toolConfig', 'automaticFunctionCalling', 'modelArmorConfig')
  .with(jsonObjectField, 'thinkingConfig', 'audioTranscriptionConfig', 'imageConfig')
  .with(jsonObjectField, 'generationOutputConfig', 'routingConfig', 'modelSelectionConfig')
  .with(stringOr(jsonObjectField), 'speechConfig')
  .with(labelsField, 'labels')
  .with(toolsField, 'tools')
  .with(objectField, 'httpOptions')
  .with(abortSignalField, 'abortSignal');

/**
 * A frozen `GenerateContentConfig`. It has no defaults of its own, except that a
 * response schema without a `responseMimeType` gets `application/json`. An unknown,
 * ill-typed or out-of-range field is `invalid_argument` with its path.
 *
 * @example
 * const config = createGenerateContentConfig({ temperature: 0.2, maxOutputTokens: 1_024 });
 */
export function createGenerateContentConfig(
  input: GenerateContentConfigInput = {},
): GenerateContentConfig {
  const config = fields.check(input);
  const hasSchema = 'responseSchema' in config;
  const hasJsonSchema = 'responseJsonSchema' in config;
  if (hasSchema && hasJsonSchema) {
    throw invalidArgument('responseJsonSchema', 'must be absent where responseSchema is given');
  }
  if (hasSchema || hasJsonSchema) config['responseMimeType'] ??= 'application/json';
  return Object.freeze(config);
}

function systemInstructionField(value: unknown, path: string): unknown {
  if (!Array.isArray(value)) return jsonObjectField(value, path);
  value.forEach((part: unknown, i) => {
    if (typeof part !== 'string') objectField(part, `${path}[${i}]`);
  });
  return jsonField(value, path);
}

function labelsField(value: unknown, path: string): unknown {
  const labels = jsonObjectField(value, path);
  for (const [label, text] of Object.entries(labels as object)) {
    stringField(text, `${path}[${JSON.stringify(label)}]`);
  }
  return labels;
}

function toolsField(value: unknown, path: string): unknown {
  const tools = arrayField(value, path) as readonly unknown[];
  // By index: a hole is not a tool.
  for (let i = 0; i < tools.length; i++) objectField(tools[i], `${path}[${i}]`);
  return tools;
}
