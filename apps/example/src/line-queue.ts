/** Lines that have come and wait to be read, one reader at a time. */
export class LineQueue {
  readonly #lines: string[] = [];
  #closed = false;
  #wake: (() => void) | undefined;

  push(line: string): void {
    this.#lines.push(line);
    this.#wake?.();
  }

  /** No line comes any more. Those that wait are still read. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  /** The next line, as soon as it comes; undefined after the last one. */
  async next(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#lines.shift();
  }
}
