import { HoldfastError } from '@holdfast/core';
import { type GeminiClient, GeminiModel } from './gemini-model.ts';
import type { Model } from './model.ts';
import { OfflineModel } from './offline-model.ts';

/** The model where `GEMINI_MODEL` names none: an alias that Google moves on. */
const DEFAULT_GEMINI_MODEL = 'gemini-flash-latest';

export interface OpenModelOptions {
  /** Undefined or empty: the offline model. */
  readonly geminiApiKey?: string | undefined;
  readonly geminiModel?: string | undefined;
  /** Where the API is reached; Google's own address where it is missing. */
  readonly geminiBaseUrl?: string | undefined;
  /** Of the offline model, in ms. */
  readonly wordDelay?: number | undefined;
}

/**
 * The model that the environment asks for: Gemini with a key, the offline one without.
 * `unsupported` where the package for Gemini is not installed.
 */
export async function openModel(options: OpenModelOptions): Promise<Model> {
  const { geminiApiKey, geminiModel, geminiBaseUrl, wordDelay = 0 } = options;
  if (!geminiApiKey) return new OfflineModel({ wordDelay });
  const { GoogleGenAI } = await import('@google/genai').catch((cause: unknown) => {
    if ((cause as { readonly code?: unknown } | null)?.code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    const message = 'its package is not installed: `npm install @google/genai`';
    throw new HoldfastError('unsupported', { message, cause });
  });
  const client = new GoogleGenAI({
    apiKey: geminiApiKey,
    vertexai: false,
    ...(geminiBaseUrl && { httpOptions: { baseUrl: geminiBaseUrl } }),
  });
  // Its types spell each enum out and its arrays are mutable; field by field they are the same.
  return new GeminiModel({
    client: client as unknown as GeminiClient,
    name: geminiModel || DEFAULT_GEMINI_MODEL,
  });
}
