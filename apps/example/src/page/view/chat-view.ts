import type { Event } from '@holdfast/core';
import { findElement } from '../dom/find-element.ts';
import type { Conversation } from '../model/conversation.ts';
import { describeFailure } from '../model/request-failure.ts';
import { LiveAnswer } from './live-answer.ts';
import { messageItem } from './message-item.ts';
import { scopeTexts } from './scope.ts';
import { suggestionItem, suggestions } from './suggestions.ts';

/** Closer than this to the end, the end is what the reader wants to see. */
const NEAR_PX = 80;

export interface ChatViewOptions {
  readonly onSuggestion: (text: string) => void;
  readonly onRetry: () => void;
  readonly onAskAgain: (text: string) => void;
}

/** The messages of the open conversation, and what is being said. */
export class ChatView {
  readonly #scroller = findElement('messages-scroll', HTMLElement);
  readonly #list = findElement('messages', HTMLOListElement);
  readonly #welcome = findElement('welcome', HTMLElement);
  readonly #earlier = findElement('earlier', HTMLButtonElement);
  readonly #jump = findElement('jump', HTMLButtonElement);
  readonly #live: LiveAnswer;
  #conversation: Conversation | undefined;
  /** Whether the end stays in sight: until the reader scrolls away from it. */
  #isAtEnd = true;
  /** How the messages lay when they were looked at last. */
  #before = { scrollTop: 0, scrollHeight: 0, clientHeight: 0 };
  #isLoadingEarlier = false;

  constructor({ onSuggestion, onRetry, onAskAgain }: ChatViewOptions) {
    this.#live = new LiveAnswer({ onRetry, onAskAgain });
    findElement('suggestions', HTMLUListElement).append(
      ...suggestions.map((one) =>
        suggestionItem(one, {
          tag: scopeTexts[one.scope].short,
          onClick: () => onSuggestion(one.text),
        }),
      ),
    );
    this.#earlier.addEventListener('click', () => void this.#loadEarlier());
    this.#jump.addEventListener('click', () => {
      this.follow();
      this.#scroller.focus();
    });
    this.#scroller.tabIndex = 0;
    this.#scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    // Whatever makes the messages longer, or the window lower, the end stays in sight.
    const observer = new ResizeObserver(() => this.#keepEnd());
    observer.observe(this.#scroller);
    observer.observe(this.#list);
    observer.observe(findElement('live', HTMLDivElement));
  }

  /** Shows a conversation from its end. */
  show(conversation: Conversation): void {
    this.#conversation = conversation;
    this.#list.replaceChildren(...items(conversation.log.events));
    this.#isAtEnd = true;
    this.#scroller.scrollTop = 0;
    this.update();
  }

  /** Shows the end, and keeps it in sight from then on. */
  follow(): void {
    this.#isAtEnd = true;
    this.#keepEnd();
  }

  add(event: Event): void {
    const item = messageItem(event);
    // The response says what the call did.
    if (this.#list.lastElementChild?.matches('[data-calls]'))
      dropCalls(this.#list.lastElementChild);
    if (item !== undefined) this.#list.append(item);
    this.update();
  }

  /** Puts earlier messages on top, and leaves what the reader sees where it is. */
  addEarlier(events: readonly Event[]): void {
    const anchor = this.#list.firstElementChild;
    const before = anchor?.getBoundingClientRect().top ?? 0;
    const earlier = items(events);
    for (const item of earlier.slice(-1)) dropCalls(item);
    this.#list.prepend(...earlier.filter(saysSomething));
    this.update();
    const after = anchor?.getBoundingClientRect().top ?? 0;
    this.#scroller.scrollTop += after - before;
    this.#look();
  }

  /** Shows who is waiting for whom, and what went wrong. */
  update(): void {
    const conversation = this.#conversation;
    if (conversation === undefined) return;
    const { events, hasEarlier } = conversation.log;
    this.#live.show(conversation);
    this.#welcome.hidden =
      events.length > 0 || conversation.outbox.pending !== undefined || conversation.isAnswering;
    this.#earlier.hidden = !hasEarlier;
    this.#earlier.textContent = `Show earlier messages (${conversation.log.firstSeq - 1} events)`;
    this.#list.classList.toggle('is-long', this.#list.childElementCount > 150);
    this.#keepEnd();
  }

  #scrolled(): void {
    const { before, after } = this.#look();
    // As far up as this, the browser goes by itself where there is less to scroll.
    const givenUp =
      Math.max(0, before.scrollHeight - after.scrollHeight) +
      Math.max(0, after.clientHeight - before.clientHeight);
    const isNear = after.scrollHeight - after.scrollTop - after.clientHeight < NEAR_PX;
    // The event comes late: what has grown meanwhile is not the reader's doing.
    if (isNear) this.#isAtEnd = true;
    else if (before.scrollTop - after.scrollTop > givenUp + 1) this.#isAtEnd = false;
    this.#jump.hidden = this.#isAtEnd;
    if (after.scrollTop < 200 && !this.#isAtEnd) void this.#loadEarlier();
  }

  #keepEnd(): void {
    // A welcome is read from its beginning.
    if (!this.#isAtEnd || !this.#welcome.hidden) return;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#jump.hidden = true;
    this.#look();
  }

  /** How the messages lie, and how they lay before. */
  #look() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const before = this.#before;
    this.#before = { scrollTop, scrollHeight, clientHeight };
    return { before, after: this.#before };
  }

  async #loadEarlier(): Promise<void> {
    if (this.#isLoadingEarlier || this.#conversation?.log.hasEarlier !== true) return;
    this.#isLoadingEarlier = true;
    this.#isAtEnd = false;
    try {
      await this.#conversation.loadEarlier();
    } catch (error) {
      this.#earlier.textContent = `${describeFailure(error)}. Try again`;
    } finally {
      this.#isLoadingEarlier = false;
    }
  }
}

function items(events: readonly Event[]): readonly HTMLLIElement[] {
  const made = events.flatMap((event) => messageItem(event) ?? []);
  for (const item of made.slice(0, -1)) dropCalls(item);
  return made.filter(saysSomething);
}

/** A call that has been answered, or never will be, is not shown as going on. */
function dropCalls(item: Element): void {
  if (!item.matches('[data-calls]')) return;
  item.removeAttribute('data-calls');
  for (const line of item.querySelectorAll('.tool-line')) line.remove();
  if (!saysSomething(item)) item.remove();
}

function saysSomething(item: Element): boolean {
  return item.querySelector('p') !== null;
}
