import type { SessionEntry } from '../../api/wire.ts';
import { element } from '../dom/element.ts';
import { describeFailure } from '../model/request-failure.ts';
import { SessionIndex } from '../model/session-index.ts';
import { ConversationListView, titleOf } from './conversation-list-view.ts';
import { Deletions } from './deletions.ts';
import { notify } from './toasts.ts';

/** Other windows and machines begin conversations, too. */
const REFRESH_MS = 1_200;

export interface ConversationsPanelOptions {
  /** The id of the conversation that is open. */
  readonly currentId: () => string | undefined;
  readonly onNew: () => void;
  /** A conversation was chosen; its link opens it. */
  readonly onChoose: () => void;
  /** A conversation is deleted, unless that is undone. */
  readonly onDelete: (session: SessionEntry) => void;
  /** The deletion of the conversation that was open is undone. */
  readonly onReopen: (session: SessionEntry) => void;
}

/** The conversations of the user: it lists them, reads them again, and deletes. */
export class ConversationsPanel {
  readonly #options: ConversationsPanelOptions;
  readonly #index = new SessionIndex();
  readonly #list: ConversationListView;
  readonly #deletions: Deletions;
  /** The conversation that was open when it was deleted. */
  #deletedOpen: string | undefined;
  #isRefreshing = false;

  constructor(options: ConversationsPanelOptions) {
    this.#options = options;
    this.#list = new ConversationListView({
      onNew: options.onNew,
      onChoose: options.onChoose,
      onMore: async () => {
        await this.#index.loadMore();
        this.show();
      },
      onDelete: (session) => {
        if (session.id === options.currentId()) this.#deletedOpen = session.id;
        this.#index.hide(session.id);
        this.show();
        options.onDelete(session);
        this.#deletions.add(session);
      },
    });
    this.#deletions = new Deletions({
      takeFocus: () => this.#list.focusOn(options.currentId()),
      onUndo: (session) => {
        this.#bringBack(session);
        if (session.id === this.#deletedOpen) options.onReopen(session);
        this.#list.focusOn(session.id);
      },
      onDeleted: ({ id }) => this.#index.remove(id),
      onFailed: (session, error) => {
        this.#bringBack(session);
        const title = element('bdi', { text: titleOf(session) });
        notify('“', title, `” is still there: ${describeFailure(error)}`);
      },
    });
    setInterval(() => {
      if (!document.hidden && !this.#isRefreshing) void this.refresh();
    }, REFRESH_MS);
  }

  find(id: string): SessionEntry | undefined {
    return this.#index.find(id);
  }

  /** Takes over what was learned about one conversation. */
  put(session: SessionEntry): void {
    this.#index.put(session);
    this.show();
  }

  show(): void {
    this.#list.show({ index: this.#index, currentId: this.#options.currentId() });
  }

  /** Reads the newest conversations again. Where that fails, the list stays as it was. */
  async refresh(): Promise<void> {
    this.#isRefreshing = true;
    try {
      await this.#index.refresh();
    } catch {
      // The poll of the state says that the server is away.
      return;
    } finally {
      this.#isRefreshing = false;
    }
    this.#list.showError(undefined);
    this.show();
  }

  /** Forgets everything: another user has other conversations. */
  reset(): void {
    this.#index.reset();
    this.show();
  }

  /** Sends the deletions that could still be undone. */
  async flushDeletions(): Promise<void> {
    await this.#deletions.flush();
  }

  #bringBack({ id }: SessionEntry): void {
    this.#index.unhide(id);
    this.show();
  }
}
