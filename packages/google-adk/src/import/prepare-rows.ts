import { isHoldfastError, type SessionKey } from '@holdfast/core';
import { describeType, identifierProblem, isPlainObject } from '@holdfast/core/internal';
import { splitStateKey } from '@holdfast/state';
import type { ImportJournal } from './import-journal.ts';
import {
  hasSessionRow,
  type RowSource,
  readUserState,
  type SessionRow,
  type StateRow,
} from './read-rows.ts';
import type { AdkTable, Problem } from './refused-row.ts';
import { MARK_USER } from './reserved-ids.ts';
import { keyOfStatePath, type RowCheck, statePath } from './row-check.ts';
import type { StateEntry } from './state-chunks.ts';
import { type BigIntegers, jsonObjectOf } from './stored-json.ts';

/** What rows are prepared with. */
export interface Preparation {
  readonly source: RowSource;
  /** The app's name in the service. */
  readonly appName: string;
  readonly bigIntegers: BigIntegers;
  readonly check: RowCheck;
  readonly journal: ImportJournal;
  /** Ids that rows were mapped to: no two may share one. */
  readonly taken: Set<string>;
}

/** A session's row, ready to be written. */
export interface PreparedSession {
  /** Where to. */
  readonly key: SessionKey;
  /** Keys of the session's own scope; undefined if the row's state cannot be read. */
  readonly state: readonly StateEntry[] | undefined;
}

/** A user's or an app's state, ready to be written. */
export interface PreparedState {
  readonly userId: string;
  readonly state: readonly StateEntry[];
}

interface Row {
  readonly userId: string;
  readonly sessionId: string;
  /** Undefined if it cannot be read. */
  readonly state: Readonly<Record<string, unknown>> | undefined;
  /** Whether it may go without its state. */
  readonly isWithoutState: boolean;
  /** Whether its ids are not those of its row. */
  readonly isMoved: boolean;
}

/** The row of a session, without its events; undefined if it is left out. */
export async function prepareSession(
  preparation: Preparation,
  row: SessionRow,
): Promise<PreparedSession | undefined> {
  const { source, appName, check, journal } = preparation;
  const key = { app_name: row.appName, user_id: row.userId, id: row.sessionId };
  if (row.appName !== source.appName) noteAppName(journal, { table: 'sessions', key });
  const { value, unreadable, bigIntegers } = readState(preparation, row);
  const state = value === undefined ? undefined : ownState(journal, { key, state: value });

  const settled = await journal.settle<Row>({
    first: {
      userId: row.userId,
      sessionId: row.sessionId,
      state,
      isWithoutState: false,
      isMoved: false,
    },
    async problemOf({ userId, sessionId, state, isWithoutState, isMoved }) {
      const problem = idProblem({ user_id: userId, id: sessionId });
      if (problem !== undefined) return problem;
      if (isMoved) {
        const name = JSON.stringify([userId, sessionId]);
        if (preparation.taken.has(name) || (await hasSessionRow(source, { userId, sessionId }))) {
          return invalid('id', `is to become ${name}, which another session has`);
        }
      }
      if (state === undefined) return isWithoutState ? undefined : unreadable;
      const wrong = shapeProblem(state) ?? scopeProblem(state);
      if (wrong !== undefined) return wrong;
      const target = { appName, userId, sessionId };
      return check.stateProblem({ key: target, scope: 'session', entries: Object.entries(state) });
    },
    describe({ userId, sessionId, state }, problem) {
      return { table: 'sessions', key, userId, sessionId, state: copyOf(state), ...shown(problem) };
    },
    map(old, { userId = old.userId, sessionId = old.sessionId, state = old.state }) {
      const isMoved = userId !== row.userId || sessionId !== row.sessionId;
      return { ...old, userId, sessionId, state, isMoved };
    },
    without(old, problem) {
      if (problem.path === 'state') return { ...old, state: undefined, isWithoutState: true };
      const rest = withoutKey(old.state, problem);
      return rest && { ...old, state: rest };
    },
  });
  if (settled === undefined) return undefined;
  noteBigIntegers(journal, { table: 'sessions', key, count: bigIntegers });
  const { userId, sessionId, isMoved } = settled;
  if (isMoved) preparation.taken.add(JSON.stringify([userId, sessionId]));
  return {
    key: { appName, userId, sessionId },
    state: settled.state && Object.entries(settled.state),
  };
}

