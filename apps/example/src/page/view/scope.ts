import type { JsonValue } from '@holdfast/core';
import { STATE_PREFIXES, type StateScope } from '@holdfast/state';
import type { IconName } from '../dom/icon.ts';

/** How the page presents a scope. */
export interface ScopeText {
  readonly title: string;
  readonly prefix: string | undefined;
  readonly icon: IconName;
  /** In a few words, for the end of a line. */
  readonly short: string;
  /** Who sees it, and how long it lives, in pieces. `user` and `app` show the names of the two. */
  readonly sentence: (names: {
    readonly user: Node;
    readonly app: Node;
  }) => readonly (Node | string)[];
  /** How to get something into it. */
  readonly empty: string;
}

export const scopes: readonly StateScope[] = ['session', 'user', 'app', 'temp'];

export const scopeTexts: Readonly<Record<StateScope, ScopeText>> = {
  session: {
    title: 'Session',
    prefix: undefined,
    icon: 'chat',
    short: 'this conversation',
    sentence: () => [
      'Only this conversation sees it, and it goes when the conversation is deleted.',
    ],
    empty: 'Nothing yet. “Add milk to my shopping list” puts something here.',
  },
  user: {
    title: 'User',
    prefix: STATE_PREFIXES.user,
    icon: 'person',
    short: 'user:',
    sentence: ({ user }) => [
      'Every conversation of ',
      user,
      ' sees it, and it stays when conversations are deleted.',
    ],
    empty: 'Nothing yet. “My name is Ada” puts something here.',
  },
  app: {
    title: 'App',
    prefix: STATE_PREFIXES.app,
    icon: 'people',
    short: 'app:',
    sentence: ({ app }) => [
      'Every user of ',
      app,
      ' sees it, and it stays whoever comes and goes.',
    ],
    empty: 'Nothing yet. “Announce: tea at four” puts something here.',
  },
  temp: {
    title: 'Temporary',
    prefix: STATE_PREFIXES.temp,
    icon: 'bolt',
    short: 'temp:',
    sentence: () => [
      'Only the agent sees it, while it works on one answer, and it is never stored.',
    ],
    empty: 'Nothing: the agent is not working.',
  },
};

/** A value on one line, cut where it gets long. */
export function shortValue(value: JsonValue | undefined): string {
  const text =
    Array.isArray(value) && value.every((item) => typeof item === 'string')
      ? value.join(', ')
      : typeof value === 'string'
        ? value
        : JSON.stringify(value ?? null);
  const line = text.replace(/\s+/gu, ' ');
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`;
}
