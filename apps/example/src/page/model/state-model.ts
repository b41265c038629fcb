import type { Event, JsonObject, JsonValue } from '@holdfast/core';
import { jsonEqual } from '@holdfast/core/internal';
import type { StateScope } from '@holdfast/state';
import type { ScopedState, StateView } from '../../api/wire.ts';
import {
  applyTo,
  changesBetween,
  changesInScope,
  changesOf,
  type StateChange,
} from './state-change.ts';

/** One key as it is shown. */
export interface StateRow {
  readonly name: string;
  /** Absent where the key was removed: such a row stays until something else changes. */
  readonly value?: JsonValue;
  readonly mark?: StateMark;
}

export interface StateMark {
  readonly kind: 'set' | 'removed';
  /** What has changed the key: `#12`, `elsewhere`, or nothing where that is not known. */
  readonly source: string;
}

const EMPTY: ScopedState = { session: {}, user: {}, app: {} };

/** The state that is shown, and what changed last in it. */
export class StateModel {
  #state: ScopedState = EMPTY;
  #temp: JsonObject | null = null;
  /** The revision of the conversation that the state is of. */
  #revision = 0;
  #marks = new Map<string, StateMark>();
  /** Whether the state was read. Before that, nothing can be said to have changed elsewhere. */
  #isLoaded = false;

  /** Whether an agent works here at the moment. */
  get isLive(): boolean {
    return this.#temp !== null;
  }

  /** Shows another conversation, or none. Marks what the last of its events changed. */
  load({
    state,
    temp,
    revision,
    events,
  }: {
    readonly state: ScopedState;
    readonly temp: JsonObject | null;
    readonly revision: number;
    readonly events: readonly Event[];
  }): void {
    this.#isLoaded = true;
    this.#state = state;
    this.#temp = temp;
    this.#revision = revision;
    this.#marks = new Map();
    const last = events.findLast((event) => storedChanges(event).length > 0);
    if (last !== undefined) this.#markEvent(last);
  }

  /** An event was stored. */
  addEvent(event: Event): void {
    const changes = storedChanges(event);
    const { seq = 0 } = event;
    if (seq > this.#revision) {
      this.#revision = seq;
      this.#state = applyTo(this.#state, changes);
    }
    if (changes.length > 0) this.#markEvent(event);
  }

  /** What the server said when it was asked again. An answer that was overtaken changes nothing. */
  addPolled({ session, state }: StateView, options: { readonly isAnswering: boolean }): void {
    const revision = session?.revision ?? 0;
    if (revision < this.#revision) return;
    // The event behind it is on its way, and will say which one it is.
    const source = options.isAnswering || revision > this.#revision ? '' : 'elsewhere';
    const changes = this.#isLoaded ? changesBetween(this.#state, state) : [];
    for (const { scope, name, kind } of changes) {
      this.#marks.set(markKey(scope, name), { kind, source });
    }
    this.#isLoaded = true;
    this.#revision = revision;
    this.#state = state;
  }

  /** The working values of the agent; null where it does not work. */
  setTemp(temp: JsonObject | null): void {
    if (temp === null) {
      // What is gone stays to be seen, as gone.
      for (const name of Object.keys(this.#temp ?? {})) {
        this.#marks.set(markKey('temp', name), { kind: 'removed', source: '' });
      }
    } else {
      const before = this.#temp ?? {};
      if (this.#temp === null) this.#clearMarks((key) => key.startsWith('temp:'));
      for (const { name, kind } of changesInScope('temp', { before, after: temp })) {
        this.#marks.set(markKey('temp', name), { kind, source: '' });
      }
    }
    this.#temp = temp;
  }

  /** The keys of a scope, by name, with those that were removed last. */
  rows(scope: StateScope): readonly StateRow[] {
    const values = scope === 'temp' ? (this.#temp ?? {}) : this.#state[scope];
    const rows: StateRow[] = Object.entries(values).map(([name, value]) => {
      const mark = this.#marks.get(markKey(scope, name));
      return { name, value, ...(mark?.kind === 'set' && { mark }) };
    });
    const prefix = `${scope}:`;
    for (const [key, mark] of this.#marks) {
      const name = key.slice(prefix.length);
      if (mark.kind === 'removed' && key.startsWith(prefix) && !Object.hasOwn(values, name)) {
        rows.push({ name, mark });
      }
    }
    return rows.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  }

  #markEvent(event: Event): void {
    this.#clearMarks((key) => !key.startsWith('temp:'));
    for (const change of storedChanges(event)) {
      if (!this.#stillHolds(change)) continue;
      const { scope, name, kind } = change;
      this.#marks.set(markKey(scope, name), { kind, source: `#${event.seq}` });
    }
  }

  /** Whether nobody has changed the key since. */
  #stillHolds({ scope, name, kind, value }: StateChange): boolean {
    if (scope === 'temp') return false;
    const isThere = Object.hasOwn(this.#state[scope], name);
    if (kind === 'removed') return !isThere;
    return isThere && jsonEqual(this.#state[scope][name] ?? null, value ?? null);
  }

  #clearMarks(isMeant: (key: string) => boolean): void {
    for (const key of [...this.#marks.keys()]) if (isMeant(key)) this.#marks.delete(key);
  }
}

function storedChanges(event: Event): readonly StateChange[] {
  return changesOf(event).filter(({ scope }) => scope !== 'temp');
}

// Every scope with a prefix, also the one that has none in a store.
function markKey(scope: StateScope, name: string): string {
  return `${scope}:${name}`;
}
