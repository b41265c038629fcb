import type { Content, FunctionCall, GenerateContentConfig } from '@holdfast/core';

/** What a model is asked. */
export interface ModelRequest {
  /** The conversation so far, the latest content last. */
  readonly history: readonly Content[];
  /** How to answer; its `tools` are what the model may call. */
  readonly config: GenerateContentConfig;
  /** Ends the answer: `generate` throws the signal's reason. */
  readonly signal: AbortSignal;
}

/** A piece of an answer: some text, or a call of a tool. */
export type ModelChunk =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'call'; readonly call: FunctionCall };

/** What thinks. One call of `generate` is one call of the model. */
export interface Model {
  readonly name: string;
  /** The answer, piece by piece. The texts of all pieces together are the whole text. */
  generate(request: ModelRequest): AsyncIterable<ModelChunk>;
}