/** The state of a user; undefined if the user is left out. `userId` is as the sessions have it. */
export async function prepareUser(
  preparation: Preparation,
  userId: string,
): Promise<PreparedState | undefined> {
  const { source, appName, check, journal } = preparation;
  const row = await readUserState(source, userId);
  if (row === undefined) {
    // Sessions that are left out, or moved to another user, say so themselves.
    return idProblem({ user_id: userId, id: 'any' }) ? undefined : { userId, state: [] };
  }
  const key = { app_name: row.appName, user_id: row.userId };
  const table = 'user_states';
  if (row.userId !== userId) {
    const reason = `the database takes the user ${JSON.stringify(userId)} for the same: the state is that of both`;
    journal.note({ table, key, path: 'user_id', reason, outcome: 'changed' });
  }
  if (row.appName !== source.appName) noteAppName(journal, { table, key });
  const { value, unreadable, bigIntegers } = readState(preparation, row);

  const settled = await journal.settle<Omit<Row, 'sessionId'>>({
    first: { userId, state: value, isWithoutState: false, isMoved: false },
    async problemOf({ userId: id, state, isWithoutState, isMoved }) {
      const problem = idProblem({ user_id: id, id: 'any' });
      if (problem !== undefined) return problem;
      if (isMoved && (preparation.taken.has(JSON.stringify([id])) || (await hasOtherState(id)))) {
        return invalid('user_id', `is to become ${JSON.stringify(id)}, whom another row is about`);
      }
      if (state === undefined) return isWithoutState ? undefined : unreadable;
      const wrong = shapeProblem(state);
      if (wrong !== undefined) return wrong;
      const target = { appName, userId: id, sessionId: 'any' };
      return check.stateProblem({ key: target, scope: 'user', entries: Object.entries(state) });
    },
    describe({ userId: id, state }, problem) {
      return { table, key, userId: id, state: copyOf(state), ...shown(problem) };
    },
    map(old, { userId: id = old.userId, state = old.state }) {
      return { ...old, userId: id, state, isMoved: id !== userId };
    },
    without(old, problem) {
      if (problem.path === 'state') return { ...old, state: undefined, isWithoutState: true };
      const rest = withoutKey(old.state, problem);
      return rest && { ...old, state: rest };
    },
  });
  if (settled === undefined) return undefined;
  noteBigIntegers(journal, { table, key, count: bigIntegers });
  if (settled.isMoved) preparation.taken.add(JSON.stringify([settled.userId]));
  return { userId: settled.userId, state: Object.entries(settled.state ?? {}) };

  /** Whether the user has a row of their own: not this one, by another spelling. */
  async function hasOtherState(id: string): Promise<boolean> {
    const other = await readUserState(source, id);
    return other !== undefined && other.userId !== row?.userId;
  }
}

/** The app's own state. */
export async function prepareApp(
  preparation: Preparation,
  row: StateRow | undefined,
): Promise<readonly StateEntry[]> {
  if (row === undefined) return [];
  const { source, appName, check, journal } = preparation;
  const key = { app_name: row.appName };
  const table = 'app_states';
  if (row.appName !== source.appName) noteAppName(journal, { table, key });
  const { value, unreadable, bigIntegers } = readState(preparation, row);

  const settled = await journal.settle<Row['state']>({
    first: value,
    problemOf(state) {
      if (state === undefined) return unreadable;
      const wrong = shapeProblem(state);
      if (wrong !== undefined) return wrong;
      const target = { appName, userId: 'any', sessionId: 'any' };
      return check.stateProblem({ key: target, scope: 'app', entries: Object.entries(state) });
    },
    describe: (state, problem) => ({ table, key, state: copyOf(state), ...shown(problem) }),
    map: (old, { state = old }) => state,
    without: (old, problem) => (problem.path === 'state' ? {} : withoutKey(old, problem)),
  });
  noteBigIntegers(journal, { table, key, count: bigIntegers });
  return Object.entries(settled ?? {});
}

