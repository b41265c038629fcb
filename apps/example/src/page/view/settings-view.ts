import type { StreamingModeName } from '@holdfast/core';
import { element } from '../dom/element.ts';
import { findElement } from '../dom/find-element.ts';
import {
  type ConfigFieldName,
  configFields,
  fieldProblem,
  loadSettings,
  type Settings,
  saveSettings,
} from '../model/settings.ts';

const modes: readonly {
  readonly name: StreamingModeName;
  readonly title: string;
  readonly text: string;
}[] = [
  { name: 'none', title: 'None', text: 'The whole answer comes at once, as JSON.' },
  { name: 'sse', title: 'SSE', text: 'The answer comes word by word, as server-sent events.' },
  { name: 'bidi', title: 'Bidi', text: 'A WebSocket: both sides can speak, also meanwhile.' },
];

const fieldTexts: Readonly<Record<ConfigFieldName, { label: string; hint: string }>> = {
  temperature: { label: 'temperature', hint: '0 to 2' },
  topP: { label: 'topP', hint: '0 to 1' },
  topK: { label: 'topK', hint: 'an integer of at least 1' },
  maxOutputTokens: { label: 'maxOutputTokens', hint: 'an integer of at least 1' },
};

/** How answers come, and what the model is asked for. Kept by the browser. */
export class SettingsView {
  #settings = loadSettings();
  readonly #onChange: (settings: Settings) => void;

  constructor(onChange: (settings: Settings) => void) {
    this.#onChange = onChange;
    const form = findElement('settings', HTMLFormElement);
    form.append(
      element('fieldset', {
        children: [
          element('legend', { text: 'Streaming mode' }),
          ...modes.map((mode) => this.#modeChoice(mode)),
        ],
      }),
      element('fieldset', {
        children: [
          element('legend', { text: 'What the model is asked for' }),
          element('p', {
            class: 'hint',
            text: 'An empty field leaves it to the model. A wrong one is not sent.',
          }),
          ...configFields.map((field) => this.#configField(field)),
        ],
      }),
    );
    form.addEventListener('submit', (event) => event.preventDefault());
    onChange(this.#settings);
  }

  get settings(): Settings {
    return this.#settings;
  }

  #modeChoice({ name, title, text }: (typeof modes)[number]): HTMLElement {
    const input = element('input', {
      attributes: {
        type: 'radio',
        name: 'mode',
        value: name,
        id: `mode-${name}`,
        checked: this.#settings.mode === name,
      },
      on: { change: () => this.#set({ ...this.#settings, mode: name }) },
    });
    return element('label', {
      class: 'choice',
      attributes: { for: `mode-${name}` },
      children: [
        input,
        element('span', {
          children: [element('strong', { text: title }), element('span', { class: 'hint', text })],
        }),
      ],
    });
  }

  #configField(field: ConfigFieldName): HTMLElement {
    const { label, hint } = fieldTexts[field];
    const id = `setting-${field}`;
    const error = element('p', { class: 'field-error', attributes: { id: `${id}-error` } });
    const input = element('input', {
      attributes: {
        type: 'text',
        inputmode: 'decimal',
        autocomplete: 'off',
        id,
        'aria-describedby': `${id}-hint ${id}-error`,
      },
    });
    const check = () => {
      const problem = fieldProblem(field, input.value);
      error.textContent = problem ?? '';
      input.setAttribute('aria-invalid', String(problem !== undefined));
    };
    input.value = this.#settings.typed[field];
    input.addEventListener('input', () => {
      check();
      const typed = { ...this.#settings.typed, [field]: input.value };
      this.#set({ ...this.#settings, typed });
    });
    check();
    return element('div', {
      class: 'field',
      children: [
        element('label', { attributes: { for: id }, children: [element('code', { text: label })] }),
        input,
        element('p', { class: 'hint', text: hint, attributes: { id: `${id}-hint` } }),
        error,
      ],
    });
  }

  #set(settings: Settings): void {
    this.#settings = settings;
    saveSettings(settings);
    this.#onChange(settings);
  }
}
