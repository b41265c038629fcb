import type { SessionKey } from '@holdfast/core';
import { splitStateKey } from '@holdfast/state';
import type { ImportJournal } from './import-journal.ts';
import {
  copyOf,
  idProblem,
  invalid,
  type NamedRow,
  noteAppName,
  noteBigIntegers,
  type Preparation,
  type Row,
  readState,
  shapeProblem,
  shown,
  withoutProblem,
} from './preparation.ts';
import { hasSessionRow, type SessionRow } from './read-rows.ts';
import type { Problem } from './refused-row.ts';
import { statePath } from './row-check.ts';
import type { StateEntry } from './state-chunks.ts';

/** A session's row, ready to be written. */
export interface PreparedSession {
  /** Where to. */
  readonly key: SessionKey;
  /** Keys of the session's own scope; undefined if the row's state cannot be read. */
  readonly state: readonly StateEntry[] | undefined;
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
    without: withoutProblem,
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
