import type { State } from '@holdfast/state';
import { type Tool, textArgument, textsArgument } from './tool.ts';

/** How many things are kept of a user, and on a list: every look at a state shows all of them. */
const MOST = 100;

/** `user:` state: every conversation of this user sees it, and nobody else's. */
const remember: Tool = {
  name: 'remember',
  description: 'Keep a fact about the user, such as the name.',
  parameters: {
    key: { kind: 'text', description: 'What the fact is about, such as name, in one word' },
    value: { kind: 'text', description: 'The fact' },
  },
  run(call) {
    const key = textArgument(call, 'key');
    const value = textArgument(call, 'value');
    keep(call.state, { key: `user:${key}`, value });
    return { key, value };
  },
};

/** What the keys of likes begin with, such as `user:likes:tea`. */
const LIKES = 'user:likes:';

const rememberLike: Tool = {
  name: 'remember_like',
  description: 'Keep that the user likes something.',
  parameters: { thing: { kind: 'text', description: 'What the user likes' } },
  run(call) {
    const thing = textArgument(call, 'thing');
    // A key for each: of two conversations that write at once, a list would keep one's like.
    keep(call.state, { key: `${LIKES}${thing}`, value: true });
    return { thing };
  },
};

const recall: Tool = {
  name: 'recall',
  description: 'Look up what is known about the user.',
  parameters: {},
  run({ state }) {
    const likes = keysOf(state, LIKES).map((key) => key.slice(LIKES.length));
    const facts = keysOf(state, 'user:')
      .filter((key) => !key.startsWith(LIKES))
      .map((key) => [key.slice('user:'.length), state.get(key)] as const);
    return {
      facts: Object.fromEntries([...facts, ...(likes.length > 0 ? [['likes', likes]] : [])]),
    };
  },
};

const forget: Tool = {
  name: 'forget',
  description: 'Forget one fact about the user, or all of them.',
  parameters: {
    key: {
      kind: 'text',
      description: 'The fact, or likes for all that the user likes; everything where it is missing',
      optional: true,
    },
  },
  run(call) {
    const { args, state } = call;
    const fact = args['key'] === undefined ? undefined : textArgument(call, 'key');
    const keys = keysOf(state, 'user:').filter((key) => {
      if (fact === undefined || key === `user:${fact}`) return true;
      return fact === 'likes' && key.startsWith(LIKES);
    });
    for (const key of keys) state.delete(key);
    const facts = keys.map((key) => (key.startsWith(LIKES) ? 'likes' : key.slice('user:'.length)));
    return { forgotten: [...new Set(facts)] };
  },
};

/** Session state: it has no prefix, and belongs to this conversation alone. */
const addToList: Tool = {
  name: 'add_to_list',
  description: 'Put things on the shopping list of this conversation.',
  parameters: { items: { kind: 'texts', description: 'The things' } },
  run(call) {
    const items = textsArgument(call, 'items');
    const list = [...new Set([...listIn(call.state, 'shopping'), ...items])];
    if (list.length > MOST) throw new Error(`the list has room for ${MOST} things`);
    call.state.set('shopping', list);
    return { added: [...items], list };
  },
};

const readList: Tool = {
  name: 'read_list',
  description: 'Read the shopping list of this conversation.',
  parameters: {},
  run: ({ state }) => ({ list: [...listIn(state, 'shopping')] }),
};

const removeFromList: Tool = {
  name: 'remove_from_list',
  description: 'Take things off the shopping list of this conversation.',
  parameters: { items: { kind: 'texts', description: 'The things' } },
  run(call) {
    const unwanted = new Set(textsArgument(call, 'items').map((item) => item.toLowerCase()));
    const before = listIn(call.state, 'shopping');
    const removed = before.filter((item) => unwanted.has(item.toLowerCase()));
    const list = before.filter((item) => !unwanted.has(item.toLowerCase()));
    if (list.length === 0) call.state.delete('shopping');
    else if (removed.length > 0) call.state.set('shopping', list);
    return { removed, list };
  },
};

const clearList: Tool = {
  name: 'clear_list',
  description: 'Throw away the shopping list of this conversation.',
  parameters: {},
  run: ({ state }) => ({ cleared: state.delete('shopping') }),
};

/** `app:` state: every user of the app sees it. */
const announce: Tool = {
  name: 'announce',
  description: 'Announce something to every user of this app.',
  parameters: { text: { kind: 'text', description: 'The announcement' } },
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
  addToList,
  readList,
  removeFromList,
  clearList,
  announce,
  readAnnouncement,
];

function keep(
  state: State,
  { key, value }: { readonly key: string; readonly value: string | true },
): void {
  if (!state.has(key) && keysOf(state, 'user:').length >= MOST) {
    throw new Error(`I can keep ${MOST} things about you, and no more`);
  }
  state.set(key, value);
}

function keysOf(state: State, prefix: string): readonly string[] {
  return [...state.keys()].filter((key) => key.startsWith(prefix));
}

function listIn(state: State, key: string): readonly string[] {
  const value = state.get(key);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
