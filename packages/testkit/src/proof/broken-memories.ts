import type { SessionKey } from '@holdfast/session';
import type {
  AppendOutcome,
  PreparedAppend,
  PreparedGet,
  PreparedGetState,
  PreparedList,
  PreparedListEvents,
  ScopeState,
  SessionSnapshot,
} from '@holdfast/session/store';
import type { BrokenService } from './broken-service.ts';
import type { RowCommit, RowReader } from './ground/row-database.ts';
import { onRows } from './ground/row-service.ts';
import { RowStore, type WritingCall } from './ground/row-store.ts';

type Asked = 'get' | 'list' | 'listEvents' | 'getState';

/** Whoever asks for the same as another who is not answered yet gets the same answer. */
class SharesAnswers extends RowStore {
  readonly #running = new Map<string, Promise<unknown>>();
  readonly #asked: Asked;

  constructor(database: ConstructorParameters<typeof RowStore>[0], asked: Asked) {
    super(database);
    this.#asked = asked;
  }

  override get(get: PreparedGet) {
    return this.#shared('get', { request: get, ask: () => super.get(get) });
  }

  override list(list: PreparedList) {
    return this.#shared('list', { request: list, ask: () => super.list(list) });
  }

  override async listEvents(list: PreparedListEvents) {
    const ask = () => super.listEvents(list);
    const found = await this.#shared('listEvents', { request: list, ask });
    return found && { ...found, events: [...found.events] };
  }

  override getState(owner: PreparedGetState) {
    return this.#shared('getState', { request: owner, ask: () => super.getState(owner) });
  }

  #shared<T>(
    asked: Asked,
    { request, ask }: { readonly request: object; readonly ask: () => Promise<T> },
  ): Promise<T> {
    if (asked !== this.#asked) return ask();
    const name = JSON.stringify(request);
    const running =
      (this.#running.get(name) as Promise<T> | undefined) ??
      ask().finally(() => this.#running.delete(name));
    this.#running.set(name, running);
    return running;
  }
}

/** Reads what the moment after its last read or write was. */
class ReadsAhead extends RowStore {
  #next: Promise<RowReader> | undefined;

  protected override async reader(): Promise<RowReader> {
    const reader = this.#next ?? this.database.snapshot();
    this.#next = this.database.snapshot();
    return reader;
  }

  protected override async commit(commit: RowCommit, call: WritingCall) {
    this.#next = undefined;
    const after = await super.commit(commit, call);
    this.#next = undefined;
    return after;
  }
}

/** Keeps sessions for some time, or until it writes itself. */
class KeepsSessions extends RowStore {
  readonly #kept = new Map<string, { readonly until: number; readonly found: SessionSnapshot }>();

  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const name = JSON.stringify(get);
    const kept = this.#kept.get(name);
    if (kept !== undefined && kept.until > performance.now()) return kept.found;
    const found = await super.get(get);
    if (found !== undefined) this.#kept.set(name, { until: performance.now() + 1000, found });
    return found;
  }

  protected override async commit(commit: RowCommit, call: WritingCall) {
    this.#kept.clear();
    const after = await super.commit(commit, call);
    this.#kept.clear();
    return after;
  }
}

/** Refuses by the revision that it has written itself. */
class KnowsRevisions extends RowStore {
  readonly #revisions = new Map<string, number>();

  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const { key, expectedRevision, expectedIncarnation } = append;
    const name = JSON.stringify([key, expectedIncarnation]);
    const revision = this.#revisions.get(name);
    if (revision !== undefined && expectedRevision !== undefined && expectedRevision !== revision) {
      const incarnation = expectedIncarnation ?? '';
      return { type: 'refused', revision, incarnation, findEvent: () => undefined };
    }
    const outcome = await super.append(append);
    if (outcome.type === 'written') this.#revisions.set(name, outcome.revision);
    return outcome;
  }
}

