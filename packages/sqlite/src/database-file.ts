import { type BigIntStats, statSync } from 'node:fs';
import { HoldfastError } from '@holdfast/core';

const LOOK_EVERY_MS = 1_000;

/**
 * The file of a database that is open. When it is deleted or replaced, SQLite goes on with
 * the file that has no name any more, and all that it acknowledges is gone with the process.
 */
export class DatabaseFile {
  readonly #path: string;
  #opened: BigIntStats | undefined;
  #looked = Number.NEGATIVE_INFINITY;
  #isThere = true;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * `unavailable` if the path names another file than at the first look, or none. It looks
   * once a second at most while all is well.
   */
  check(): void {
    const now = performance.now();
    if (this.#isThere && now - this.#looked < LOOK_EVERY_MS) return;
    this.#looked = now;
    const found = statSync(this.#path, { bigint: true, throwIfNoEntry: false });
    this.#opened ??= found;
    this.#isThere = found?.ino === this.#opened?.ino && found?.dev === this.#opened?.dev;
    if (this.#isThere) return;
    const problem = found === undefined ? 'no longer exists' : 'was replaced by another';
    throw new HoldfastError('unavailable', {
      message: `the database file ${problem}, although it is open: ${this.#path}`,
    });
  }
}
