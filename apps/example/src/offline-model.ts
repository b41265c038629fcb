import type { Content, FunctionCall, FunctionResponse, Part } from '@holdfast/core';
import { type Intent, readIntents } from './intent.ts';
import type { Model, ModelChunk, ModelRequest } from './model.ts';
import { phraseAnswer, phraseResult } from './phrases.ts';

/**
 * A model of a few rules, which needs no network and no key. It reads the last content
 * of the history: a message makes it call tools or answer, and the tools' responses make
 * it say what came out. It speaks word by word, at most `maxOutputTokens` words, and
 * calls only tools that the config declares.
 */
export class OfflineModel implements Model {
  readonly name = 'offline';

  async *generate({ history, config, signal }: ModelRequest): AsyncGenerator<ModelChunk> {
    const message = lastMessage(history);
    const intents = readIntents(message);
    const responses = responsesIn(history.at(-1));
    const calls = responses.length === 0 ? callsFor(intents, declaredNames(config.tools)) : [];
    signal.throwIfAborted();
    for (const call of calls) yield { kind: 'call', call };
    if (calls.length > 0) return;

    const text =
      responses.length === 0
        ? phraseAnswer(intents, messagesIn(history))
        : phraseResults(responses, intents);
    for (const word of wordsOf(text).slice(0, config.maxOutputTokens)) {
      await Promise.resolve(); // as a real model's stream would
      signal.throwIfAborted();
      yield { kind: 'text', text: word };
    }
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
    case 'note':
      return { name: 'take_note', args: { text: intent.text } };
    case 'clearNotes':
      return { name: 'clear_notes', args: {} };
    case 'announce':
      return { name: 'announce', args: { text: intent.text } };
    case 'greet':
    case 'askAboutMe':
      return { name: 'recall', args: {} };
    case 'askNotes':
      return { name: 'read_notes', args: {} };
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
  return (content?.parts ?? []).flatMap((part: Part) => part.functionResponse ?? []);
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
