import { type BigIntStats, statSync } from 'node:fs';
import { HoldfastError } from '@holdfast/core';

/** A file that SQLite has open, as it was when it was first seen, and as it is now. */
export class OpenedFile {
  readonly path: string;
  readonly #name: string;
  #first: BigIntStats | undefined;
  #last: BigIntStats | undefined;
  #hasShrunk = false;
  #isCut = false;

  /** `name` is what an error calls it. */
  constructor(path: string, name: string) {
    this.path = path;
    this.#name = name;
  }

  /** What there is now; undefined if there is no such file. Once cut, it stays `corrupt`. */
  look(): BigIntStats | undefined {
    if (this.#isCut) throw this.cut();
    const found = statSync(this.path, { bigint: true, throwIfNoEntry: false });
    this.#hasShrunk = found !== undefined && found.size < (this.#last?.size ?? 0n);
    this.#first ??= found;
    this.#last = found;
    return found;
  }

  get wasSeen(): boolean {
    return this.#first !== undefined;
  }

  /** Whether it was there, and is gone or is another file. */
  get isOther(): boolean {
    return this.#last?.ino !== this.#first?.ino || this.#last?.dev !== this.#first?.dev;
  }

  /** Whether it was larger at the look before the last. */
  get hasShrunk(): boolean {
    return this.#hasShrunk;
  }

  /** The file that is seen next is the one to be seen from then on. */
  forget(): void {
    this.#first = undefined;
    this.#last = undefined;
  }

  gone(): HoldfastError {
    const problem = this.#last === undefined ? 'no longer exists' : 'was replaced by another';
    return new HoldfastError('unavailable', {
      message: `${this.#name} ${problem}, although it is open: ${this.path}`,
    });
  }

  cut(): HoldfastError {
    this.#isCut = true;
    return new HoldfastError('corrupt', {
      message: `${this.#name} was cut while it was open: ${this.path}`,
    });
  }
}
