import type { Event } from '@holdfast/core';
import type { SessionEntry, StateView } from '../../api/wire.ts';
import { findElement } from '../dom/find-element.ts';
import type { Conversation } from '../model/conversation.ts';
import { messageText } from '../model/message-text.ts';
import { StateModel } from '../model/state-model.ts';
import { announce } from './announcer.ts';
import { ChatView } from './chat-view.ts';
import { ComposerView } from './composer-view.ts';
import { titleOf } from './conversation-list-view.ts';
import { NextSteps } from './next-steps.ts';
import { StateCards } from './state-cards.ts';
import { TimelineView } from './timeline-view.ts';

/** What turns the direction of the text behind it, too: a window has no way to keep it in. */
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/gu;

/** The open conversation: its messages, its state, its events, and where one writes. */
export class ConversationView {
  readonly #cards = new StateCards();
  readonly #chat: ChatView;
  readonly #composer: ComposerView;
  readonly #timeline: TimelineView;
  readonly #nextSteps: NextSteps;
  /** What was written and not sent, by the conversation. */
  readonly #drafts = new Map<string, string>();
  #user = '';
  /** Whose draft it is, where the conversation does not exist yet. */
  #draftUser = '';
  #state = new StateModel();
  #conversation: Conversation;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
    const send = (text: string) => {
      if (!this.#conversation.send(text)) return false;
      this.#chat.follow();
      announce('The agent is answering');
      return true;
    };
    const sendAndWrite = (text: string) => {
      send(text);
      this.#composer.focus();
    };
    this.#composer = new ComposerView({
      onSend: send,
      onStop: () => this.#conversation.interrupt(),
    });
    this.#chat = new ChatView({
      onSuggestion: sendAndWrite,
      onAskAgain: sendAndWrite,
      onRetry: () => {
        this.#conversation.retry();
        this.#composer.focus();
      },
    });
    this.#nextSteps = new NextSteps({
      onSuggestion: sendAndWrite,
      onDismiss: () => this.#composer.focus(),
    });
    this.#timeline = new TimelineView({ onEarlier: () => this.#conversation.loadEarlier() });
  }

  focus(): void {
    this.#composer.focus();
  }

  setNames(names: { readonly user: string; readonly app: string }): void {
    this.#cards.setNames(names);
    this.#user = names.user;
    if (this.#draftUser === '') this.#draftUser = names.user;
  }

  /** Shows a conversation. What its state is, is not known until it is read. */
  open(conversation: Conversation): void {
    this.#drafts.set(this.#draftKey(), this.#composer.draft);
    this.#conversation = conversation;
    this.#draftUser = this.#user;
    this.#composer.draft = this.#drafts.get(this.#draftKey()) ?? '';
    this.#drafts.delete(this.#draftKey());
    this.#state = new StateModel();
    this.#showAll();
  }

  /** Shows the conversation as it was just read. */
  load({
    session,
    state,
    temp,
    events,
  }: {
    readonly session: SessionEntry;
    readonly state: StateView['state'];
    readonly temp: StateView['temp'];
    readonly events: readonly Event[];
  }): void {
    this.#state = new StateModel();
    this.#state.load({ state, temp, revision: session.revision, events });
    this.#showAll();
  }

  add(event: Event): void {
    this.#state.addEvent(event);
    this.#chat.add(event);
    this.#timeline.add(event);
    this.#cards.update(this.#state);
    this.#nextSteps.update(this.#conversation);
    if (event.turnComplete === true) {
      announce(`The agent says: ${messageText(event) || 'nothing'}`);
    }
  }

  addEarlier(events: readonly Event[]): void {
    this.#chat.addEarlier(events);
    this.#timeline.addEarlier(events);
  }

  setTemp(temp: StateView['temp']): void {
    this.#state.setTemp(temp);
    this.#cards.update(this.#state);
  }

  /** Takes over what the server said when it was asked again. */
  addPolled(view: StateView): void {
    const conversation = this.#conversation;
    if ((view.session?.revision ?? 0) < conversation.log.lastSeq) return;
    this.#state.addPolled(view, conversation);
    conversation.setPolledAnswering(view.answering);
    if (view.temp !== null || !conversation.isAnswering) this.#state.setTemp(view.temp);
    this.#cards.update(this.#state);
  }

  showActivity(): void {
    this.#chat.update();
    this.#composer.update(this.#conversation);
    this.#nextSteps.update(this.#conversation);
  }

  /** Gives a message back that cannot be sent as it is. */
  giveBack(text: string): void {
    this.#composer.giveBack(text);
  }

  showHead(entry: SessionEntry | undefined): void {
    const title = titleOf(entry ?? {});
    const { lastSeq } = this.#conversation.log;
    findElement('chat-title', HTMLHeadingElement).textContent = title;
    findElement('chat-sub', HTMLSpanElement).textContent =
      lastSeq === 0 ? '' : lastSeq === 1 ? '1 event' : `${lastSeq.toLocaleString('en-GB')} events`;
    document.title = `${title.replace(DIRECTIONS, '')} · Holdfast example`;
  }

  #showAll(): void {
    this.#chat.show(this.#conversation);
    this.#timeline.show(this.#conversation.log);
    this.#composer.update(this.#conversation);
    this.#nextSteps.update(this.#conversation);
    this.#cards.update(this.#state);
  }

  #draftKey(): string {
    const { id } = this.#conversation;
    return id === undefined ? `new ${this.#draftUser}` : `of ${id}`;
  }
}