interface NamedRow {
  readonly table: AdkTable;
  readonly key: Readonly<Record<string, string>>;
}

/** The column `state`, and what keeps it from being read. */
function readState({ bigIntegers }: Preparation, row: { readonly state: unknown }) {
  try {
    const json = jsonObjectOf(row.state ?? '{}', 'state', bigIntegers);
    return { ...json, unreadable: undefined };
  } catch (error) {
    if (!isHoldfastError(error, 'corrupt')) throw error;
    const reason = error.message.replace(/^state /, '');
    const unreadable = { code: error.code, path: 'state', reason };
    return { value: undefined, unreadable, bigIntegers: 0 };
  }
}

/** The session's own keys. ADK keeps those of other scopes in other tables. */
function ownState(
  journal: ImportJournal,
  { key, state }: Pick<NamedRow, 'key'> & { readonly state: Record<string, unknown> },
): Record<string, unknown> {
  const kept = Object.entries(state).filter(([name]) => {
    if (!isOfOtherScope(name)) return true;
    const path = statePath(name);
    journal.note({ table: 'sessions', key, path, reason: OTHER_SCOPE, outcome: 'skipped' });
    return false;
  });
  return Object.fromEntries(kept);
}

/** Says that integers of a row became text. */
export function noteBigIntegers(
  journal: ImportJournal,
  { table, key, count }: NamedRow & { readonly count: number },
): void {
  if (count === 0) return;
  journal.bigIntegers += count;
  const what = count === 1 ? 'an integer' : `${count} integers`;
  const reason = `has ${what} beyond 2^53, which became text`;
  journal.note({ table, key, reason, outcome: 'changed' });
}

function noteAppName(journal: ImportJournal, row: NamedRow): void {
  const reason = 'is of an app that the database takes for the one that is imported';
  journal.note({ ...row, path: 'app_name', reason, outcome: 'changed' });
}

function idProblem(ids: Readonly<Record<'user_id' | 'id', string>>): Problem | undefined {
  for (const [path, id] of Object.entries(ids)) {
    const reason = identifierProblem(id);
    if (reason !== undefined) return invalid(path, reason);
  }
  if (ids.user_id !== MARK_USER) return undefined;
  return invalid('user_id', 'is the one that the import keeps its own state with');
}

function invalid(path: string, reason: string): Problem {
  return { code: 'invalid_argument', path, reason };
}

/** A state that a row was mapped to may be anything. */
function shapeProblem(state: unknown): Problem | undefined {
  if (isPlainObject(state)) return undefined;
  return invalid('state', `must be a plain object, got ${describeType(state)}`);
}

/** A state that a session was mapped to may have keys that were left out of its own. */
function scopeProblem(state: object): Problem | undefined {
  const name = Object.keys(state).find(isOfOtherScope);
  return name === undefined ? undefined : invalid(statePath(name), OTHER_SCOPE);
}

const OTHER_SCOPE = 'is a key of another scope, and the row of a session has none';

/** A prefix alone is not a key of another scope: it is refused like other wrong keys. */
function isOfOtherScope(key: string): boolean {
  const { scope, name } = splitStateKey(key);
  return scope !== 'session' && name !== '';
}

/** A refused row as it is shown. */
export function shown({ path, reason }: Problem) {
  return { path, reason };
}

/** A state without the key that is refused; undefined if it is not a key that is. */
function withoutKey(state: Row['state'], { path }: Problem): Row['state'] {
  const name = keyOfStatePath(path);
  if (state === undefined || name === undefined || !Object.hasOwn(state, name)) return undefined;
  return Object.fromEntries(Object.entries(state).filter(([key]) => key !== name));
}

/** A copy that who decides may change. */
export function copyOf<T>(value: T): T {
  try {
    return structuredClone(value);
  } catch {
    return value; // It nests too deep.
  }
}
