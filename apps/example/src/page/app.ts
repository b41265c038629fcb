import type { Event } from '@holdfast/core';
import type { Me, StateView } from '../api/wire.ts';
import { element } from './dom/element.ts';
import { findElement } from './dom/find-element.ts';
import { addressOf, idInAddress } from './model/address.ts';
import { api } from './model/api-client.ts';
import { Conversation } from './model/conversation.ts';
import type { ConversationChange } from './model/conversation-change.ts';
import { entryAfter } from './model/entry-after.ts';
import { rememberUser } from './model/known-users.ts';
import { isNotFound } from './model/request-failure.ts';
import { StatePoller } from './model/state-poller.ts';
import { announce } from './view/announcer.ts';
import { ConnectionBar } from './view/connection-bar.ts';
import { ConversationView } from './view/conversation-view.ts';
import { ConversationsPanel } from './view/conversations-panel.ts';
import { showFacts } from './view/facts.ts';
import { Panels } from './view/panels.ts';
import { SettingsView } from './view/settings-view.ts';
import { Tabs } from './view/tabs.ts';
import { setUpThemeButton } from './view/theme-button.ts';
import { notify } from './view/toasts.ts';
import { UserMenu } from './view/user-menu.ts';

const NOWHERE = addressOf(undefined);

/** The page: who the user is, which conversation is open, and how its parts hear of each other. */
export class App {
  #me: Me | undefined;
  #conversation: Conversation;
  readonly #view: ConversationView;

