import { findElement } from '../dom/find-element.ts';
import { icon } from '../dom/icon.ts';

type PanelName = 'conversations' | 'inspector';

/**
 * The two side panels, where the window is too narrow for them: each slides over the
 * chat, the rest cannot be reached meanwhile, and Escape closes it.
 */
export class Panels {
  readonly #scrim = findElement('scrim', HTMLDivElement);
  readonly #panels = {
    conversations: findElement('conversations', HTMLElement),
    inspector: findElement('inspector', HTMLElement),
  };
  readonly #openers = {
    conversations: findElement('open-conversations', HTMLButtonElement),
    inspector: findElement('open-inspector', HTMLButtonElement),
  };
  #open: PanelName | undefined;

  constructor() {
    prepare(this.#openers.conversations, { iconName: 'menu', label: 'Conversations' });
    prepare(this.#openers.inspector, { iconName: 'layers', label: 'State, timeline, settings' });
    for (const name of ['conversations', 'inspector'] as const) {
      this.#openers[name].addEventListener('click', () => this.open(name));
    }
    for (const closer of document.querySelectorAll<HTMLButtonElement>('.closes-panel')) {
      prepare(closer, { iconName: 'close', label: 'Close' });
      closer.addEventListener('click', () => this.close());
    }
    this.#scrim.addEventListener('click', () => this.close());
    addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.#open !== undefined) this.close();
    });
    // Wide enough again: both panels stand where they belong.
    for (const query of ['(min-width: 800px)', '(min-width: 1120px)']) {
      matchMedia(query).addEventListener('change', () => this.#set(undefined));
    }
  }

  open(name: PanelName): void {
    this.#set(name);
    this.#panels[name].focus();
  }

  /** Closes what is open, and puts the focus back to where it was opened. */
  close(): void {
    const was = this.#open;
    this.#set(undefined);
    if (was !== undefined) this.#openers[was].focus();
  }

  #set(name: PanelName | undefined): void {
    this.#open = name;
    this.#scrim.hidden = name === undefined;
    for (const panel of ['conversations', 'inspector'] as const) {
      this.#panels[panel].classList.toggle('is-open', name === panel);
      this.#openers[panel].setAttribute('aria-expanded', String(name === panel));
      this.#panels[panel].inert = name !== undefined && name !== panel;
    }
    findElement('chat', HTMLElement).inert = name !== undefined;
    findElement('top', HTMLElement).inert = name !== undefined;
    // It leads into the chat.
    findElement('skip-link', HTMLAnchorElement).inert = name !== undefined;
  }
}

function prepare(
  button: HTMLButtonElement,
  { iconName, label }: { readonly iconName: 'menu' | 'layers' | 'close'; readonly label: string },
): void {
  button.prepend(icon(iconName));
  button.setAttribute('aria-label', label);
  button.title = label;
}
