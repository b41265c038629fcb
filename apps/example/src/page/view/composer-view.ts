import { findElement } from '../dom/find-element.ts';
import type { Conversation } from '../model/conversation.ts';

export interface ComposerViewOptions {
  /** False where the text cannot be sent now: then it stays. */
  readonly onSend: (text: string) => boolean;
  readonly onStop: () => void;
}

/** Where the user writes. While an answer is on its way, its button stops the answer. */
export class ComposerView {
  readonly #form = findElement('composer', HTMLFormElement);
  readonly #message = findElement('message', HTMLTextAreaElement);
  readonly #send = findElement('send', HTMLButtonElement);
  readonly #stop = findElement('stop', HTMLButtonElement);
  readonly #note = findElement('composer-note', HTMLParagraphElement);

  constructor({ onSend, onStop }: ComposerViewOptions) {
    const submit = () => {
      const text = this.#message.value.trim();
      if (text === '') return;
      if (onSend(text)) this.draft = '';
      else this.#note.textContent = 'Not sent yet: the answer has to end first, or be stopped.';
    };
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      submit();
      this.focus();
    });
    this.#message.addEventListener('keydown', (event) => {
      // Enter while an input method is open takes its suggestion.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      submit();
    });
    this.#message.addEventListener('input', () => this.#grow());
    this.#stop.addEventListener('click', () => {
      onStop();
      this.focus();
    });
  }

  /** What is written and not sent. */
  get draft(): string {
    return this.#message.value;
  }

  set draft(text: string) {
    this.#message.value = text;
    this.#note.textContent = '';
    this.#grow();
  }

  /** Puts a text back that was not sent, before what was written since. */
  giveBack(text: string): void {
    this.draft = this.draft === '' ? text : `${text}\n${this.draft}`;
  }

  focus(): void {
    this.#message.focus();
  }

  update({ isAnswering, isStopping }: Conversation): void {
    if (!isAnswering) this.#note.textContent = '';
    const hadFocus = document.activeElement === this.#stop;
    this.#send.hidden = isAnswering;
    this.#stop.hidden = !isAnswering;
    this.#stop.disabled = isStopping;
    this.#stop.textContent = isStopping ? 'Stopping' : 'Stop';
    if (hadFocus && !isAnswering) this.focus();
  }

  #grow(): void {
    this.#message.style.height = 'auto';
    this.#message.style.height = `${this.#message.scrollHeight}px`;
  }
}
