import type { Content, GenerateContentConfig, Mutable, Part } from '@holdfast/core';
import type { Model, ModelChunk, ModelRequest } from './model.ts';
import { ModelError } from './model-error.ts';

/** The least of a `GoogleGenAI` that is used here. */
export interface GeminiClient {
  readonly models: {
    generateContent(request: GeminiRequest): Promise<GeminiResponse>;
    generateContentStream(request: GeminiRequest): Promise<AsyncIterable<GeminiResponse>>;
  };
}

export interface GeminiRequest {
  readonly model: string;
  readonly contents: Mutable<Content>[];
  readonly config: GenerateContentConfig;
}

/** The least of a `GenerateContentResponse` that is read here. */
export interface GeminiResponse {
  readonly candidates?: readonly GeminiCandidate[];
  readonly promptFeedback?: { readonly blockReason?: string; readonly blockReasonMessage?: string };
  readonly usageMetadata?: object;
  readonly modelVersion?: string;
}

interface GeminiCandidate {
  readonly content?: { readonly parts?: readonly Part[] };
  readonly finishReason?: string;
  readonly finishMessage?: string;
}

export interface GeminiModelOptions {
  readonly client: GeminiClient;
  /** Such as `gemini-flash-latest`. */
  readonly name: string;
}

/**
 * A Gemini model. The history and the config go to the API as they are, and the parts of the
 * answer come back as the API gave them, thought signatures included. Throws a `ModelError`
 * where the API refuses, where an answer is blocked, and where one ends without its end.
 */
export class GeminiModel implements Model {
  readonly name: string;
  readonly #client: GeminiClient;

  constructor({ client, name }: GeminiModelOptions) {
    this.#client = client;
    this.name = name;
  }

  async *generate({
    history,
    config,
    streams,
    signal,
  }: ModelRequest): AsyncGenerator<ModelChunk, void, undefined> {
    // The client changes the request that it is given; the history is ours already.
    const request: GeminiRequest = {
      model: this.name,
      contents: history,
      config: { ...config, abortSignal: signal },
    };
    let hasEnded = false;
    try {
      for await (const response of this.#respond(request, streams)) {
        signal.throwIfAborted();
        const candidate = checkedCandidate(response);
        for (const part of candidate?.content?.parts ?? []) yield { kind: 'part', part };
        hasEnded ||= candidate?.finishReason !== undefined;
        yield { kind: 'end', end: endOf(response, candidate) };
      }
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      throw toModelError(cause);
    }
    if (!hasEnded) throw new ModelError('INCOMPLETE', 'the answer of the model broke off');
  }

  async *#respond(
    request: GeminiRequest,
    streams: boolean,
  ): AsyncGenerator<GeminiResponse, void, undefined> {
    const { models } = this.#client;
    if (streams) yield* await models.generateContentStream(request);
    else yield await models.generateContent(request);
  }
}

/** How an answer ends that is one. */
const GOOD_ENDS: readonly string[] = ['STOP', 'MAX_TOKENS', 'FINISH_REASON_UNSPECIFIED'];

/** The first candidate; a `ModelError` where the model says that it will not answer. */
function checkedCandidate(response: GeminiResponse): GeminiCandidate | undefined {
  const { blockReason, blockReasonMessage } = response.promptFeedback ?? {};
  if (blockReason !== undefined) {
    throw new ModelError(blockReason, blockReasonMessage ?? `the message was blocked`);
  }
  const candidate = response.candidates?.[0];
  const reason = candidate?.finishReason;
  if (reason !== undefined && !GOOD_ENDS.includes(reason)) {
    const message = candidate?.finishMessage ?? `the model ended its answer with ${reason}`;
    throw new ModelError(reason, message);
  }
  return candidate;
}

function endOf(
  { usageMetadata, modelVersion }: GeminiResponse,
  candidate: GeminiCandidate | undefined,
) {
  const finishReason = candidate?.finishReason;
  return {
    ...(finishReason !== undefined && { finishReason }),
    ...(usageMetadata !== undefined && { usageMetadata }),
    ...(modelVersion !== undefined && { modelVersion }),
  };
}

/** The client's error, whose message is the body of the API's answer, as a person reads it. */
function toModelError(cause: unknown): ModelError {
  if (cause instanceof ModelError) return cause;
  const { message, status } = cause as { readonly message?: string; readonly status?: number };
  const told = readApiError(message ?? '');
  const code = told?.status ?? (status === undefined ? 'UNREACHABLE' : `HTTP_${status}`);
  const reason = told?.message ?? message ?? String(cause);
  return new ModelError(code, `the model could not answer: ${reason}`, { cause });
}

function readApiError(
  message: string,
): { readonly status?: string; readonly message?: string } | undefined {
  try {
    // In a stream there stands "got status: UNAVAILABLE." before it.
    const { error } = JSON.parse(message.slice(Math.max(message.indexOf('{'), 0)));
    return {
      ...(typeof error.status === 'string' && error.status !== '' && { status: error.status }),
      ...(typeof error.message === 'string' && error.message !== '' && { message: error.message }),
    };
  } catch {
    return undefined;
  }
}
