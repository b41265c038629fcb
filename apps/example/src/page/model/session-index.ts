import type { SessionEntry } from '../../api/wire.ts';
import { api } from './api-client.ts';

const PAGE = 30;

/** The conversations of the user that are known here, newest first. */
export class SessionIndex {
  #entries: readonly SessionEntry[] = [];
  #nextCursor: string | undefined;
  /** Counts what `reset` has made old. */
  #age = 0;
  /** Deleted here, whether or not the server knows it yet. */
  readonly #hidden = new Set<string>();

  get entries(): readonly SessionEntry[] {
    return this.#entries.filter(({ id }) => !this.#hidden.has(id));
  }

  get hasMore(): boolean {
    return this.#nextCursor !== undefined;
  }

  find(id: string): SessionEntry | undefined {
    return this.#entries.find((entry) => entry.id === id);
  }

  hide(id: string): void {
    this.#hidden.add(id);
  }

  unhide(id: string): void {
    this.#hidden.delete(id);
  }

  /** Forgets everything: another user has other conversations. */
  reset(): void {
    this.#age++;
    this.#entries = [];
    this.#nextCursor = undefined;
    this.#hidden.clear();
  }

  /** Reads the first page again. What lies behind it stays. */
  async refresh(): Promise<void> {
    const age = this.#age;
    const { sessions, nextCursor } = await api.listSessions({ limit: PAGE });
    if (age !== this.#age) return;
    const last = sessions.at(-1);
    const isWhole = nextCursor === undefined || last === undefined;
    const behind = isWhole
      ? []
      : this.#entries.filter(({ lastUpdateTime }) => lastUpdateTime <= last.lastUpdateTime);
    // The cursor of the last page that was read still says where the next one begins.
    if (isWhole || behind.length === 0) this.#nextCursor = nextCursor;
    this.#entries = merge(sessions, behind);
  }

  async loadMore(): Promise<void> {
    if (this.#nextCursor === undefined) return;
    const age = this.#age;
    const { sessions, nextCursor } = await api.listSessions({
      limit: PAGE,
      cursor: this.#nextCursor,
    });
    if (age !== this.#age) return;
    this.#nextCursor = nextCursor;
    this.#entries = merge(this.#entries, sessions);
  }

  /** Takes over what was learned about one conversation. */
  put(entry: SessionEntry): void {
    const others = this.#entries.filter(({ id }) => id !== entry.id);
    this.#entries = merge([entry], others).toSorted((a, b) => b.lastUpdateTime - a.lastUpdateTime);
  }

  remove(id: string): void {
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
  }
}

function merge(
  first: readonly SessionEntry[],
  second: readonly SessionEntry[],
): readonly SessionEntry[] {
  const known = new Set(first.map(({ id }) => id));
  return [...first, ...second.filter(({ id }) => !known.has(id))];
}
