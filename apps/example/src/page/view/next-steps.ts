import { element } from '../dom/element.ts';
import { findElement } from '../dom/find-element.ts';
import { icon } from '../dom/icon.ts';
import type { Conversation } from '../model/conversation.ts';
import { keep, readKept } from '../model/kept.ts';
import { messageText } from '../model/message-text.ts';
import { suggestionItem, suggestions } from './suggestions.ts';

const KEY = 'holdfast-next-steps';

/** After more messages than this, a person knows how it goes. */
const MOST_MESSAGES = 6;

/** What is left to try, above the field where one writes, while the conversation is short. */
export class NextSteps {
  readonly #place = findElement('next-steps', HTMLElement);
  readonly #list = findElement('next-list', HTMLUListElement);
  readonly #onSuggestion: (text: string) => void;
  #isDismissed = readKept(KEY)['dismissed'] === true;
  #shown = '';

  /** `onDismiss` is told when the button that had the focus is gone. */
  constructor({
    onSuggestion,
    onDismiss,
  }: {
    readonly onSuggestion: (text: string) => void;
    readonly onDismiss: () => void;
  }) {
    this.#onSuggestion = onSuggestion;
    const dismiss = findElement('dismiss-next', HTMLButtonElement);
    dismiss.append(icon('close'));
    dismiss.setAttribute('aria-label', 'Show no more suggestions');
    dismiss.title = 'Show no more suggestions';
    dismiss.addEventListener('click', () => {
      this.#isDismissed = true;
      keep(KEY, { dismissed: true });
      this.#place.hidden = true;
      onDismiss();
    });
  }

  update({ log, outbox, isAnswering }: Conversation): void {
    const said = log.events.filter(({ author }) => author === 'user').map(messageText);
    if (outbox.pending !== undefined) said.push(outbox.pending.text);
    const messages = said.filter((text) => text !== '');
    this.#place.hidden =
      this.#isDismissed ||
      messages.length === 0 ||
      messages.length > MOST_MESSAGES ||
      log.hasEarlier;
    const left = suggestions.filter(({ text }) => !messages.includes(text));
    const shown = JSON.stringify(left);
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#list.replaceChildren(
        ...(left.length === 0 ? [] : [element('li', { class: 'next-label', text: 'Try next:' })]),
        ...left.map((one) => suggestionItem(one, { onClick: () => this.#onSuggestion(one.text) })),
      );
    }
    for (const button of this.#list.querySelectorAll('button')) button.disabled = isAnswering;
  }
}
