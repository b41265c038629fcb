import type { SessionEntry } from '../../api/wire.ts';
import { element } from '../dom/element.ts';
import { api } from '../model/api-client.ts';
import { isNotFound } from '../model/request-failure.ts';
import { titleOf } from './conversation-list-view.ts';
import { showToast, type Toast } from './toasts.ts';

const UNDO_MS = 6_000;

export interface DeletionsOptions {
  /** The toast that had the focus is gone. */
  readonly takeFocus: () => void;
  readonly onUndo: (session: SessionEntry) => void;
  readonly onDeleted: (session: SessionEntry) => void;
  readonly onFailed: (session: SessionEntry, error: unknown) => void;
}

interface Waiting {
  readonly session: SessionEntry;
  readonly toast: Toast;
}

/** Deletions that can still be undone. Each is sent when its toast ends, or the page is left. */
export class Deletions {
  readonly #options: DeletionsOptions;
  readonly #waiting = new Map<string, Waiting>();

  constructor(options: DeletionsOptions) {
    this.#options = options;
    addEventListener('pagehide', () => void this.flush());
    addEventListener('keydown', (event) => {
      const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === 'z';
      const isWriting = event.target instanceof Element && event.target.matches('input, textarea');
      if (!isUndo || isWriting || this.#waiting.size === 0) return;
      // The browser would undo what was typed last, wherever that was.
      event.preventDefault();
      this.undoLast();
    });
  }

  add(session: SessionEntry): void {
    const toast = showToast({
      text: ['Deleted “', element('bdi', { text: titleOf(session) }), '”'],
      ms: UNDO_MS,
      action: { label: 'Undo', onClick: () => this.#undo(session) },
      onExpire: ({ hadFocus }) => {
        if (hadFocus) this.#options.takeFocus();
        void this.#send(session);
      },
    });
    this.#waiting.set(session.id, { session, toast });
    toast.root.querySelector('button')?.focus();
  }

  /** Brings back what was deleted last, if that is still possible. */
  undoLast(): void {
    const last = [...this.#waiting.values()].at(-1);
    if (last === undefined) return;
    last.toast.close();
    this.#undo(last.session);
  }

  /** Sends all that wait. */
  async flush(): Promise<void> {
    const waiting = [...this.#waiting.values()];
    for (const { toast } of waiting) toast.close();
    await Promise.all(waiting.map(({ session }) => this.#send(session)));
  }

  #undo(session: SessionEntry): void {
    this.#waiting.delete(session.id);
    this.#options.onUndo(session);
  }

  async #send(session: SessionEntry): Promise<void> {
    if (!this.#waiting.delete(session.id)) return;
    try {
      await api.deleteSession(session.id);
      this.#options.onDeleted(session);
    } catch (error) {
      // Somebody else was faster: it is gone, as it should be.
      if (isNotFound(error)) this.#options.onDeleted(session);
      else this.#options.onFailed(session, error);
    }
  }
}
