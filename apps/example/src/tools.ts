import type { JsonValue } from '@holdfast/core';
import type { State } from '@holdfast/state';
import { type Tool, textArgument } from './tool.ts';

/** `user:` state: every conversation of this user sees it, and nobody else's. */
const remember: Tool = {
  name: 'remember',
  description: 'Keep a fact about the user.',
  parameters: { key: 'What the fact is about, such as name', value: 'The fact' },
  run(call) {
    const key = textArgument(call, 'key');
    const value = textArgument(call, 'value');
    call.state.set(`user:${key}`, value);
    return { key, value };
  },
};

const rememberLike: Tool = {
  name: 'remember_like',
  description: 'Keep that the user likes something.',
  parameters: { thing: 'What the user likes' },
  run(call) {
    const thing = textArgument(call, 'thing');
    const likes = listIn(call.state, 'user:likes').filter((known) => known !== thing);
    call.state.set('user:likes', [...likes, thing]);
    return { thing };
  },
};

const recall: Tool = {
  name: 'recall',
  description: 'Look up what is known about the user.',
  parameters: {},
  run: ({ state }) => ({ facts: Object.fromEntries(userFacts(state)) }),
};

const forget: Tool = {
  name: 'forget',
  description: 'Forget one fact about the user, or all of them.',
  parameters: { key: 'The fact; all of them where it is missing' },
  run(call) {
    const { args, state } = call;
    const keys =
      args['key'] === undefined
        ? userFacts(state).map(([key]) => key)
        : [textArgument(call, 'key')];
    return { forgotten: keys.filter((key) => state.delete(`user:${key}`)) };
  },
};

/** Session state: it has no prefix, and belongs to this conversation alone. */
const takeNote: Tool = {
  name: 'take_note',
  description: 'Write a note for this conversation.',
  parameters: { text: 'The note' },
  run(call) {
    const text = textArgument(call, 'text');
    const notes = [...listIn(call.state, 'notes'), text];
    call.state.set('notes', notes);
    return { text, count: notes.length };
  },
};

const readNotes: Tool = {
  name: 'read_notes',
  description: 'Read the notes of this conversation.',
  parameters: {},
  run: ({ state }) => ({ notes: listIn(state, 'notes') }),
};

const clearNotes: Tool = {
  name: 'clear_notes',
  description: 'Throw away the notes of this conversation.',
  parameters: {},
  run: ({ state }) => ({ cleared: state.delete('notes') }),
};

/** `app:` state: every user of the app sees it. */
const announce: Tool = {
  name: 'announce',
  description: 'Announce something to every user of this app.',
  parameters: { text: 'The announcement' },
  run(call) {
    const text = textArgument(call, 'text');
    call.state.set('app:announcement', text);
    return { text };
  },
};

const readAnnouncement: Tool = {
  name: 'read_announcement',
  description: 'Read the announcement of this app.',
  parameters: {},
  run: ({ state }) => ({ text: state.get('app:announcement') ?? null }),
};

/** What the example's agent can do: at least one tool for each scope that is stored. */
export const memoryTools: readonly Tool[] = [
  remember,
  rememberLike,
  recall,
  forget,
  takeNote,
  readNotes,
  clearNotes,
  announce,
  readAnnouncement,
];

function userFacts(state: State): readonly [string, JsonValue][] {
  return [...state]
    .filter(([key]) => key.startsWith('user:'))
    .map(([key, value]) => [key.slice('user:'.length), value]);
}

function listIn(state: State, key: string): readonly string[] {
  const value = state.get(key);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
