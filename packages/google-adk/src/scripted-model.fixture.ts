import { BaseLlm, type BaseLlmConnection, type LlmRequest, type LlmResponse } from '@google/adk';
import type { Content, Part } from '@google/genai';

/** What the model says next, given the conversation as it sees it. */
export type Script = (last: Part, request: LlmRequest) => readonly Part[];

/** A model that follows a script. As a stream, it gives a text word by word, and then whole. */
export class ScriptedModel extends BaseLlm {
  readonly requests: Content[][] = [];
  readonly #script: Script;

  constructor(script: Script) {
    super({ model: 'scripted' });
    this.#script = script;
  }

  override async *generateContentAsync(
    request: LlmRequest,
    stream?: boolean,
  ): AsyncGenerator<LlmResponse, void> {
    this.requests.push(structuredClone(request.contents));
    const last = request.contents.at(-1)?.parts?.at(-1) ?? {};
    const parts = [...this.#script(last, request)];
    const text = parts.length === 1 ? parts[0]?.text : undefined;
    if (stream && text !== undefined) {
      for (const word of text.split(/(?<= )/)) {
        yield { content: { role: 'model', parts: [{ text: word }] }, partial: true };
      }
    }
    yield {
      content: { role: 'model', parts },
      usageMetadata: { promptTokenCount: 7, totalTokenCount: 9 },
    };
  }

  override connect(): Promise<BaseLlmConnection> {
    return Promise.reject(new Error('this model has no live connection'));
  }
}

export function text(words: string): Part {
  return { text: words };
}

export function call(name: string, args: Record<string, unknown> = {}): Part {
  return { functionCall: { name, args } };
}
