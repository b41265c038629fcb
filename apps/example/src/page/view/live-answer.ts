import { element } from '../dom/element.ts';
import { findElement } from '../dom/find-element.ts';
import { icon } from '../dom/icon.ts';
import type { Conversation } from '../model/conversation.ts';
import { messageText } from '../model/message-text.ts';
import { describeFailure, isRefusal } from '../model/request-failure.ts';
import { pendingItem } from './message-item.ts';

export interface LiveAnswerOptions {
  readonly onRetry: () => void;
  readonly onAskAgain: (text: string) => void;
}

/** What stands behind the stored messages: what is on its way, and what went wrong with it. */
export class LiveAnswer {
  readonly #options: LiveAnswerOptions;
  readonly #place = findElement('live', HTMLDivElement);
  readonly #text = element('p', { class: 'text' });
  readonly #speaking = element('div', {
    class: 'message from-agent speaking',
    children: [
      element('div', { class: 'message-head', text: 'Agent · answering' }),
      element('div', { class: 'message-body', children: [this.#text] }),
    ],
  });
  readonly #thinking = element('div', {
    class: 'thinking',
    children: [
      element('span', { class: 'dots', attributes: { 'aria-hidden': 'true' }, children: dots() }),
      element('span', { text: 'The agent is working' }),
    ],
  });
  #shown = '';

  constructor(options: LiveAnswerOptions) {
    this.#options = options;
  }

  show(conversation: Conversation): void {
    const { streaming, isAnswering } = conversation;
    if (this.#text.textContent !== streaming) this.#text.textContent = streaming;
    const parts: Element[] = [];
    const { pending, next, problem } = conversation.outbox;
    if (pending !== undefined) {
      const status = problem === undefined ? 'sending' : 'failed';
      parts.push(pendingItem(pending.text, { status }));
    }
    if (streaming !== '') parts.push(this.#speaking);
    else if (isAnswering) parts.push(this.#thinking);
    else parts.push(...this.#notices(conversation));
    if (next !== undefined) parts.push(pendingItem(next, { status: 'next' }));
    // Only when something else is to be seen: a button that has the focus keeps it.
    const shown = parts
      .map((part) => (part === this.#speaking ? '' : `${part.className} ${part.textContent}`))
      .join('|');
    if (shown === this.#shown && parts.length === this.#place.childElementCount) return;
    this.#shown = shown;
    this.#place.replaceChildren(...parts);
  }

  #notices(conversation: Conversation): readonly HTMLElement[] {
    const { unanswered, log } = conversation;
    const { problem } = conversation.outbox;
    const { onRetry, onAskAgain } = this.#options;
    if (problem !== undefined) {
      const text = problem.unreachable
        ? 'The connection was lost before the answer was complete.'
        : `${describeFailure(problem)}.`;
      // What is refused as it is would be refused again.
      return [notice(text, isRefusal(problem) ? {} : { label: 'Try again', onClick: onRetry })];
    }
    if (unanswered !== undefined) {
      const text = 'No answer to this message was stored.';
      return [notice(text, { label: 'Try again', onClick: onRetry, isLate: true })];
    }
    const last = log.events.at(-1);
    const message = log.lastMessage;
    if (last?.errorCode === undefined || message === undefined) return [];
    const said =
      messageText(last) === '' ? 'The model gave no answer.' : 'The answer is not whole.';
    return [notice(said, { label: 'Ask again', onClick: () => onAskAgain(message.text) })];
  }
}

interface NoticeAction {
  readonly label?: string;
  readonly onClick?: () => void;
  /** Shown only when it has held for a while. */
  readonly isLate?: boolean;
}

function notice(text: string, { label, onClick, isLate = false }: NoticeAction): HTMLElement {
  return element('div', {
    class: `notice${isLate ? ' late' : ''}`,
    attributes: { role: 'alert' },
    children: [
      icon('alert'),
      element('span', { text }),
      label !== undefined && onClick !== undefined
        ? element('button', {
            class: 'button',
            text: label,
            attributes: { type: 'button' },
            on: { click: onClick },
          })
        : undefined,
    ],
  });
}

function dots(): readonly HTMLElement[] {
  return [1, 2, 3].map(() => element('span'));
}
