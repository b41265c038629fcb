import type { Event } from '@holdfast/core';
import { element } from '../dom/element.ts';
import { icon } from '../dom/icon.ts';
import { changesOf, type StateChange } from '../model/state-change.ts';
import { scopeTexts, shortValue } from './scope.ts';

const setVerbs = { session: 'wrote down', user: 'remembered', app: 'told everyone', temp: 'noted' };

/** What a tool did that only reads. */
const readings: ReadonlyMap<string, string> = new Map([
  ['recall', 'looked up what it knows'],
  ['read_list', 'looked at the list'],
  ['read_announcement', 'looked at the announcement'],
]);

/** What the tools of an event did, one quiet line each. Empty where the event has no response. */
export function toolLines(event: Event): readonly HTMLElement[] {
  const responses = (event.content?.parts ?? []).flatMap((part) => part.functionResponse ?? []);
  if (responses.length === 0) return [];
  const failures = responses.flatMap(({ name = 'a tool', response }) => {
    const error = response?.['error'];
    return typeof error === 'string' ? [failureLine(`${name} failed: ${error}`)] : [];
  });
  const changes = changesOf(event).map(changeLine);
  if (changes.length + failures.length > 0) return [...changes, ...failures];
  return responses.map(({ name = 'a tool' }) =>
    quietLine(readings.get(name) ?? `used ${name.replaceAll('_', ' ')}`),
  );
}

/** What the agent is about to do, until the response is there. */
export function callLines(event: Event): readonly HTMLElement[] {
  return (event.content?.parts ?? []).flatMap(({ functionCall }) =>
    functionCall === undefined
      ? []
      : [quietLine(`calling ${(functionCall.name ?? 'a tool').replaceAll('_', ' ')} …`)],
  );
}

function changeLine({ scope, name, kind, value }: StateChange): HTMLElement {
  const verb = kind === 'removed' ? 'forgot' : setVerbs[scope];
  return element('p', {
    class: `tool-line scope-${scope}`,
    children: [
      icon(kind === 'removed' ? 'minus' : 'check'),
      element('span', {
        class: 'tool-text',
        children: [
          `${verb} `,
          element('code', { text: name }),
          // That it is so is all that "true" says.
          ...(kind === 'removed' || value === true
            ? []
            : [' = ', element('span', { class: 'tool-value', text: shortValue(value) })]),
        ],
      }),
      element('span', { class: 'scope-tag', text: scopeTexts[scope].short }),
    ],
  });
}

function quietLine(text: string): HTMLElement {
  return element('p', {
    class: 'tool-line',
    children: [icon('tool'), element('span', { class: 'tool-text', text })],
  });
}

function failureLine(text: string): HTMLElement {
  return element('p', {
    class: 'tool-line failed',
    children: [icon('alert'), element('span', { class: 'tool-text', text })],
  });
}