/** Remembers how events of a session are marked, until it deletes the session itself. */
class RemembersMarks extends RowStore {
  readonly #marks = new Map<string, string>();

  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const outcome = await super.append(append);
    if (outcome.type !== 'written') return outcome;
    const name = JSON.stringify(append.key);
    const mark = this.#marks.get(name) ?? outcome.mark;
    this.#marks.set(name, mark);
    return { ...outcome, mark };
  }

  override delete(key: SessionKey): Promise<boolean> {
    this.#marks.delete(JSON.stringify(key));
    return super.delete(key);
  }
}

/** Remembers the incarnations of the sessions that it has listed. */
class ListsIncarnationsOfBefore extends RowStore {
  readonly #incarnations = new Map<string, string>();

  override async list(list: PreparedList) {
    const page = await super.list(list);
    const sessions = page.sessions.map((each) => {
      const name = JSON.stringify(each.key);
      const incarnation = this.#incarnations.get(name) ?? each.incarnation;
      this.#incarnations.set(name, incarnation);
      return { ...each, incarnation };
    });
    return { ...page, sessions };
  }

  override delete(key: SessionKey): Promise<boolean> {
    this.#incarnations.delete(JSON.stringify(key));
    return super.delete(key);
  }
}

/** Keeps events that it has read once: their numbers are those of another session by now. */
class KeepsEvents extends RowStore {
  readonly #events = new Map<string, ReturnType<RowStore['event']>>();

  protected override event(
    head: Parameters<RowStore['event']>[0],
    row: Parameters<RowStore['event']>[1],
  ) {
    const name = JSON.stringify([row.table, row.key]);
    const event = this.#events.get(name) ?? super.event(head, row);
    this.#events.set(name, event);
    return event;
  }
}

/** Answers an update with the state that it knows, and its changes. */
class KnowsStates extends RowStore {
  readonly #states = new Map<string, ScopeState>();

  override async updateState(update: Parameters<RowStore['updateState']>[0]) {
    const name = JSON.stringify(this.stateTable(update.owner));
    const answer = await super.updateState(update);
    const known = new Map([...(this.#states.get(name) ?? answer), ...update.changes]);
    const state = new Map(
      [...known].flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    );
    this.#states.set(name, state);
    return state;
  }
}

const ONE_BY_ONE =
  'goes on from what was acknowledged last, in every call that reads or writes, on two instances';
const AMONG_READS =
  'reads what was acknowledged last, even if the same was asked for shortly before';

/** What an instance remembers, although others have changed it. */
export const brokenMemories: readonly BrokenService[] = [
  ...(['get', 'list', 'listEvents', 'getState'] as const).map((asked) => ({
    fault: `answers with one \`${asked}\` all who ask for the same meanwhile`,
    failsAt: AMONG_READS,
    ...onRows((rows) => new SharesAnswers(rows, asked)),
  })),
  {
    fault: 'looks at the storage for the next call when one is done',
    failsAt: ONE_BY_ONE,
    ...onRows((rows) => new ReadsAhead(rows)),
  },
  {
    fault: 'keeps sessions for a second, or until it writes itself',
    failsAt: ONE_BY_ONE,
    ...onRows((rows) => new KeepsSessions(rows)),
  },
  {
    fault: 'refuses by the revision that this instance has written',
    failsAt: ONE_BY_ONE,
    ...onRows((rows) => new KnowsRevisions(rows)),
  },
  {
    fault: 'marks events as those of the session that it knows',
    failsAt: ONE_BY_ONE,
    ...onRows((rows) => new RemembersMarks(rows)),
  },
  {
    fault: 'lists sessions with the incarnations that it knows',
    failsAt: ONE_BY_ONE,
    ...onRows((rows) => new ListsIncarnationsOfBefore(rows)),
  },
  {
    fault: 'keeps the events that it has read',
    failsAt: ONE_BY_ONE,
    ...onRows((rows) => new KeepsEvents(rows)),
  },
  {
    fault: 'answers an update by the state that it knows',
    failsAt: ONE_BY_ONE,
    ...onRows((rows) => new KnowsStates(rows)),
  },
];
