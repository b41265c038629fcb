import type { StateScope } from '@holdfast/state';
import { element } from '../dom/element.ts';
import { findElement } from '../dom/find-element.ts';
import { icon } from '../dom/icon.ts';
import type { StateMark, StateModel, StateRow } from '../model/state-model.ts';
import { scopes, scopeTexts } from './scope.ts';
import { valueView } from './value-view.ts';

/** More keys than this are folded, so that all four cards stay in reach. */
const MOST_ROWS = 8;

interface Card {
  readonly root: HTMLElement;
  readonly sentence: HTMLElement;
  readonly rows: HTMLElement;
  readonly live: HTMLElement;
  /** What is shown, to leave it alone while it stays the same. */
  shown: string;
}

/** Four cards: who sees what, and for how long. */
export class StateCards {
  readonly #cards = new Map<StateScope, Card>();
  readonly #showsAll = new Set<StateScope>();
  #model: StateModel | undefined;

  constructor() {
    for (const scope of scopes) this.#cards.set(scope, makeCard(scope));
    findElement('scopes', HTMLDivElement).append(
      ...[...this.#cards.values()].map(({ root }) => root),
    );
  }

  /** Names those whose state it is. */
  setNames(names: { readonly user: string; readonly app: string }): void {
    for (const [scope, { sentence }] of this.#cards) {
      const user = element('bdi', { text: names.user });
      const app = element('bdi', { text: names.app });
      sentence.replaceChildren(...scopeTexts[scope].sentence({ user, app }));
    }
  }

  update(model: StateModel): void {
    this.#model = model;
    for (const [scope, card] of this.#cards) this.#updateCard(scope, card);
  }

  #updateCard(scope: StateScope, card: Card): void {
    const model = this.#model;
    if (model === undefined) return;
    const rows = model.rows(scope);
    const isLive = scope === 'temp' && model.isLive;
    const shown = JSON.stringify([rows, isLive, this.#showsAll.has(scope)]);
    if (shown === card.shown) return;
    card.shown = shown;
    card.live.hidden = !isLive;
    card.root.classList.toggle('is-live', isLive);
    card.rows.replaceChildren(...this.#rowElements(scope, { rows, isLive }));
  }

  #rowElements(
    scope: StateScope,
    { rows, isLive }: { readonly rows: readonly StateRow[]; readonly isLive: boolean },
  ): readonly HTMLElement[] {
    if (rows.length === 0) {
      const text = isLive ? 'No working values at the moment.' : scopeTexts[scope].empty;
      return [element('p', { class: 'quiet', text })];
    }
    // What has changed is never among what is folded away.
    const isCut = rows.length > MOST_ROWS && !this.#showsAll.has(scope);
    const shown = isCut ? rows.filter((row, i) => i < MOST_ROWS || row.mark !== undefined) : rows;
    const list = element('dl', { children: shown.map((row) => rowElement(scope, row)) });
    if (!isCut) return [list];
    const more = element('button', {
      class: 'button quiet-button',
      text: `Show all ${rows.length} keys`,
      attributes: { type: 'button' },
      on: {
        click: () => {
          this.#showsAll.add(scope);
          if (this.#model !== undefined) this.update(this.#model);
        },
      },
    });
    return [list, more];
  }
}

function makeCard(scope: StateScope): Card {
  const { title, prefix, icon: iconName } = scopeTexts[scope];
  const live = element('span', {
    class: 'live-tag',
    text: 'working',
    attributes: { hidden: true },
  });
  const sentence = element('p', { class: 'scope-sentence' });
  const rows = element('div', { class: 'scope-rows' });
  const root = element('section', {
    class: `scope scope-${scope}`,
    attributes: { 'aria-labelledby': `scope-${scope}`, 'data-scope': scope },
    children: [
      element('div', {
        class: 'scope-head',
        children: [
          icon(iconName),
          element('h2', { text: title, attributes: { id: `scope-${scope}` } }),
          live,
          element(prefix === undefined ? 'span' : 'code', {
            class: 'prefix',
            text: prefix ?? 'no prefix',
          }),
        ],
      }),
      sentence,
      rows,
    ],
  });
  return { root, sentence, rows, live, shown: '' };
}

function rowElement(scope: StateScope, { name, value, mark }: StateRow): HTMLElement {
  const { prefix = '' } = scopeTexts[scope];
  return element('div', {
    class: `state-row${mark === undefined ? '' : ` is-${mark.kind}`}`,
    attributes: { 'data-key': name },
    children: [
      element('dt', {
        class: 'key',
        children: [
          prefix === '' ? undefined : element('span', { class: 'key-prefix', text: prefix }),
          element(mark?.kind === 'removed' ? 'del' : 'bdi', { text: name }),
        ],
      }),
      value === undefined
        ? element('dd', { class: 'quiet', text: goneText(scope) })
        : element('dd', { children: [valueView(value)] }),
      mark && element('dd', { class: 'mark-place', children: [markElement(scope, mark)] }),
    ],
  });
}

function markElement(scope: StateScope, { kind, source }: StateMark): HTMLElement {
  const word = kind === 'set' ? 'set' : scope === 'temp' ? 'gone' : 'removed';
  return element('span', {
    class: `mark mark-${kind}`,
    children: [icon(kind === 'set' ? 'plus' : 'minus'), `${word} ${source}`.trim()],
  });
}

function goneText(scope: StateScope): string {
  return scope === 'temp' ? 'never stored' : '';
}
