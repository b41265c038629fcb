/** A part of the keys, in the order of the keys. */
export interface Range {
  /** The first key. */
  readonly from: string;
  /** The end, exclusive. */
  readonly to: string;
  /** @default all */
  readonly limit?: number | undefined;
  /** From the last key on. @default false */
  readonly reverse?: boolean;
}

export interface Entry {
  readonly key: string;
  readonly value: string;
  /** Another one after each write of the key. */
  readonly version: number;
}

/** What is written together, unless something has changed. */
export class Commit {
  /** The versions that these keys must still have; undefined: the key must not exist. */
  readonly checks = new Map<string, number | undefined>();
  /** The new values; undefined: the key is removed. */
  readonly writes = new Map<string, string | undefined>();

  /** Writes a value in place of the one that was read, and of no other. */
  replace(
    key: string,
    { entry, by }: { readonly entry: Entry | undefined; readonly by: string | undefined },
  ): void {
    this.checks.set(key, entry?.version);
    this.writes.set(key, by);
  }
}

/**
 * An asynchronous database of keys and values with compare-and-set, as many edge runtimes and
 * clouds have one. This one is in memory. Others work before and after each step of a call, as
 * they do with a database at the other end of a network.
 */
export class KeyValueDatabase {
  readonly #entries = new Map<string, Entry>();
  readonly #sorted: string[] = [];
  #version = 0;

  /** The entries of each range, all as of one moment. */
  async read(ranges: readonly Range[]): Promise<readonly (readonly Entry[])[]> {
    await othersWork();
    const found = ranges.map((range) => this.#find(range));
    await othersWork();
    return found;
  }

  /** Writes everything, or nothing: false if a key that is checked has another version. */
  async commit({ checks, writes }: Commit): Promise<boolean> {
    await othersWork();
    const isUnchanged = [...checks].every(
      ([key, version]) => this.#entries.get(key)?.version === version,
    );
    if (isUnchanged) {
      for (const [key, value] of writes) this.#write(key, value);
    }
    await othersWork();
    return isUnchanged;
  }

  #write(key: string, value: string | undefined): void {
    const isThere = this.#entries.has(key);
    const place = placeOf(key, this.#sorted);
    if (value !== undefined) {
      if (!isThere) this.#sorted.splice(place, 0, key);
      this.#entries.set(key, { key, value, version: ++this.#version });
    } else if (isThere) {
      this.#sorted.splice(place, 1);
      this.#entries.delete(key);
    }
  }

  #find({ from, to, limit = Number.POSITIVE_INFINITY, reverse = false }: Range) {
    const keys = this.#sorted;
    const start = placeOf(from, keys);
    const end = placeOf(to, keys);
    const length = Math.max(0, Math.min(limit, end - start));
    const place = (i: number) => (reverse ? end - 1 - i : start + i);
    return Array.from({ length }, (_, i) => this.#entries.get(keys[place(i)] ?? '') as Entry);
  }
}

/** How many of the sorted keys come before `key`. */
function placeOf(key: string, keys: readonly string[]): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function othersWork(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
