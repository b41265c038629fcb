import {
  copyOf,
  idProblem,
  invalid,
  noteAppName,
  noteBigIntegers,
  type Preparation,
  type Row,
  readState,
  shapeProblem,
  shown,
  withoutKey,
  withoutProblem,
} from './preparation.ts';
import { readUserState, type StateRow } from './read-rows.ts';
import type { StateEntry } from './state-chunks.ts';

/** A user's or an app's state, ready to be written. */
export interface PreparedState {
  readonly userId: string;
  readonly state: readonly StateEntry[];
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
    without: withoutProblem,
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
