import { element } from '../dom/element.ts';
import { findElement } from '../dom/find-element.ts';
import { icon } from '../dom/icon.ts';
import { knownUsers } from '../model/known-users.ts';
import { describeFailure } from '../model/request-failure.ts';

/** Says who the user is, and lets another one take over. */
export class UserMenu {
  readonly #menu = findElement('user-menu', HTMLDivElement);
  readonly #button = findElement('user-button', HTMLButtonElement);
  readonly #list = findElement('user-list', HTMLUListElement);
  readonly #input = findElement('new-user', HTMLInputElement);
  readonly #error = findElement('new-user-error', HTMLParagraphElement);
  readonly #become: (userId: string) => Promise<void>;
  #userId = '';

  /** `become` rejects where the user cannot be switched to. */
  constructor(become: (userId: string) => Promise<void>) {
    this.#become = become;
    findElement('user-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#switchTo(this.#input.value);
    });
    this.#menu.addEventListener('toggle', (event) => {
      const isOpen = (event as ToggleEvent).newState === 'open';
      this.#button.setAttribute('aria-expanded', String(isOpen));
      if (isOpen) this.#list.querySelector('button')?.focus();
    });
  }

  show(userId: string): void {
    this.#userId = userId;
    findElement('user-name', HTMLSpanElement).textContent = userId;
    findElement('user-avatar', HTMLSpanElement).textContent = [...userId][0]?.toUpperCase() ?? '?';
    this.#list.replaceChildren(...knownUsers().map((user) => this.#choice(user)));
  }

  #choice(user: string): HTMLElement {
    const isCurrent = user === this.#userId;
    return element('li', {
      children: [
        element('button', {
          class: 'user-choice',
          attributes: { type: 'button', 'aria-current': isCurrent && 'true' },
          children: [
            element('span', { class: 'user-choice-name', text: user }),
            isCurrent ? icon('check') : undefined,
          ],
          on: { click: () => void this.#switchTo(user) },
        }),
      ],
    });
  }

  async #switchTo(userId: string): Promise<void> {
    this.#say('');
    try {
      if (userId !== this.#userId) await this.#become(userId);
      this.#input.value = '';
      this.#menu.hidePopover();
      this.#button.focus();
    } catch (error) {
      this.#say(describeFailure(error).replace(/^userId\b/iu, 'The name'));
      this.#input.focus();
    }
  }

  #say(problem: string): void {
    this.#error.textContent = problem;
    this.#input.setAttribute('aria-invalid', String(problem !== ''));
  }
}
