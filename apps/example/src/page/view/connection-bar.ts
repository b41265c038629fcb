import { findElement } from '../dom/find-element.ts';
import { describeFailure, RequestFailure } from '../model/request-failure.ts';

const BACK_MS = 5_000;

/** Says that the server cannot be reached, and that it is back. */
export class ConnectionBar {
  readonly #bar = findElement('connection', HTMLDivElement);
  #isLost = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  lost(error: unknown): void {
    this.#isLost = true;
    clearTimeout(this.#timer);
    const isRefusal = error instanceof RequestFailure && !error.unreachable;
    this.#show(
      'lost',
      isRefusal
        ? `${describeFailure(error)}. Trying again …`
        : 'The connection to the server is lost. Trying again …',
    );
  }

  back(): void {
    if (!this.#isLost) return;
    this.#isLost = false;
    this.#show('back', 'The connection is back. What was stored is here.');
    this.#timer = setTimeout(() => this.#show('', ''), BACK_MS);
  }

  #show(state: 'lost' | 'back' | '', text: string): void {
    this.#bar.dataset['state'] = state;
    // Set only when it changes: each change is said aloud.
    if (this.#bar.textContent !== text) this.#bar.textContent = text;
  }
}