  readonly #connection = new ConnectionBar();
  readonly #panels = new Panels();
  readonly #settings = new SettingsView(({ mode }) => {
    findElement('mode-hint', HTMLSpanElement).textContent = `Streaming mode: ${mode}`;
  });
  readonly #conversations = new ConversationsPanel({
    currentId: () => this.#conversation.id,
    onChoose: () => this.#panels.close(),
    onNew: () => {
      this.#panels.close();
      if (location.hash === NOWHERE) this.#route();
      else location.hash = NOWHERE;
      this.#view.focus();
    },
    onDelete: ({ id }) => {
      if (id === this.#conversation.id) location.hash = NOWHERE;
      this.#panels.close();
    },
    onReopen: ({ id }) => {
      // Where the user has gone on to another one meanwhile, that one stays.
      if (location.hash === NOWHERE) location.hash = addressOf(id);
    },
  });
  readonly #users = new UserMenu((userId) => this.#becomeUser(userId));
  readonly #poller = new StatePoller({
    polled: (view) => void this.#polled(view),
    failed: (error) => void this.#pollFailed(error),
  });

  constructor() {
    setUpThemeButton();
    new Tabs(findElement('tabs', HTMLDivElement)).select('tab-state');
    this.#conversation = this.#newConversation(undefined);
    this.#view = new ConversationView(this.#conversation);
    addEventListener('hashchange', () => this.#route());
    document.addEventListener('visibilitychange', () => this.#visibilityChanged());
  }

  /** Shows what the address names. */
  start(): void {
    this.#route();
    this.#poller.start();
    this.#view.focus();
    void this.#conversations.refresh();
    void this.#loadMe();
  }

  // The conversation

  #route(): void {
    const id = idInAddress(location.hash);
    if (id === undefined || id !== this.#conversation.id) this.#open(id);
  }

  #newConversation(id: string | undefined): Conversation {
    const conversation: Conversation = new Conversation({
      ...(id !== undefined && { id }),
      settings: () => this.#settings.settings,
      // What a conversation says after it was left is of no interest.
      onChange: (change) => {
        if (conversation === this.#conversation) this.#changed(change);
      },
    });
    return conversation;
  }

  #open(id: string | undefined): void {
    this.#conversation.close();
    this.#conversation = this.#newConversation(id);
    this.#conversation.setVisible(!document.hidden);
    this.#poller.watch(id);
    this.#view.open(this.#conversation);
    this.#showHead();
    void this.#load();
  }

  async #load(): Promise<void> {
    const conversation = this.#conversation;
    try {
      await conversation.open();
    } catch (error) {
      if (conversation !== this.#conversation) return;
      // Where the server is away, the poll finds out when it is back, and this is done again.
      if (!isNotFound(error)) this.#connection.lost(error);
      else this.#leave('This conversation is not there, or it is not yours.');
    }
  }

  #changed(change: ConversationChange): void {
    switch (change.kind) {
      case 'created':
        history.replaceState(null, '', addressOf(change.session.id));
        this.#poller.watch(change.session.id);
        this.#conversations.put(change.session);
        break;
      case 'loaded':
        this.#view.load(change.view);
        this.#conversations.put(change.view.session);
        this.#showHead();
        this.#connection.back();
        break;
      case 'added':
        this.#view.add(change.event);
        this.#listed(change.event);
        this.#showHead();
        if (change.event.turnComplete === true) void this.#conversations.refresh();
        break;
      case 'earlier':
        this.#view.addEarlier(change.events);
        break;
      case 'temp':
        this.#view.setTemp(change.temp);
        break;
      case 'activity':
        this.#view.showActivity();
        break;
      case 'connected':
        this.#connection.back();
        break;
      case 'lost':
        this.#connection.lost(change.error);
        break;
      case 'returned':
        this.#view.giveBack(change.text);
        break;
      case 'gone':
        void this.#wentAway();
    }
  }

  /** What the list says of the open conversation follows its events. */
  #listed(event: Event): void {
    const { id } = this.#conversation;
    const entry = id === undefined ? undefined : this.#conversations.find(id);
    if (entry !== undefined) this.#conversations.put(entryAfter(entry, event));
  }

  #showHead(): void {
    const { id } = this.#conversation;
    this.#view.showHead(id === undefined ? undefined : this.#conversations.find(id));
    this.#conversations.show();
  }

  /** The open conversation cannot be found: another user is here now, or somebody deleted it. */
  async #wentAway(): Promise<void> {
    const conversation = this.#conversation;
    const isOther = await this.#isOtherUser();
    if (isOther || conversation !== this.#conversation) return;
    this.#leave('This conversation was deleted.');
  }

  #leave(why: string): void {
    notify(why);
    location.hash = NOWHERE;
    void this.#conversations.refresh();
  }

  // The user

  async #loadMe(): Promise<void> {
    try {
      this.#showMe(await api.me());
    } catch (error) {
      this.#connection.lost(error);
    }
  }

  #showMe(me: Me): void {
    this.#me = me;
    rememberUser(me.userId);
    this.#users.show(me.userId);
    this.#view.setNames({ user: me.userId, app: me.appName });
    showFacts(me);
  }

  async #becomeUser(userId: string): Promise<void> {
    // What was deleted is deleted as the user who did it.
    await this.#conversations.flushDeletions();
    const me = await api.becomeUser(userId);
    this.#showUser(me);
    announce(`You are ${me.userId} now`);
  }

  /**
   * Whether another window has switched the user: the cookie is the same for all of them.
   * Then this one follows. Where nobody can be asked, true: it is too early to say.
   */
  async #isOtherUser(): Promise<boolean> {
    let me: Me;
    try {
      me = await api.me();
    } catch (error) {
      this.#connection.lost(error);
      return true;
    }
    if (me.userId === this.#me?.userId) return false;
    if (this.#me !== undefined) {
      const name = element('bdi', { text: me.userId });
      notify('Another window has switched the user: you are ', name, ' here, too.');
    }
    this.#showUser(me);
    return true;
  }

  #showUser(me: Me): void {
    this.#showMe(me);
    this.#conversations.reset();
    if (location.hash !== NOWHERE) history.pushState(null, '', NOWHERE);
    this.#open(undefined);
    void this.#conversations.refresh();
  }

  // Asking again

  async #polled(view: StateView): Promise<void> {
    if (this.#me === undefined) await this.#loadMe();
    if (view.userId !== this.#me?.userId) {
      await this.#isOtherUser();
      return;
    }
    if (this.#conversation.id !== view.session?.id) return;
    this.#connection.back();
    if (this.#conversation.id !== undefined && !this.#conversation.isLoaded) {
      void this.#load();
      return;
    }
    this.#view.addPolled(view);
    if (view.session === undefined) return;
    this.#conversations.put(view.session);
    this.#showHead();
  }

  async #pollFailed(error: unknown): Promise<void> {
    if (isNotFound(error)) await this.#wentAway();
    else this.#connection.lost(error);
  }

  #visibilityChanged(): void {
    this.#conversation.setVisible(!document.hidden);
    if (document.hidden) {
      this.#poller.stop();
    } else {
      this.#poller.start();
      void this.#conversations.refresh();
    }
  }
}
