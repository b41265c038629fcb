import { isHoldfastError } from '@holdfast/core';
import { describeType, identifierProblem, isPlainObject } from '@holdfast/core/internal';
import type { ImportJournal } from './import-journal.ts';
import type { RowSource } from './read-rows.ts';
import type { AdkTable, Problem } from './refused-row.ts';
import { MARK_USER } from './reserved-ids.ts';
import { keyOfStatePath, type RowCheck } from './row-check.ts';
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

/** A row of a state on its way to be written. */
export interface Row {
  readonly userId: string;
  readonly sessionId: string;
  /** Undefined if it cannot be read. */
  readonly state: Readonly<Record<string, unknown>> | undefined;
  /** Whether it may go without its state. */
  readonly isWithoutState: boolean;
  /** Whether its ids are not those of its row. */
  readonly isMoved: boolean;
}

/** Which row is meant. */
export interface NamedRow {
  readonly table: AdkTable;
  readonly key: Readonly<Record<string, string>>;
}

/** The column `state`, and what keeps it from being read. */
export function readState({ bigIntegers }: Preparation, row: { readonly state: unknown }) {
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

/** Says that a row is of an app by another name. */
export function noteAppName(journal: ImportJournal, row: NamedRow): void {
  const reason = 'is of an app that the database takes for the one that is imported';
  journal.note({ ...row, path: 'app_name', reason, outcome: 'changed' });
}

/** Why ids of a row cannot be imported. */
export function idProblem(ids: Readonly<Record<'user_id' | 'id', string>>): Problem | undefined {
  for (const [path, id] of Object.entries(ids)) {
    const reason = identifierProblem(id);
    if (reason !== undefined) return invalid(path, reason);
  }
  if (ids.user_id !== MARK_USER) return undefined;
  return invalid('user_id', 'is the one that the import keeps its own state with');
}

/** A fault of what is in a row. */
export function invalid(path: string, reason: string): Problem {
  return { code: 'invalid_argument', path, reason };
}

/** A state that a row was mapped to may be anything. */
export function shapeProblem(state: unknown): Problem | undefined {
  if (isPlainObject(state)) return undefined;
  return invalid('state', `must be a plain object, got ${describeType(state)}`);
}

/** A refused row as it is shown. */
export function shown({ path, reason }: Problem) {
  return { path, reason };
}

/** A state without the key that is refused; undefined if it is not a key that is. */
export function withoutKey(state: Row['state'], { path }: Problem): Row['state'] {
  const name = keyOfStatePath(path);
  if (state === undefined || name === undefined || !Object.hasOwn(state, name)) return undefined;
  return Object.fromEntries(Object.entries(state).filter(([key]) => key !== name));
}

/** A row without what is refused of its state; undefined if that is not what is refused. */
export function withoutProblem<Part extends Pick<Row, 'state' | 'isWithoutState'>>(
  row: Part,
  problem: Problem,
): Part | undefined {
  if (problem.path === 'state') return { ...row, state: undefined, isWithoutState: true };
  const state = withoutKey(row.state, problem);
  return state && { ...row, state };
}

/** A copy that who decides may change. */
export function copyOf<T>(value: T): T {
  try {
    return structuredClone(value);
  } catch {
    return value; // It nests too deep.
  }
}
