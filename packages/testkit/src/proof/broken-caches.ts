import type { SessionKey } from '@holdfast/session';
import type { PreparedGetState, PreparedList, ScopeState } from '@holdfast/session/store';
import type { BrokenService } from './broken-service.ts';
import type { Row, RowCommit, RowDatabase, RowReader, RowWrite } from './ground/row-database.ts';
import type { Head, ReadHead } from './ground/row-layout.ts';
import { onRows } from './ground/row-service.ts';
import { RowStore, type WritingCall } from './ground/row-store.ts';

/** Keeps what it has read of a session until it writes to it itself. */
class KeepsHeads extends RowStore {
  readonly #heads = new Map<string, ReadHead>();

  override async get(get: Parameters<RowStore['get']>[0]) {
    const reader = await this.reader();
    const name = JSON.stringify(get.key);
    const head = this.#heads.get(name) ?? (await this.head(reader, get.key));
    if (head === undefined) return undefined;
    this.#heads.set(name, head);
    const range = { before: [head.revision + 1], limit: get.numRecentEvents, reverse: true };
    const events = get.numRecentEvents === 0 ? [] : await this.events(reader, { head, range });
    const { afterTimestamp = 0 } = get;
    return {
      ...head,
      events: events.reverse().filter(({ timestamp }) => timestamp >= afterTimestamp),
      state: await this.states(reader, get.key),
    };
  }

  protected override commit(commit: RowCommit, call: WritingCall) {
    this.#heads.clear();
    return super.commit(commit, call);
  }
}

/** Keeps the state of users and apps, as it was read or written last by this instance. */
class KeepsStates extends RowStore {
  readonly #states = new Map<string, ScopeState>();
  readonly #scope: 'user' | 'app';

  constructor(database: RowDatabase, scope: 'user' | 'app') {
    super(database);
    this.#scope = scope;
  }

  override async getState(owner: PreparedGetState): Promise<ScopeState> {
    const name = JSON.stringify(this.stateTable(owner));
    const known = owner.scope === this.#scope ? this.#states.get(name) : undefined;
    const state = known ?? (await super.getState(owner));
    this.#states.set(name, state);
    return state;
  }

  protected override commit(commit: RowCommit, call: WritingCall) {
    this.#states.clear();
    return super.commit(commit, call);
  }
}

/** Counts the sessions of a list once, and after each of its own writes. */
class KeepsTotals extends RowStore {
  readonly #totals = new Map<string, number>();

  protected override async total(reader: RowReader, list: PreparedList): Promise<number> {
    const name = JSON.stringify(this.indexTable(list));
    const total = this.#totals.get(name) ?? (await super.total(reader, list));
    this.#totals.set(name, total);
    return total;
  }

  protected override commit(commit: RowCommit, call: WritingCall) {
    this.#totals.clear();
    return super.commit(commit, call);
  }
}

/** Keeps the first page of a list until it writes itself. */
class KeepsLists extends RowStore {
  readonly #pages = new Map<string, readonly Row[]>();

  protected override async listed(reader: RowReader, list: PreparedList) {
    const name = JSON.stringify({ ...list, now: undefined });
    const rows = this.#pages.get(name) ?? (await super.listed(reader, list));
    this.#pages.set(name, rows);
    return rows;
  }

  protected override commit(commit: RowCommit, call: WritingCall) {
    this.#pages.clear();
    return super.commit(commit, call);
  }
}

/** Remembers which sessions it has deleted, or found missing, until it creates them itself. */
class RemembersWhatIsGone extends RowStore {
  readonly #gone = new Set<string>();

  protected override async head(reader: RowReader, key: SessionKey) {
    const name = JSON.stringify(key);
    if (this.#gone.has(name)) return undefined;
    const head = await super.head(reader, key);
    if (head === undefined) this.#gone.add(name);
    return head;
  }

  protected override headRow(head: Head): RowWrite {
    this.#gone.delete(JSON.stringify(head.key));
    return super.headRow(head);
  }
}

/** Keeps the incarnation of a session that it has read once. */
class KeepsIncarnations extends RowStore {
  readonly #incarnations = new Map<string, string>();

  protected override async head(reader: RowReader, key: SessionKey) {
    const head = await super.head(reader, key);
    if (head === undefined) return undefined;
    const name = JSON.stringify(key);
    const incarnation = this.#incarnations.get(name) ?? head.incarnation;
    this.#incarnations.set(name, incarnation);
    return { ...head, incarnation };
  }

  override async delete(key: SessionKey): Promise<boolean> {
    this.#incarnations.delete(JSON.stringify(key));
    return super.delete(key);
  }
}

/** What an instance takes from its memory, although others may have written since. */
export const brokenCaches: readonly BrokenService[] = [
  {
    fault: 'keeps what it has read of a session until it writes itself',
    failsAt:
      'gives events, revision, state and time of one moment, for any window, on two instances',
    ...onRows((rows) => new KeepsHeads(rows)),
  },
  {
    fault: "keeps users' states until it writes itself",
    failsAt:
      "shows all that `updateState` changes of a user's state, or nothing of it, on two instances",
    ...onRows((rows) => new KeepsStates(rows, 'user')),
  },
  {
    fault: "keeps apps' states until it writes itself",
    failsAt: 'shows each kind of write of one instance at once in the other',
    ...onRows((rows) => new KeepsStates(rows, 'app')),
  },
  {
    fault: 'keeps totals of lists until it writes itself',
    failsAt: 'lists the sessions that are there, while some come and go, on two instances',
    ...onRows((rows) => new KeepsTotals(rows)),
  },
  {
    fault: 'keeps pages of lists until it writes itself',
    failsAt: 'shows each kind of write of one instance at once in the other',
    ...onRows((rows) => new KeepsLists(rows)),
  },
  {
    fault: 'remembers that a session was not there',
    failsAt: 'shows a new session with all of its initial state, or not at all, on two instances',
    ...onRows((rows) => new RemembersWhatIsGone(rows)),
  },
  {
    fault: 'remembers the incarnation of a session',
    failsAt:
      'keeps appends to a session out of the next one with its id, however soon it comes, on two instances',
    ...onRows((rows) => new KeepsIncarnations(rows)),
  },
];
