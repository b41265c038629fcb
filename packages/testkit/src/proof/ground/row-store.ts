import { HoldfastError, type SessionKey } from '@holdfast/session';
import {
  type AppendOutcome,
  cutPage,
  type ListedEvents,
  markOf,
  type PreparedAppend,
  type PreparedCreate,
  type PreparedGet,
  type PreparedGetState,
  type PreparedList,
  type PreparedListEvents,
  type PreparedUpdateState,
  type ScopeState,
  type SessionSnapshot,
  type SessionStore,
  type SharedState,
  type StoreCapabilities,
  type StoredPage,
  type StoredSummary,
} from '@holdfast/session/store';
import type { RowCommit, RowDatabase, RowReader, RowWrite } from './row-database.ts';
import type { Head } from './row-layout.ts';
import { RowReads } from './row-reads.ts';

/** The calls that write. */
export type WritingCall = 'create' | 'append' | 'delete' | 'updateState';

/** What a call that writes comes to, from what it has read at one moment. */
export type Decision<T> =
  | { readonly answer: T }
  | (RowCommit & { readonly answerAt: (after: RowReader) => T | Promise<T> });

// A commit fails only because another one has succeeded.
const MAX_ATTEMPTS = 1000;

/**
 * A correct store over a `RowDatabase`: it reads at one moment, decides, and commits what it has
 * decided if the session is still as it was read. Its steps are methods of their own, so that one
 * of them can be got wrong.
 */
export class RowStore extends RowReads implements SessionStore {
  readonly capabilities: StoreCapabilities = {
    persistent: true,
    shared: true,
    evicts: false,
    atomicAppState: true,
    listAllUsers: true,
  };

  protected readonly database: RowDatabase;

  constructor(database: RowDatabase) {
    super();
    this.database = database;
  }

  async create(create: PreparedCreate): Promise<SharedState | undefined> {
    return this.transact('create', (reader) => this.decideCreate(reader, create));
  }

