import { compareIdentifiers } from '@holdfast/core/internal';

/** The parts of a row's key, compared one after the other. */
export type RowKey = readonly (string | number)[];

/** Where a row is: a table is named by its parts, and ordered by the keys of its rows. */
export interface RowAddress {
  readonly table: readonly string[];
  readonly key: RowKey;
}

export interface Row extends RowAddress {
  readonly value: string;
  /** The number of the commit that wrote it. */
  readonly version: number;
}

/** Which rows of a table; both bounds are exclusive. */
export interface RowRange {
  readonly after?: RowKey | undefined;
  readonly before?: RowKey | undefined;
  readonly limit?: number | undefined;
  /** From the last row to the first. */
  readonly reverse?: boolean;
}

/** What rows are read from: one moment of the database, or whatever is there by now. */
export interface RowReader {
  get(address: RowAddress): Promise<Row | undefined>;
  range(table: readonly string[], range?: RowRange): Promise<readonly Row[]>;
  count(table: readonly string[]): Promise<number>;
}

/** A row that must still be as it was read: of that version, or absent. */
export interface RowCheck extends RowAddress {
  readonly version: number | undefined;
}

/** A row that is written; without a value it is deleted. */
export interface RowWrite extends RowAddress {
  readonly value: string | undefined;
}

export interface RowCommit {
  readonly checks: readonly RowCheck[];
  readonly writes: readonly RowWrite[];
}

/** How long an operation waits for, before it does anything and again before it answers. */
export type GiveWay = () => Promise<unknown>;

/** A turn of the event loop: everything else runs that is ready to. */
export const aTurn: GiveWay = () => new Promise((resolve) => setImmediate(resolve));

/** About as long as a server nearby takes. */
export const aMillisecond: GiveWay = () => new Promise((resolve) => setTimeout(resolve, 1));

interface Version {
  readonly version: number;
  readonly value: string | undefined;
}

class Table {
  /** In order; a row that was deleted stays, for those who look at an earlier moment. */
  readonly rows: { readonly key: RowKey; readonly versions: Version[] }[] = [];
  readonly #byKey = new Map<string, Version[]>();

  versionsOf(key: RowKey): readonly Version[] {
    return this.#byKey.get(JSON.stringify(key)) ?? [];
  }

  write(key: RowKey, version: Version): void {
    const versions = this.#byKey.get(JSON.stringify(key));
    if (versions !== undefined) {
      versions.push(version);
      return;
    }
    const row = { key, versions: [version] };
    this.#byKey.set(JSON.stringify(key), row.versions);
    this.rows.splice(this.placeOf(key), 0, row);
  }

  /** How many rows come before a key. */
  placeOf(key: RowKey): number {
    let [low, high] = [0, this.rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareKeys(this.rows[middle]?.key ?? [], key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * A database in memory that many services share. It has rows in tables, reads of one moment, and
 * commits with checks. Each operation gives way to all others, before it and after it.
 */
export class RowDatabase implements RowReader {
  readonly #tables = new Map<string, Table>();
  readonly #giveWay: GiveWay;
  #commits = 0;

  constructor(giveWay: GiveWay = aTurn) {
    this.#giveWay = giveWay;
  }

  /** The database as it is now, whatever is written later. */
  snapshot(): Promise<RowReader> {
    return this.#operation(() => this.#readerAt(this.#commits));
  }

  get(address: RowAddress): Promise<Row | undefined> {
    return this.#operation(() => this.#get(address, this.#commits));
  }

  range(table: readonly string[], range: RowRange = {}): Promise<readonly Row[]> {
    return this.#operation(() => this.#range(table, { ...range, moment: this.#commits }));
  }

  async count(table: readonly string[]): Promise<number> {
    return (await this.range(table)).length;
  }

  /**
   * Writes everything, and gives the moment after that. Undefined if a row is not as the checks
   * say: then nothing is written.
   */
  commit({ checks, writes }: RowCommit): Promise<RowReader | undefined> {
    return this.#operation(() => {
      const isAsRead = ({ version, ...address }: RowCheck) =>
        this.#get(address, this.#commits)?.version === version;
      if (!checks.every(isAsRead)) return undefined;
      const version = ++this.#commits;
      for (const { table, key, value } of writes) this.#table(table).write(key, { version, value });
      return this.#readerAt(version);
    });
  }

  #readerAt(moment: number): RowReader {
    const range = (table: readonly string[], asked: RowRange = {}) =>
      this.#operation(() => this.#range(table, { ...asked, moment }));
    return {
      get: (address) => this.#operation(() => this.#get(address, moment)),
      range,
      count: async (table) => (await range(table)).length,
    };
  }

  #get({ table, key }: RowAddress, moment: number): Row | undefined {
    return rowAt(this.#table(table).versionsOf(key), { table, key, moment });
  }

  #range(
    table: readonly string[],
    { after, before, limit = Infinity, reverse, moment }: RowRange & { readonly moment: number },
  ): Row[] {
    const found = this.#table(table);
    let first = after === undefined ? 0 : found.placeOf(after);
    const firstKey = found.rows[first]?.key;
    if (after && firstKey && compareKeys(firstKey, after) === 0) first++;
    const end = before === undefined ? found.rows.length : found.placeOf(before);
    const rows: Row[] = [];
    for (let i = 0; i < end - first && rows.length < limit; i++) {
      const stored = found.rows[reverse ? end - 1 - i : first + i];
      const row = stored && rowAt(stored.versions, { table, key: stored.key, moment });
      if (row !== undefined) rows.push(row);
    }
    return rows;
  }

  #table(name: readonly string[]): Table {
    const text = JSON.stringify(name);
    const found = this.#tables.get(text) ?? new Table();
    this.#tables.set(text, found);
    return found;
  }

  async #operation<T>(operation: () => T): Promise<T> {
    await this.#giveWay();
    const answer = operation();
    await this.#giveWay();
    return answer;
  }
}

function rowAt(
  versions: readonly Version[],
  { moment, ...address }: RowAddress & { readonly moment: number },
): Row | undefined {
  const found = versions.findLast(({ version }) => version <= moment);
  if (found?.value === undefined) return undefined;
  return { ...address, value: found.value, version: found.version };
}

function compareKeys(a: RowKey, b: RowKey): number {
  for (const [i, part] of a.entries()) {
    const other = b[i];
    if (other === undefined) return 1;
    const difference =
      typeof part === 'number' && typeof other === 'number'
        ? part - other
        : compareIdentifiers(`${part}`, `${other}`);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
