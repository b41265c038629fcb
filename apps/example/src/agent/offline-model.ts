import { setTimeout as sleep } from 'node:timers/promises';
import type { Content, FunctionCall, FunctionResponse } from '@holdfast/core';
import { type Intent, readIntents } from './intent.ts';
import type { Model, ModelChunk, ModelRequest } from './model.ts';
import { phraseAnswer, phraseResult } from './phrases.ts';

export interface OfflineModelOptions {
  /** Milliseconds between two words; 0 where it is missing. */
  readonly wordDelay?: number;
}

/**
 * A model of a few rules, which needs no network and no key. It reads the last content
 * of the history: a message makes it call tools or answer, and the tools' responses make
 * it say what came out. It speaks word by word, and calls only tools that the config
 * declares. Of the settings it heeds `maxOutputTokens`, which it counts in words; it says
 * the same each time, so `temperature`, `topP` and `topK` change nothing.
 */
export class OfflineModel implements Model {
  readonly name = 'offline';
  readonly #wordDelay: number;

  constructor({ wordDelay = 0 }: OfflineModelOptions = {}) {
    this.#wordDelay = wordDelay;
  }

  async *generate({ history, config, signal }: ModelRequest): AsyncGenerator<ModelChunk> {
    const message = lastMessage(history);
    const intents = readIntents(message);
    const responses = responsesIn(history.at(-1));
    const calls = responses.length === 0 ? callsFor(intents, declaredNames(config.tools)) : [];
    signal.throwIfAborted();
    for (const functionCall of calls) {
      yield { kind: 'part', part: { functionCall } };
      // It takes its time to write a call: a plan is to be seen while it is made.
      await this.#speak(3 * wordsOf(JSON.stringify(functionCall.args)).length, signal);
    }
    if (calls.length > 0) return;

    const text =
      responses.length === 0
        ? phraseAnswer(intents, messagesIn(history))
        : phraseResults(responses, intents);
    const words = wordsOf(text);
    const spoken = words.slice(0, config.maxOutputTokens);
    for (const word of spoken) {
      await this.#speak(1, signal);
      yield { kind: 'part', part: { text: word } };
    }
    const finishReason = spoken.length < words.length ? 'MAX_TOKENS' : 'STOP';
    yield { kind: 'end', end: { finishReason } };
  }

  /** The time that some words take. Throws where the signal ends it. */
  async #speak(words: number, signal: AbortSignal): Promise<void> {
    if (this.#wordDelay === 0)
      await Promise.resolve(); // as a real model's stream would
    else await sleep(words * this.#wordDelay, undefined, { signal });
    signal.throwIfAborted();
  }
}

function phraseResults(responses: readonly FunctionResponse[], intents: readonly Intent[]): string {
  const greeted = intents.some(({ kind }) => kind === 'greet');
  return responses.map((response) => phraseResult(response, { greeted })).join(' ');
}

function callsFor(
  intents: readonly Intent[],
  declared: ReadonlySet<string>,
): readonly FunctionCall[] {
  return intents
    .flatMap((intent) => callFor(intent) ?? [])
    .filter(({ name }) => declared.has(name))
    .map((call, i) => ({ id: `call-${i + 1}`, ...call }));
}

function callFor(
  intent: Intent,
): { readonly name: string; readonly args: Readonly<Record<string, unknown>> } | undefined {
  switch (intent.kind) {
    case 'remember':
      return { name: 'remember', args: { key: intent.key, value: intent.value } };
    case 'like':
      return { name: 'remember_like', args: { thing: intent.thing } };
    case 'forget':
      return { name: 'forget', args: intent.key === undefined ? {} : { key: intent.key } };
    case 'addToList':
      return { name: 'add_to_list', args: { items: intent.items } };
    case 'removeFromList':
      return { name: 'remove_from_list', args: { items: intent.items } };
    case 'clearList':
      return { name: 'clear_list', args: {} };
    case 'announce':
      return { name: 'announce', args: { text: intent.text } };
    case 'greet':
    case 'askAboutMe':
      return { name: 'recall', args: {} };
    case 'askList':
      return { name: 'read_list', args: {} };
    case 'askAnnouncement':
      return { name: 'read_announcement', args: {} };
    case 'askHistory':
    case 'story':
    case 'unclear':
      return undefined;
  }
}

function declaredNames(tools: readonly object[] = []): ReadonlySet<string> {
  const declarations = tools.flatMap((tool) =>
    'functionDeclarations' in tool && Array.isArray(tool.functionDeclarations)
      ? (tool.functionDeclarations as readonly { readonly name: string }[])
      : [],
  );
  return new Set(declarations.map(({ name }) => name));
}

function responsesIn(content: Content | undefined): readonly FunctionResponse[] {
  return (content?.parts ?? []).flatMap(({ functionResponse }) => functionResponse ?? []);
}

/** What the user has said, in order. A tool's response has the user's role, but no text. */
function messagesIn(history: readonly Content[]): readonly string[] {
  return history
    .filter(({ role }) => role === 'user')
    .flatMap(({ parts = [] }) => parts.flatMap(({ text }) => text ?? []));
}

function lastMessage(history: readonly Content[]): string {
  return messagesIn(history).at(-1) ?? '';
}

/** The words of a text, each with the white space behind it. */
function wordsOf(text: string): readonly string[] {
  return text.match(/\s*\S+\s*/gu) ?? [];
}
