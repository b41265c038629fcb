import type { Content, GenerateContentConfig, Mutable, Part } from '@holdfast/core';

/** What a model is asked. */
export interface ModelRequest {
  /**
   * The conversation so far, the latest content last. Every call in it has its response. It is a copy
   * of the model's own.
   */
  readonly history: Mutable<Content>[];
  /** How to answer; its `tools` are what the model may call. */
  readonly config: GenerateContentConfig;
  /** Whether the answer is wanted piece by piece. Where not, it may come as one piece. */
  readonly streams: boolean;
  /** Ends the answer: `generate` throws. */
  readonly signal: AbortSignal;
}

/** A piece of an answer, or what is known when it has ended. */
export type ModelChunk =
  | { readonly kind: 'part'; readonly part: Part }
  | { readonly kind: 'end'; readonly end: ModelEnd };

/** How an answer ended, as an event has it. */
export interface ModelEnd {
  readonly finishReason?: string;
  readonly usageMetadata?: object;
  readonly modelVersion?: string;
}

/** What thinks. One call of `generate` is one call of the model. */
export interface Model {
  readonly name: string;
  /**
   * The answer, piece by piece. The texts of all parts together are the whole text. Where it
   * throws, what came before is all that there is of the answer; a `ModelError` says why.
   */
  generate(request: ModelRequest): AsyncIterable<ModelChunk>;
}
