import {
  booleanField,
  ConfigFields,
  integerField,
  jsonObjectField,
  stringListField,
} from './config-field.ts';
import { parseStreamingMode, StreamingMode } from './streaming-mode.ts';

/**
 * How one run of an agent behaves: the fields of `RunConfig` in `@google/adk` 2.0.0.
 * What a model provider nests is a JSON object in the provider's own shape.
 */
export interface RunConfig {
  /** @default StreamingMode.SSE */
  readonly streamingMode?: StreamingMode;
  /** The most calls of a model in one run. 0 or less: unbounded. @default 500 */
  readonly maxLlmCalls?: number;
  readonly speechConfig?: object;
  readonly responseModalities?: readonly string[];
  /** @default false */
  readonly saveInputBlobsAsArtifacts?: boolean;
  /** Compositional function calling, with `StreamingMode.SSE` only. @default false */
  readonly supportCfc?: boolean;
  readonly outputAudioTranscription?: object;
  readonly inputAudioTranscription?: object;
  /** @default false */
  readonly enableAffectiveDialog?: boolean;
  readonly proactivity?: object;
  readonly realtimeInputConfig?: object;
  readonly contextWindowCompression?: object;
  /** Suspend at every tool call, so that the client executes it. @default false */
  readonly pauseOnToolCalls?: boolean;
  /** Whether a plain "yes" or "no" answers a tool's request for confirmation. */
  readonly plainTextToolConfirmation?: boolean;
  /** Whether a message from another agent answers a tool's request for confirmation. */
  readonly allowRemoteToolConfirmation?: boolean;
  /** Set by the transport: the run's message came from another agent. */
  readonly remoteDelivered?: boolean;
}

/** A `RunConfig` with its defaults filled in. */
export type ResolvedRunConfig = RunConfig & Required<Pick<RunConfig, keyof typeof defaults>>;

/** A `RunConfig` as people write it: the streaming mode may be a name, or null for None. */
export type RunConfigInput = {
  readonly [Field in keyof Omit<RunConfig, 'streamingMode'>]?: RunConfig[Field] | undefined;
} & { readonly streamingMode?: StreamingMode | string | null | undefined };

// The defaults of `createRunConfig` in @google/adk 2.0.0, apart from the streaming mode,
// which is that of adk-rust.
const defaults = {
  streamingMode: StreamingMode.SSE,
  maxLlmCalls: 500,
  saveInputBlobsAsArtifacts: false,
  supportCfc: false,
  enableAffectiveDialog: false,
  pauseOnToolCalls: false,
} as const satisfies RunConfig;

const fields = new ConfigFields<keyof RunConfig>()
  .with(parseStreamingMode, 'streamingMode')
  .with(integerField(), 'maxLlmCalls')
  .with(stringListField, 'responseModalities')
  .with(jsonObjectField, 'speechConfig', 'outputAudioTranscription', 'inputAudioTranscription')
  .with(jsonObjectField, 'proactivity', 'realtimeInputConfig', 'contextWindowCompression')
  .with(booleanField, 'saveInputBlobsAsArtifacts', 'supportCfc', 'enableAffectiveDialog')
  .with(booleanField, 'pauseOnToolCalls', 'plainTextToolConfirmation')
  .with(booleanField, 'allowRemoteToolConfirmation', 'remoteDelivered');

/**
 * A frozen `RunConfig` with its defaults. An unknown or ill-typed field is `invalid_argument`
 * with its path.
 *
 * @example
 * const run = createRunConfig({ streamingMode: 'bidi', maxLlmCalls: 20 });
 */
export function createRunConfig(input: RunConfigInput = {}): ResolvedRunConfig {
  return Object.freeze({ ...defaults, ...fields.check(input) });
}