  async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const reader = await this.reader();
    const head = await this.head(reader, get.key);
    if (head === undefined) return undefined;
    const events = await this.window(reader, { head, get });
    const state = await this.states(reader, get.key);
    const initialState = get.includeInitialState ? this.initialState(head) : undefined;
    return { ...head, events, state, initialState };
  }

  async append(append: PreparedAppend): Promise<AppendOutcome> {
    return this.transact('append', (reader) => this.decideAppend(reader, append));
  }

  async list(list: PreparedList): Promise<StoredPage> {
    const reader = await this.reader();
    const total = list.includeTotal ? await this.total(reader, list) : undefined;
    const found: StoredSummary[] = [];
    for (const row of await this.listed(reader, list)) {
      const key: SessionKey = JSON.parse(row.value);
      const head = await this.head(reader, key);
      if (head === undefined) continue;
      const state = list.includeState ? await this.states(reader, key) : undefined;
      found.push({ ...head, state });
    }
    return { ...cutPage(list, found), total };
  }

  async listEvents({ key, ...list }: PreparedListEvents): Promise<ListedEvents | undefined> {
    const reader = await this.reader();
    const head = await this.head(reader, key);
    if (head === undefined) return undefined;
    const { afterSeq, beforeSeq, count: limit } = list;
    const range = { after: [afterSeq], before: [beforeSeq], limit, reverse: list.order === 'desc' };
    return { events: await this.events(reader, { head, range }), revision: head.revision };
  }

  async delete(key: SessionKey): Promise<boolean> {
    return this.transact('delete', (reader) => this.decideDelete(reader, key));
  }

  async getState(owner: PreparedGetState): Promise<ScopeState> {
    return this.state(await this.reader(), owner);
  }

  async updateState(update: PreparedUpdateState): Promise<ScopeState> {
    return this.transact('updateState', (reader) => this.decideUpdate(reader, update));
  }

  async close(): Promise<void> {}

  /** What a call reads from: one moment for all of it. */
  protected reader(): Promise<RowReader> {
    return this.database.snapshot();
  }

  /** Reads, decides and commits, and all of that again if another commit came between. */
  protected async transact<T>(
    call: WritingCall,
    decide: (reader: RowReader) => Promise<Decision<T>>,
  ): Promise<T> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const decision = await decide(await this.reader());
      if ('answer' in decision) return decision.answer;
      const after = await this.commit(decision, call);
      if (after !== undefined) return decision.answerAt(after);
    }
    throw new HoldfastError('unavailable', { message: `${call} was overtaken too often` });
  }

  protected commit(commit: RowCommit, _call: WritingCall): Promise<RowReader | undefined> {
    return this.database.commit({ checks: commit.checks, writes: commit.writes });
  }

  protected async decideCreate(
    reader: RowReader,
    { key, state, incarnation, createTime }: PreparedCreate,
  ): Promise<Decision<SharedState | undefined>> {
    const found = await this.head(reader, key);
    if (found !== undefined) return { answer: undefined };
    const initial = [...state.session].map(
      ([name, value]) => [name, JSON.stringify(value)] as const,
    );
    const times = { createTime, lastUpdateTime: createTime };
    const head = { key, incarnation, ...times, revision: 0, activeFrom: 1, initial };
    return {
      checks: [this.headCheck(key, found)],
      writes: [this.headRow(head), ...this.indexRows(found, head), ...this.stateRows(key, state)],
      answerAt: (after) => this.sharedStates(after, key),
    };
  }

  protected async decideAppend(
    reader: RowReader,
    append: PreparedAppend,
  ): Promise<Decision<AppendOutcome>> {
    const { key } = append;
    const head = await this.head(reader, key);
    if (head === undefined) return { answer: { type: 'missing' } };
    const stored = await this.storedEvents(reader, {
      head,
      ids: append.events.map(({ id }) => id),
    });
    if (stored.size > 0 || !this.isExpected(head, append)) {
      const { revision, incarnation } = head;
      const findEvent = (id: string) => stored.get(id);
      return { answer: { type: 'refused', revision, incarnation, findEvent } };
    }
    const next = this.nextHead(head, append);
    const { revision, incarnation } = next;
    return {
      checks: [this.headCheck(key, head)],
      writes: [
        this.headRow(next),
        ...this.indexRows(head, next),
        ...this.eventRows(next, append),
        ...this.stateRows(key, append.changes),
      ],
      answerAt: () => ({ type: 'written', revision, mark: markOf(incarnation) }),
    };
  }

  protected async decideDelete(reader: RowReader, key: SessionKey): Promise<Decision<boolean>> {
    const head = await this.head(reader, key);
    if (head === undefined) return { answer: false };
    return {
      checks: [this.headCheck(key, head)],
      writes: await this.deletions(reader, head),
      answerAt: () => true,
    };
  }

  protected async decideUpdate(
    _reader: RowReader,
    { owner, changes }: PreparedUpdateState,
  ): Promise<Decision<ScopeState>> {
    return {
      checks: [],
      writes: this.changeRows(owner, changes),
      answerAt: (after) => this.state(after, owner),
    };
  }

  protected isExpected(
    head: Pick<Head, 'revision' | 'incarnation'>,
    append: PreparedAppend,
  ): boolean {
    const { expectedRevision = head.revision, expectedIncarnation = head.incarnation } = append;
    return expectedRevision === head.revision && expectedIncarnation === head.incarnation;
  }

  /** The head after an append. */
  protected nextHead(head: Head, append: PreparedAppend): Head {
    const { key, incarnation, createTime, initial } = head;
    const { events, latestTimestamp, activeFrom = head.activeFrom } = append;
    const revision = head.revision + events.length;
    const lastUpdateTime = Math.max(head.lastUpdateTime, latestTimestamp);
    return { key, incarnation, createTime, lastUpdateTime, revision, activeFrom, initial };
  }

  /** Everything of a session. */
  protected async deletions(reader: RowReader, head: Head): Promise<readonly RowWrite[]> {
    const gone = await Promise.all(this.tablesOf(head.key).map((table) => reader.range(table)));
    return [
      { ...this.headAddress(head.key), value: undefined },
      ...this.indexRows(head, undefined),
      ...gone.flat().map(({ table, key }) => ({ table, key, value: undefined })),
    ];
  }
}
