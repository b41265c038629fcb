import * as port from '@holdfast/session/store';
import { closeFolder, type Folder, translate } from './lmdb-folder.ts';
import * as at from './lmdb-keys.ts';

/** A store over LMDB: reads of a snapshot, and one transaction for each write. */
export class LmdbStore implements port.SessionStore {
  readonly capabilities = {
    persistent: true,
    shared: true,
    evicts: false,
    atomicAppState: true,
    listAllUsers: true,
  };
  readonly #folder: Folder;
  readonly #timer = new port.CallTimer(10_000);

  constructor(folder: Folder) {
    this.#folder = folder;
  }

  create(create: port.PreparedCreate): Promise<port.SharedState | undefined> {
    const { key, incarnation, createTime, state } = create;
    return this.#write(() => {
      if (this.#head(key) !== undefined) return undefined;
      const head = { key, incarnation, createTime, lastUpdateTime: createTime, revision: 0 };
      this.#put(head, state);
      this.#change(at.initialStateOf(head), state.session);
      return this.#states(head);
    });
  }

  get(get: port.PreparedGet): port.SessionSnapshot | undefined {
    const { key, numRecentEvents = Infinity, afterTimestamp = 0, active } = get;
    return this.#read(() => {
      const head = this.#head(key);
      if (head === undefined) return undefined;
      const first = (active && head.activeFrom) || 1;
      const from = Math.max(first, head.revision + 1 - numRecentEvents);
      const events = this.#events(head, { from, to: head.revision + 1 });
      const loaded = events.filter(({ timestamp }) => timestamp >= afterTimestamp);
      const snapshot = { ...head, events: loaded, state: this.#states(head) };
      if (!get.includeInitialState) return snapshot;
      return { ...snapshot, initialState: this.#state(at.initialStateOf(head), key) };
    });
  }

  append(append: port.PreparedAppend): Promise<port.AppendOutcome> {
    const { key, events, changes, latestTimestamp } = append;
    return this.#write<port.AppendOutcome>(() => {
      const head = this.#head(key);
      if (head === undefined) return { type: 'missing' };
      const { incarnation, revision } = head;
      const { expectedRevision = revision, expectedIncarnation = incarnation } = append;
      const isMeant = expectedRevision === revision && expectedIncarnation === incarnation;
      const seqs = events.map(({ id }) => this.#folder.db.get(at.bytes(at.idAt(head, id))));
      const taken = seqs.filter((seq) => seq !== undefined).map(Number);
      if (!isMeant || taken.length > 0) {
        const found = taken.flatMap((seq) => this.#events(head, { from: seq, to: seq + 1 }));
        const findEvent = (id: string) => found.find((event) => event.id === id);
        return { type: 'refused', revision, incarnation, findEvent };
      }
      for (const [i, event] of events.entries()) {
        this.#set(at.eventAt(head, revision + 1 + i), JSON.stringify(event));
        this.#set(at.idAt(head, event.id), String(revision + 1 + i));
      }
      const lastUpdateTime = Math.max(head.lastUpdateTime, latestTimestamp);
      const { activeFrom = head.activeFrom } = append;
      const after = { ...head, lastUpdateTime, revision: revision + events.length, activeFrom };
      this.#put(after, changes);
      return { type: 'written', revision: after.revision, mark: port.markOf(incarnation) };
    });
  }

  // All heads are read and sorted: with many sessions of a user, keep a row for each place in a list.
  list(list: port.PreparedList): port.StoredPage {
    const { appName, userId, after, order, limit, includeState } = list;
    const direction = order === 'asc' ? 1 : -1;
    return this.#read(() => {
      const rows = this.#rows(at.under(['head', appName, userId ?? []].flat()));
      const all = rows.map(([, text]) => at.parseHead(text, { appName }));
      all.sort((a, b) => direction * port.comparePositions(a, b));
      const isBehind = (head: at.Head) =>
        !after || direction * port.comparePositions(head, after) > 0;
      const found = all.filter(isBehind).slice(0, limit + 1);
      const stateOf = (head: at.Head) => (includeState ? this.#states(head) : undefined);
      const sessions = found.map((head) => ({ ...head, state: stateOf(head) }));
      return { ...port.cutPage(list, sessions), total: all.length };
    });
  }

  listEvents({ key, afterSeq, beforeSeq, count, order }: port.PreparedListEvents) {
    return this.#read(() => {
      const head = this.#head(key);
      if (head === undefined) return undefined;
      const end = Math.min(beforeSeq, head.revision + 1);
      const from = order === 'desc' ? Math.max(afterSeq + 1, end - count) : afterSeq + 1;
      const events = this.#events(head, { from, to: Math.min(end, from + count) });
      return { events: order === 'desc' ? events.reverse() : events, revision: head.revision };
    });
  }

  delete(key: port.PreparedDelete): Promise<boolean> {
    return this.#write(() => {
      const head = this.#head(key);
      if (head === undefined) return false;
      this.#set(at.headAt(key), undefined);
      const ranges = at.rangesOf(head).flatMap((range) => this.#rows(range));
      for (const [row] of ranges) this.#folder.db.remove(row);
      return true;
    });
  }

  getState(owner: port.PreparedGetState): port.ScopeState {
    return this.#read(() => this.#state(at.ownerOf(owner), owner));
  }

  updateState({ owner, changes }: port.PreparedUpdateState): Promise<port.ScopeState> {
    return this.#write(() => {
      this.#change(at.ownerOf(owner), changes);
      return this.#state(at.ownerOf(owner), owner);
    });
  }

  close(): void {
    closeFolder(this.#folder);
  }

  /** Reads of one moment: the latest, and not the one at which this turn began. */
  #read<T>(read: () => T): T {
    try {
      this.#folder.db.resetReadTxn();
      return read();
    } catch (error) {
      throw translate(error);
    }
  }

  /** Reads and writes while no one else writes; what throws, or begins too late, writes nothing. */
  #write<T>(decide: () => T): Promise<T> {
    let late: Error | undefined;
    const work = () =>
      // A child: others write in the same transaction, and one that fails is undone alone.
      this.#folder.db.childTransaction(() => {
        if (late) throw late;
        return decide();
      });
    const translated = () =>
      work().catch(async (error) => {
        throw translate((await error.commitError?.catch((cause: unknown) => cause)) ?? error);
      });
    return this.#timer.limit(translated, () => (late = port.noAnswerInTime(this.#timer.timeout)));
  }

  #set(parts: at.Parts, value: string | undefined): void {
    if (value === undefined) this.#folder.db.remove(at.bytes(parts));
    else this.#folder.db.put(at.bytes(parts), value);
  }

  #rows(range: ReturnType<typeof at.under>): [Buffer, string][] {
    return [...this.#folder.db.getRange(range)].map(({ key, value }) => [key, value]);
  }

  #head(key: port.SessionKey): at.Head | undefined {
    const text = this.#folder.db.get(at.bytes(at.headAt(key)));
    return text === undefined ? undefined : at.parseHead(text, key);
  }

  #put(head: at.Head, changes: port.ScopedChanges): void {
    this.#set(at.headAt(head.key), JSON.stringify(head));
    this.#change(at.stateOf(head), changes.session);
    this.#change(at.userStateOf(head.key), changes.user);
    this.#change(at.appStateOf(head.key), changes.app);
  }

  #events(head: at.Head, { from, to }: Readonly<Record<'from' | 'to', number>>): port.Event[] {
    if (from >= to) return [];
    const range = { start: at.bytes(at.eventAt(head, from)), end: at.bytes(at.eventAt(head, to)) };
    const place = { key: head.key, mark: port.markOf(head.incarnation) };
    return this.#rows(range).map(([row, text]) => {
      const seq = Number(row.toString('utf8', row.length - 16));
      return port.parseStoredEvent(text, { ...place, seq });
    });
  }

  #states(head: at.Head): port.StoredState {
    return {
      session: this.#state(at.stateOf(head), head.key),
      user: this.#state(at.userStateOf(head.key), head.key),
      app: this.#state(at.appStateOf(head.key), head.key),
    };
  }

  #state(parts: at.Parts, key: port.StoredOwner): port.ScopeState {
    const { length } = at.bytes(parts, '\0');
    const entries = this.#rows(at.under(parts)).map(([row, text]) => {
      const name = row.toString('utf8', length);
      return [name, port.parseStoredValue(text, { name, key })] as const;
    });
    return new Map(entries);
  }

  #change(parts: at.Parts, changes: port.StateChanges): void {
    for (const [name, value] of changes) {
      this.#set([...parts, name], value === undefined ? undefined : JSON.stringify(value));
    }
  }
}
