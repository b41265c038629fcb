import type { FunctionResponse } from '@holdfast/core';
import type { Intent } from './intent.ts';

/** What the model says without having asked a tool. */
export function phraseAnswer(intents: readonly Intent[], messages: readonly string[]): string {
  const kinds = intents.map(({ kind }) => kind);
  if (kinds.includes('story')) return story;
  if (kinds.includes('askHistory')) return phraseHistory(messages.slice(0, -1));
  return 'I am a small agent of a few rules, and that is beyond them. Try "my name is Ada", "I like tea", "add milk to my shopping list", "what is on my shopping list?" or "tell me a story".';
}

/** What the model says of a tool's response. */
export function phraseResult(
  { name, response = {} }: FunctionResponse,
  { greeted }: { readonly greeted: boolean },
): string {
  const { error } = response;
  if (typeof error === 'string') return `That did not work: ${error}.`;
  switch (name) {
    case 'remember':
      return response['key'] === 'name'
        ? `Nice to meet you, ${response['value']}.`
        : `I will remember that your ${response['key']} is ${response['value']}.`;
    case 'remember_like':
      return `I will remember that you like ${response['thing']}.`;
    case 'recall':
      return phraseFacts(response['facts'] as Facts, { greeted });
    case 'forget':
      return phraseForgotten(response['forgotten'] as readonly string[]);
    case 'add_to_list':
      return `${capitalize(joinWords(response['added'] as readonly string[]))} noted. ${phraseList(response['list'] as readonly string[])}`;
    case 'read_list':
      return phraseList(response['list'] as readonly string[]);
    case 'remove_from_list':
      return phraseRemoved(response as unknown as RemovedItems);
    case 'clear_list':
      return response['cleared'] === true
        ? 'The shopping list is gone.'
        : 'There was no shopping list in this conversation.';
    case 'announce':
      return `Everybody who uses this app can read it now: ${response['text']}`;
    case 'read_announcement':
      return response['text'] === null
        ? 'There is no announcement.'
        : `The announcement is: ${response['text']}`;
    default:
      return 'Done.';
  }
}

type Facts = Readonly<Record<string, unknown>>;

function phraseFacts(facts: Facts, { greeted }: { readonly greeted: boolean }): string {
  const { name, likes, ...others } = facts;
  if (greeted) {
    return name === undefined
      ? 'Hello! We have not met. What is your name?'
      : `Hello, ${name}! Good to see you again.`;
  }
  const known = [
    ...(name === undefined ? [] : [`Your name is ${name}.`]),
    ...(Array.isArray(likes) ? [`You like ${joinWords(likes)}.`] : []),
    ...Object.entries(others).map(([key, value]) => `Your ${key} is ${value}.`),
  ];
  return known.length === 0 ? 'I know nothing about you yet.' : known.join(' ');
}

function phraseForgotten(forgotten: readonly string[]): string {
  if (forgotten.length === 0) return 'I did not know that anyway.';
  return `I have forgotten your ${joinWords(forgotten)}.`;
}

interface RemovedItems {
  readonly removed: readonly string[];
  readonly list: readonly string[];
}

function phraseRemoved({ removed, list }: RemovedItems): string {
  if (removed.length === 0) return `That was not on it. ${phraseList(list)}`;
  return `${capitalize(joinWords(removed))} crossed off. ${phraseList(list)}`;
}

function phraseList(list: readonly string[]): string {
  if (list.length === 0) return 'The shopping list of this conversation is empty.';
  return `The shopping list of this conversation: ${joinWords(list)}.`;
}

function phraseHistory(messages: readonly string[]): string {
  if (messages.length === 0) return 'That was the first thing you said here.';
  return `You said: ${messages.map((message) => `"${message}"`).join(', ')}.`;
}

function capitalize(text: string): string {
  const [first = '', ...rest] = text;
  return [first.toUpperCase(), ...rest].join('');
}

function joinWords(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

const story =
  'A keeper of a lighthouse wrote down every ship that passed. One night the lamp went out, and the sea was dark until morning. When the new lamp came, nobody knew which ships were still out there. The keeper opened the book, and there they were, each in its place, the last one with half a line behind it. So the keeper lit the lamp, dipped the pen, and finished the line.';
