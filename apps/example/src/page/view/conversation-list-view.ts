import type { SessionEntry } from '../../api/wire.ts';
import { element } from '../dom/element.ts';
import { findElement } from '../dom/find-element.ts';
import { icon } from '../dom/icon.ts';
import { addressOf } from '../model/address.ts';
import { relativeTime } from '../model/relative-time.ts';
import { describeFailure } from '../model/request-failure.ts';
import type { SessionIndex } from '../model/session-index.ts';

export interface ConversationListViewOptions {
  readonly onNew: () => void;
  readonly onDelete: (session: SessionEntry) => void;
  readonly onMore: () => Promise<void>;
  /** A conversation was chosen; the link itself opens it. */
  readonly onChoose: () => void;
}

/** The conversations of the user, newest first. */
export class ConversationListView {
  readonly #options: ConversationListViewOptions;
  readonly #list = findElement('conversation-list', HTMLUListElement);
  readonly #none = findElement('no-conversations', HTMLParagraphElement);
  readonly #more = findElement('more-conversations', HTMLButtonElement);
  readonly #error = findElement('conversations-error', HTMLParagraphElement);
  readonly #newButton = findElement('new-conversation', HTMLButtonElement);
  #shown = '';

  constructor(options: ConversationListViewOptions) {
    this.#options = options;
    this.#newButton.prepend(icon('plus'));
    this.#newButton.addEventListener('click', () => options.onNew());
    this.#more.addEventListener('click', () => void this.#loadMore());
  }

  show({
    index,
    currentId,
  }: {
    readonly index: SessionIndex;
    readonly currentId: string | undefined;
  }): void {
    const now = Date.now();
    const rows = index.entries.map((entry) => ({
      entry,
      title: titleOf(entry),
      time: relativeTime(entry.lastUpdateTime, now),
      isCurrent: entry.id === currentId,
    }));
    this.#none.hidden = rows.length > 0;
    this.#more.hidden = !index.hasMore;
    const shown = JSON.stringify(
      rows.map((row) => [row.entry.id, row.title, row.time, row.isCurrent]),
    );
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = focusedRow(this.#list);
    this.#list.replaceChildren(...rows.map((row) => this.#row(row)));
    if (focused !== undefined) this.#focusRow(focused);
  }

  showError(error: unknown): void {
    this.#error.textContent = error === undefined ? '' : describeFailure(error);
  }

  /** Puts the focus on a conversation, or on what begins a new one. */
  focusOn(id: string | undefined): void {
    if (id === undefined || !this.#focusRow({ id, part: 'a' })) this.#newButton.focus();
  }

  async #loadMore(): Promise<void> {
    const before = this.#list.childElementCount;
    this.#more.disabled = true;
    try {
      await this.#options.onMore();
      this.showError(undefined);
      this.#list.children[before]?.querySelector('a')?.focus();
    } catch (error) {
      this.showError(error);
    } finally {
      this.#more.disabled = false;
    }
  }

  #row({
    entry,
    title,
    time,
    isCurrent,
  }: {
    readonly entry: SessionEntry;
    readonly title: string;
    readonly time: string;
    readonly isCurrent: boolean;
  }): HTMLElement {
    return element('li', {
      class: `conversation-row${isCurrent ? ' is-current' : ''}`,
      attributes: { 'data-id': entry.id },
      children: [
        element('a', {
          attributes: {
            href: addressOf(entry.id),
            'aria-current': isCurrent && 'page',
          },
          children: [
            element('span', { class: 'conversation-title', text: title }),
            element('span', { class: 'conversation-time', text: time }),
          ],
          on: { click: () => this.#options.onChoose() },
        }),
        element('button', {
          class: 'icon-button delete',
          attributes: { type: 'button', 'aria-label': `Delete ${title}`, title: 'Delete' },
          children: [icon('bin')],
          on: { click: () => this.#options.onDelete(entry) },
        }),
      ],
    });
  }

  #focusRow({ id, part }: { readonly id: string; readonly part: string }): boolean {
    const row = [...this.#list.children].find(
      (child) => child instanceof HTMLElement && child.dataset['id'] === id,
    );
    const target = row?.querySelector<HTMLElement>(part);
    target?.focus();
    return target != null;
  }
}

export function titleOf({ title }: { readonly title?: string }): string {
  return title ?? 'New conversation';
}

function focusedRow(list: HTMLElement) {
  const { activeElement } = document;
  const row = activeElement?.closest<HTMLElement>('[data-id]');
  if (activeElement === null || row == null || !list.contains(row)) return undefined;
  return { id: row.dataset['id'] ?? '', part: activeElement.localName };
}
