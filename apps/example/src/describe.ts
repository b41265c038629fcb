import type { Event } from '@holdfast/core';
import type { SessionSummary } from '@holdfast/session';
import { type State, type StateScope, splitStateKey } from '@holdfast/state';

const scopeTitles: readonly (readonly [StateScope, string])[] = [
  ['session', 'session (this conversation)'],
  ['user', 'user: (all conversations of this user)'],
  ['app', 'app: (all users)'],
  ['temp', 'temp: (while an answer is being made; never stored)'],
];

/** A state, one line for each key, below a title for each scope. */
export function describeState(state: State): string {
  const entries = [...state].map(([key, value]) => ({ ...splitStateKey(key), value }));
  return scopeTitles
    .flatMap(([scope, title]) => {
      const lines = entries
        .filter((entry) => entry.scope === scope)
        .map(({ name, value }) => `    ${name} = ${JSON.stringify(value)}`);
      return [`  ${title}`, ...(lines.length === 0 ? ['    –'] : lines)];
    })
    .join('\n');
}

/** An event in one line: its seq, its author, what was said or done, and the keys it changed. */
export function describeEvent(event: Event): string {
  const { seq = 0, author = '?', actions } = event;
  const changes = [
    ...Object.keys(actions.stateDelta).map((key) => `+${key}`),
    ...(actions.removedStateKeys ?? []).map((key) => `-${key}`),
  ];
  const marks = [
    ...(event.interrupted === true ? ['(interrupted)'] : []),
    ...(event.errorMessage === undefined ? [] : [`(${event.errorMessage})`]),
    ...(changes.length === 0 ? [] : [`[${changes.join(' ')}]`]),
  ];
  const line = [`${seq}`.padStart(4), author.padEnd(9), describeContent(event), ...marks];
  return line.filter((part) => part !== '').join('  ');
}

/** A conversation in one line of a list. */
export function describeSummary(summary: SessionSummary): string {
  const title = summary.state?.get('title') ?? 'untitled';
  const time = new Date(summary.lastUpdateTime).toISOString().slice(0, 16).replace('T', ' ');
  const count = summary.revision === 1 ? '1 event' : `${summary.revision} events`;
  return `${JSON.stringify(title)}  ${count}, ${time} UTC`;
}

/** What an event says, as text; `''` where it says nothing. */
export function textOfEvent({ content }: Event): string {
  return (content?.parts ?? []).map(({ text = '' }) => text).join('');
}

/** `text` on one line, at most `length` characters long. */
export function shorten(text: string, length: number): string {
  const characters = [...text.replace(/\s+/gu, ' ').trim()];
  return characters.length <= length
    ? characters.join('')
    : `${characters.slice(0, length - 1).join('')}…`;
}

function describeContent({ content }: Event): string {
  const parts = (content?.parts ?? []).map(({ text, functionCall, functionResponse }) => {
    if (functionCall !== undefined) {
      return `→ ${functionCall.name} ${JSON.stringify(functionCall.args ?? {})}`;
    }
    if (functionResponse !== undefined) {
      return `← ${functionResponse.name} ${JSON.stringify(functionResponse.response ?? {})}`;
    }
    return JSON.stringify(text ?? '');
  });
  return shorten(parts.join('  '), 90);
}
