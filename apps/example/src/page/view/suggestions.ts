import type { StateScope } from '@holdfast/state';
import { element } from '../dom/element.ts';

export interface Suggestion {
  readonly scope: StateScope;
  readonly text: string;
}

/** What a person can say to see each scope at work, in the order in which it makes sense. */
export const suggestions: readonly Suggestion[] = [
  { scope: 'user', text: 'My name is Ada and I like tea' },
  { scope: 'session', text: 'Add milk and bread to my shopping list' },
  { scope: 'app', text: 'Announce: tea at four' },
  { scope: 'user', text: 'What do you know about me?' },
  { scope: 'temp', text: 'Tell me a story' },
];

/** A button that says what it suggests. `tag` names the scope, where there is room for it. */
export function suggestionItem(
  { scope, text }: Suggestion,
  { tag, onClick }: { readonly tag?: string; readonly onClick: () => void },
): HTMLLIElement {
  return element('li', {
    children: [
      element('button', {
        class: `chip scope-${scope}`,
        attributes: { type: 'button' },
        children: [
          element('span', { text }),
          tag === undefined ? undefined : element('span', { class: 'scope-tag', text: tag }),
        ],
        on: { click: onClick },
      }),
    ],
  });
}
