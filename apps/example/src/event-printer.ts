import type { Event, Part } from '@holdfast/core';
import { shorten, textOfEvent } from './describe.ts';
import type { Paint } from './paint.ts';
import { WordWrap } from './word-wrap.ts';

export interface EventPrinterOptions {
  readonly write: (text: string) => void;
  readonly paint: Paint;
  /** The longest line of an answer; Infinity where lines have no end. */
  readonly width: () => number;
}

/** Writes the events of an answer as a person reads them. A streamed answer is written once. */
export class EventPrinter {
  readonly #options: EventPrinterOptions;
  /** There in the midst of an answer. */
  #wrap: WordWrap | undefined;

  constructor(options: EventPrinterOptions) {
    this.#options = options;
  }

  print(event: Event): void {
    if (event.author === 'user') return; // it stands there already: the user typed it
    if (event.partial === true) this.#say(event);
    else this.#finish(event);
  }

  #say(event: Event): void {
    const { write, paint, width } = this.#options;
    if (this.#wrap === undefined) {
      const name = `${event.author}> `;
      write(paint.agent(name));
      this.#wrap = new WordWrap({ width: width(), column: name.length });
    }
    write(this.#wrap.push(printable(textOfEvent(event))));
  }

  #finish(event: Event): void {
    const { write, paint } = this.#options;
    if (this.#wrap === undefined && textOfEvent(event) !== '') this.#say(event);
    if (event.interrupted === true) write(paint.dim(' (interrupted)'));
    if (this.#wrap !== undefined || event.interrupted === true) write('\n');
    this.#wrap = undefined;
    for (const part of event.content?.parts ?? []) this.#work(part);
    if (event.errorMessage !== undefined) {
      write(`${paint.dim(printable(`  The answer failed: ${event.errorMessage}.`))}\n`);
    }
  }

  #work({ functionCall }: Part): void {
    if (functionCall === undefined) return;
    const { write, paint } = this.#options;
    const args = shorten(JSON.stringify(functionCall.args ?? {}), 60);
    write(`${paint.dim(printable(`  · ${functionCall.name} ${args}`))}\n`);
  }
}

/** `text` without the control characters that would move a terminal's cursor, or worse. */
export function printable(text: string): string {
  return text.replace(/(?!\n)\p{Cc}/gu, '�');
}
