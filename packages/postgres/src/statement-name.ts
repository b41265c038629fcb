import { hashText } from './hash-text.ts';

/**
 * The name under which a text is prepared. It comes from the text, so that it means the same text
 * to everyone with whom the connection is shared: other services, copies of this package, and
 * other processes behind a pooler.
 */
export function statementName(text: string): string {
  return `holdfast_${hashText(text).toString(36)}`;
}

/** Names under which one text is prepared, one after the other. */
export class StatementName {
  readonly #base: string;
  #uses = 0;

  constructor(text: string) {
    this.#base = statementName(text);
  }

  /**
   * The name for the next use. PostgreSQL keeps the plan of a name, even one that was made for a
   * table of a few rows and reads the whole of it. After 10, 100, 1,000 … uses there is a new
   * name, and so a new plan, which knows how large the tables have become.
   */
  next(): string {
    this.#uses++;
    return `${this.#base}_${String(this.#uses).length}`;
  }
}
