/**
 * What a user, a model or a tool said, in parts. Field by field the `Content` of
 * `@google/genai` 3.1.0; what it nests below a part and nobody here reads is `object`.
 */
export interface Content {
  /** Who produced it: `user` or `model`. */
  readonly role?: string;
  readonly parts?: readonly Part[];
}

/** A name from an enum of `@google/genai`. */
// biome-ignore lint/suspicious/noExplicitAny: an enum takes no string, so only `any` goes both ways
export type EnumName = any;

/** One part of a content: text, a call, its response, data, or code. */
export interface Part {
  readonly text?: string;
  /** Whether the part is the model's reasoning. */
  readonly thought?: boolean;
  /** Base64; goes back to the model as it came. */
  readonly thoughtSignature?: string;
  readonly functionCall?: FunctionCall;
  readonly functionResponse?: FunctionResponse;
  readonly inlineData?: InlineData;
  readonly fileData?: FileData;
  readonly executableCode?: ExecutableCode;
  readonly codeExecutionResult?: CodeExecutionResult;
  /** A tool call that the model's server executes. */
  readonly toolCall?: object;
  readonly toolResponse?: object;
  readonly audioTranscription?: object;
  readonly mediaResolution?: object;
  readonly mediaProcessing?: EnumName;
  readonly videoMetadata?: object;
  readonly speechMetadata?: object;
  readonly partMetadata?: Readonly<Record<string, unknown>>;
}

export interface FunctionCall {
  readonly id?: string;
  readonly name?: string;
  readonly args?: Readonly<Record<string, unknown>>;
  /** Arguments that are still being streamed. */
  readonly partialArgs?: readonly object[];
  readonly willContinue?: boolean;
}

export interface FunctionResponse {
  /** The id of the call that this answers. */
  readonly id?: string;
  readonly name?: string;
  readonly response?: Readonly<Record<string, unknown>>;
  readonly parts?: readonly object[];
  readonly scheduling?: EnumName;
  readonly willContinue?: boolean;
}

export interface InlineData {
  /** Base64. */
  readonly data?: string;
  readonly mimeType?: string;
  readonly displayName?: string;
}

export interface FileData {
  readonly fileUri?: string;
  readonly mimeType?: string;
  readonly displayName?: string;
}

export interface ExecutableCode {
  readonly id?: string;
  readonly code?: string;
  readonly language?: EnumName;
}

export interface CodeExecutionResult {
  /** The id of the code that this is the result of. */
  readonly id?: string;
  readonly outcome?: EnumName;
  readonly output?: string;
}
