import type { Event } from '@holdfast/core';
import { joinStateKey } from '@holdfast/state';
import { element } from '../dom/element.ts';
import { findElement } from '../dom/find-element.ts';
import type { EventLog } from '../model/event-log.ts';
import { messageText } from '../model/message-text.ts';
import { exactTime, timeOfDay } from '../model/relative-time.ts';
import { describeFailure } from '../model/request-failure.ts';
import { changesOf, type StateChange } from '../model/state-change.ts';
import { shortValue } from './scope.ts';
import { toJson } from './value-view.ts';

/** A key of more characters than this has its value below it. */
const LONG_KEY = 24;

/** The stored events, newest first. Each opens to its JSON. */
export class TimelineView {
  readonly #list = findElement('timeline', HTMLOListElement);
  readonly #none = findElement('no-events', HTMLParagraphElement);
  readonly #earlier = findElement('earlier-events', HTMLButtonElement);
  #log: EventLog | undefined;

  constructor({ onEarlier }: { readonly onEarlier: () => Promise<void> }) {
    this.#earlier.addEventListener('click', async () => {
      this.#earlier.disabled = true;
      try {
        await onEarlier();
      } catch (error) {
        this.#earlier.textContent = `${describeFailure(error)}. Try again`;
      } finally {
        this.#earlier.disabled = false;
      }
    });
  }

  show(log: EventLog): void {
    this.#log = log;
    this.#list.replaceChildren(...log.events.toReversed().map(eventItem));
    this.#update();
  }

  add(event: Event): void {
    this.#list.prepend(eventItem(event));
    this.#update();
  }

  addEarlier(events: readonly Event[]): void {
    this.#list.append(...events.toReversed().map(eventItem));
    this.#update();
  }

  #update(): void {
    const { events = [], hasEarlier = false, firstSeq = 1 } = this.#log ?? {};
    this.#none.hidden = events.length > 0;
    this.#earlier.hidden = !hasEarlier;
    this.#earlier.textContent = `Show earlier events (${firstSeq - 1})`;
  }
}

function eventItem(event: Event): HTMLLIElement {
  const json = element('pre', { class: 'json' });
  const details = element('details', {
    children: [
      element('summary', {
        children: [
          element('span', { class: 'seq', text: `#${event.seq}` }),
          element('span', { class: 'event-author', text: event.author ?? 'nobody' }),
          element('span', { class: 'event-kind', text: describeEvent(event) }),
          element('time', {
            text: timeOfDay(event.timestamp),
            attributes: {
              datetime: new Date(event.timestamp).toISOString(),
              title: exactTime(event.timestamp),
            },
          }),
          ...changeChips(changesOf(event)),
        ],
      }),
      json,
    ],
    on: {
      // A long event costs nothing until somebody wants to read it.
      toggle: () => {
        if (json.textContent === '') json.textContent = toJson(event, 2);
      },
    },
  });
  return element('li', { attributes: { 'data-seq': String(event.seq) }, children: [details] });
}

function changeChips(changes: readonly StateChange[]): readonly HTMLElement[] {
  if (changes.length === 0) return [];
  return [
    element('span', {
      class: 'chips',
      children: changes.map(({ scope, name, kind, value }) =>
        element('span', {
          class: `change scope-${scope} change-${kind}${name.length > LONG_KEY ? ' has-long-key' : ''}`,
          children: [
            kind === 'set' ? '+' : '−',
            element('code', { text: joinStateKey({ scope, name }) }),
            ...(kind === 'set'
              ? [element('span', { class: 'change-value', text: shortValue(value) })]
              : [element('span', { class: 'change-value', text: 'removed' })]),
          ],
        }),
      ),
    }),
  ];
}

function describeEvent(event: Event): string {
  if (event.errorCode !== undefined) return `failed: ${event.errorMessage ?? event.errorCode}`;
  const parts = event.content?.parts ?? [];
  const calls = parts.flatMap(({ functionCall }) => functionCall?.name ?? []);
  if (calls.length > 0) return `calls ${calls.join(', ')}`;
  const responses = parts.flatMap(({ functionResponse }) => functionResponse?.name ?? []);
  if (responses.length > 0) return `result of ${responses.join(', ')}`;
  const text = messageText(event);
  const said = text === '' ? 'says nothing' : `“${shortValue(text)}”`;
  return event.interrupted === true ? `${said} (interrupted)` : said;
}
