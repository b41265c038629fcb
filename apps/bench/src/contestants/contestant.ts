import type { BenchStore } from './bench-store.ts';
import type { Place } from './place.ts';

/** What is kept where. Contestants of one group do their work on the same ground. */
export const GROUPS = ['memory', 'sqlite', 'sqlite-full', 'postgres', 'mysql', 'redis'] as const;

export type Group = (typeof GROUPS)[number];

export const GROUP_TITLES: Readonly<Record<Group, string>> = {
  memory: 'In memory',
  sqlite: 'SQLite, synchronous=NORMAL',
  'sqlite-full': 'SQLite, synchronous=FULL',
  postgres: 'PostgreSQL',
  mysql: 'MariaDB, MySQL',
  redis: 'Redis',
};

/** Someone who is measured. It is described without loading what it needs. */
export interface Contestant {
  readonly id: string;
  /** As a table shows it. */
  readonly name: string;
  /** Ours, the least that the ground under it can do, or another library. */
  readonly kind: 'holdfast' | 'limit' | 'peer';
  readonly group: Group;
  /** The packages whose versions a report names. */
  readonly packages: readonly string[];
  /** What it does, and what it leaves out. */
  readonly note: string;
  /** Of a peer: whether it keeps events and state in three scopes, as Holdfast does. */
  readonly sameWork?: boolean;
  /** Loads what it needs, and opens a store of its own at `place`. */
  open(place: Place): Promise<BenchStore>;
}
