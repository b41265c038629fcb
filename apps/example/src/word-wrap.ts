/** Breaks a text that comes in pieces between words, so that no line is longer than `width`. */
export class WordWrap {
  readonly #width: number;
  #column: number;
  /** Blanks that wait for the word behind them: where a line breaks, they go. */
  #blanks = '';

  /** `column`: where the first piece begins. An infinite width breaks nothing. */
  constructor({ width, column }: { readonly width: number; readonly column: number }) {
    this.#width = width;
    this.#column = column;
  }

  /** A piece as it is to be written. A word that is longer than a line stays whole. */
  push(piece: string): string {
    return (piece.match(/\n|[^\S\n]+|\S+/gu) ?? []).map((token) => this.#place(token)).join('');
  }

  #place(token: string): string {
    if (token === '\n') return this.#breakBefore('');
    if (token.trim() === '') {
      this.#blanks += token;
      return '';
    }
    const placed = this.#blanks + token;
    const column = this.#column + [...placed].length;
    // Without a blank before it, a token goes on with the word of the piece before.
    if (column > this.#width && this.#blanks !== '') return this.#breakBefore(token);
    this.#column = column;
    this.#blanks = '';
    return placed;
  }

  #breakBefore(token: string): string {
    this.#column = [...token].length;
    this.#blanks = '';
    return `\n${token}`;
  }
}
