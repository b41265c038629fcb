const MAX_CHUNK = 256;

/**
 * Items in the order of `compare`, in chunks, so that an insertion moves a few hundred
 * items at most, however many there are. No two items may compare equal.
 */
export class SortedList<T> {
  readonly #compare: (a: T, b: T) => number;
  readonly #chunks: T[][] = [];
  #size = 0;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  /** The greatest item; undefined if there is none. */
  get last(): T | undefined {
    return this.#chunks.at(-1)?.at(-1);
  }

  /** What stands behind an item that is in the list; undefined if it is the last. */
  next(item: T): T | undefined {
    const reaches = (other: T) => this.#compare(other, item) >= 0;
    const [at, chunk] = this.#chunkFor(reaches);
    if (chunk === undefined) return undefined;
    return chunk[this.#indexIn(chunk, reaches) + 1] ?? this.#chunks[at + 1]?.[0];
  }

  add(item: T): void {
    this.#size++;
    const reaches = (other: T) => this.#compare(other, item) >= 0;
    const [found] = this.#chunkFor(reaches);
    // An item behind all others goes into the last chunk.
    const at = Math.min(found, this.#chunks.length - 1);
    const chunk = this.#chunks[at];
    if (chunk === undefined) {
      this.#chunks.push([item]);
      return;
    }
    chunk.splice(this.#indexIn(chunk, reaches), 0, item);
    if (chunk.length > MAX_CHUNK) this.#chunks.splice(at + 1, 0, chunk.splice(MAX_CHUNK / 2));
  }

  /** Takes out an item that is in the list. */
  remove(item: T): void {
    const reaches = (other: T) => this.#compare(other, item) >= 0;
    const [at, chunk] = this.#chunkFor(reaches);
    if (chunk === undefined) return;
    const index = this.#indexIn(chunk, reaches);
    if (chunk[index] !== item) return;
    this.#size--;
    chunk.splice(index, 1);
    if (chunk.length === 0) this.#chunks.splice(at, 1);
  }

  /**
   * Walks up from the first item for which `reached` holds; without it, from the least.
   * `reached` must hold for every item behind one for which it holds.
   */
  *ascending(reached: (item: T) => boolean = () => true): Generator<T, void, undefined> {
    const [at, chunk] = this.#chunkFor(reached);
    if (chunk === undefined) return;
    let from = this.#indexIn(chunk, reached);
    for (let i = at; i < this.#chunks.length; i++) {
      const items = this.#chunks[i] as T[];
      for (let j = from; j < items.length; j++) yield items[j] as T;
      from = 0;
    }
  }

  /**
   * Walks down from the last item for which `reached` does not hold; without it, from
   * the greatest. `reached` must hold for every item behind one for which it holds.
   */
  *descending(reached: (item: T) => boolean = () => false): Generator<T, void, undefined> {
    const [at, chunk] = this.#chunkFor(reached);
    let from = chunk === undefined ? Number.POSITIVE_INFINITY : this.#indexIn(chunk, reached) - 1;
    for (let i = Math.min(at, this.#chunks.length - 1); i >= 0; i--) {
      const items = this.#chunks[i] as T[];
      for (let j = Math.min(from, items.length - 1); j >= 0; j--) yield items[j] as T;
      from = Number.POSITIVE_INFINITY;
    }
  }

  /** The first chunk whose last item has `reached`, and where it stands. */
  #chunkFor(reached: (item: T) => boolean): [at: number, chunk: T[] | undefined] {
    const at = firstIndex(this.#chunks.length, (i) => reached(this.#chunks[i]?.at(-1) as T));
    return [at, this.#chunks[at]];
  }

  #indexIn(chunk: readonly T[], reached: (item: T) => boolean): number {
    return firstIndex(chunk.length, (i) => reached(chunk[i] as T));
  }
}

/** The first index below `length` for which `holds`, or `length`. It must hold for all behind it. */
export function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
