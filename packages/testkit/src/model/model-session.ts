import type { NamedEvent } from './named-events.ts';
import type { Labels } from './operations.ts';

/** A session's own state, or all of a user's or an app's, under whole keys. */
export type Values = Readonly<Record<string, unknown>>;

/** What stands in a session's history. */
export type Entry =
  | { readonly type: 'event'; readonly event: NamedEvent }
  | { readonly type: 'rewind'; readonly toSeq: number }
  | { readonly type: 'retract'; readonly ids: readonly string[]; readonly throughSeq: number }
  /** What stays of an event; undefined: of a marker, whose id is the service's. */
  | { readonly type: 'erased'; readonly event: NamedEvent | undefined };

export interface NewModelSession {
  readonly createTime: number;
  readonly state: Values;
  readonly labels: Labels;
  readonly forkedFrom?: { readonly sessionId: string; readonly seq: number } | undefined;
}

/** A session as plainly as it can be said: all entries, and the state after each. */
export class ModelSession {
  readonly createTime: number;
  readonly forkedFrom: NewModelSession['forkedFrom'];
  /** The one with the `seq` n is at n - 1. */
  readonly entries: Entry[] = [];
  /** The session's own state at each `seq`, the initial one at 0. */
  readonly states: Values[];
  labels: Labels;
  turn: string | undefined;

  constructor({ createTime, state, labels, forkedFrom }: NewModelSession) {
    this.createTime = createTime;
    this.states = [state];
    this.labels = labels;
    this.forkedFrom = forkedFrom;
  }

  get revision(): number {
    return this.entries.length;
  }

  get state(): Values {
    return this.states[this.revision] as Values;
  }

  add(entry: Entry, state: Values): void {
    this.entries.push(entry);
    this.states.push(state);
  }

  /** Takes the first entries of another session, and the state at each of them. */
  copy(source: ModelSession, throughSeq: number): void {
    this.entries.push(...source.entries.slice(0, throughSeq));
    this.states.splice(0, 1, ...source.states.slice(0, throughSeq + 1));
  }

  /** The entry of an event; undefined if there is none of that id. */
  find(id: string): Entry | undefined {
    return this.entries.find((entry) => 'event' in entry && entry.event?.id === id);
  }

  /** What counts at a `seq`: what a rewind has taken back does not, from its point on. */
  chain(seq = this.revision): readonly number[] {
    const entry = this.entries[seq - 1];
    if (entry === undefined) return [];
    if (entry.type === 'rewind') return this.chain(entry.toSeq);
    return [...this.chain(seq - 1), seq];
  }

  /** The ids of the events that are active. */
  active(): readonly string[] {
    const { ids, throughSeq } = this.#retracted(this.chain());
    return this.chain().flatMap((seq) => {
      const entry = this.entries[seq - 1];
      if (entry?.type !== 'event' || seq <= throughSeq || ids.has(entry.event.id)) return [];
      return [entry.event.id];
    });
  }

  /** The first event that is loaded with the active ones. */
  activeFrom(): number {
    const chain = this.chain();
    const { ids, throughSeq } = this.#retracted(chain);
    const covered = chain.flatMap((seq) => {
      const entry = this.entries[seq - 1];
      if (entry?.type !== 'event' || ids.has(entry.event.id)) return [];
      const { compaction } = entry.event.actions;
      return compaction !== undefined && compaction.throughSeq < seq ? [compaction.throughSeq] : [];
    });
    return Math.max(throughSeq, ...covered) + 1;
  }

  /** Whether the state at a `seq` can be told, if what erased events did is not known. */
  knowsStateAt(seq: number): boolean {
    const isErased = (n: number) => this.entries[n - 1]?.type === 'erased';
    const later = this.#seqs(seq + 1, this.revision);
    const before = this.#seqs(1, seq).reverse();
    if (later.length === 0) return true;
    if (later.some(isErased)) return !before.some(isErased);
    const sought = new Set(later.flatMap((n) => [...this.#decided(n), ...this.#added(n)]));
    for (const n of before) {
      if (sought.size === 0) return true;
      if (isErased(n)) return false;
      for (const key of this.#decided(n)) sought.delete(key);
    }
    return true;
  }

  #seqs(from: number, to: number): number[] {
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
  }

  /** The session's own keys to which an entry gives a value, or none. */
  #decided(seq: number): readonly string[] {
    const entry = this.entries[seq - 1];
    if (entry?.type === 'event') {
      const { stateDelta, removedStateKeys } = entry.event.actions;
      return [...Object.keys(stateDelta), ...removedStateKeys].filter(isOwn);
    }
    if (entry?.type !== 'rewind') return [];
    const [before = {}, after = {}] = [this.states[seq - 1], this.states[seq]];
    return Object.keys({ ...before, ...after }).filter((key) => before[key] !== after[key]);
  }

  #added(seq: number): readonly string[] {
    const entry = this.entries[seq - 1];
    if (entry?.type !== 'event') return [];
    return Object.keys(entry.event.actions.stateIncrements ?? {}).filter(isOwn);
  }

  #retracted(chain: readonly number[]) {
    const ids = new Set<string>();
    let throughSeq = 0;
    for (const seq of chain) {
      const entry = this.entries[seq - 1];
      if (entry?.type !== 'retract') continue;
      for (const id of entry.ids) ids.add(id);
      throughSeq = Math.max(throughSeq, entry.throughSeq);
    }
    return { ids, throughSeq };
  }
}

export function isOwn(key: string): boolean {
  return !key.includes(':');
}
