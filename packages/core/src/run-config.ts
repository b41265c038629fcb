import {
  booleanField,
  type ConfigFields,
  checkConfig,
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
  readonly streamingMode?: StreamingMode;
  /** The most calls of a model in one run. 0 or less: unbounded. */
  readonly maxLlmCalls?: number;
  readonly speechConfig?: object;
  readonly responseModalities?: readonly string[];
  readonly saveInputBlobsAsArtifacts?: boolean;
  /** Compositional function calling, with `StreamingMode.SSE` only. */
  readonly supportCfc?: boolean;
  readonly outputAudioTranscription?: object;
  readonly inputAudioTranscription?: object;
  readonly enableAffectiveDialog?: boolean;
  readonly proactivity?: object;
  readonly realtimeInputConfig?: object;
  readonly contextWindowCompression?: object;
  /** Suspend at every tool call, so that the client executes it. */
  readonly pauseOnToolCalls?: boolean;
  /** Whether a plain "yes" or "no" answers a tool's request for confirmation. */
  readonly plainTextToolConfirmation?: boolean;
  /** Whether a message from another agent answers a tool's request for confirmation. */
  readonly allowRemoteToolConfirmation?: boolean;
  /** Set by the transport: the run's message came from another agent. */
  readonly remoteDelivered?: boolean;
}

/** What `createRunConfig` always fills in. */
export type RunConfigDefaults =
  | 'streamingMode'
  | 'maxLlmCalls'
  | 'saveInputBlobsAsArtifacts'
  | 'supportCfc'
  | 'enableAffectiveDialog'
  | 'pauseOnToolCalls';

export type ResolvedRunConfig = RunConfig & Required<Pick<RunConfig, RunConfigDefaults>>;

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
} as const satisfies Pick<RunConfig, RunConfigDefaults>;

const fields: ConfigFields<RunConfig> = {
  streamingMode: parseStreamingMode,
  maxLlmCalls: integerField({ min: Number.MIN_SAFE_INTEGER }),
  speechConfig: jsonObjectField,
  responseModalities: stringListField,
  saveInputBlobsAsArtifacts: booleanField,
  supportCfc: booleanField,
  outputAudioTranscription: jsonObjectField,
  inputAudioTranscription: jsonObjectField,
  enableAffectiveDialog: booleanField,
  proactivity: jsonObjectField,
  realtimeInputConfig: jsonObjectField,
  contextWindowCompression: jsonObjectField,
  pauseOnToolCalls: booleanField,
  plainTextToolConfirmation: booleanField,
  allowRemoteToolConfirmation: booleanField,
  remoteDelivered: booleanField,
};

/**
 * A frozen `RunConfig` with its defaults: `streamingMode` SSE, `maxLlmCalls` 500, and
 * false for `saveInputBlobsAsArtifacts`, `supportCfc`, `enableAffectiveDialog` and
 * `pauseOnToolCalls`. An unknown or ill-typed field is `invalid_argument` with its path.
 */
export function createRunConfig(input: RunConfigInput = {}): ResolvedRunConfig {
  return Object.freeze({
    ...defaults,
    ...checkConfig<RunConfig>(input, fields),
  });
}
