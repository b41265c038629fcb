import type { JsonValue, SessionKey } from '@holdfast/core';
import type {
  IncrementRefused,
  PreparedIncrement,
  PreparedIncrementState,
} from '@holdfast/session/store';
import {
  applyIncrements,
  type ScopedChanges,
  type ScopedIncrements,
  type StoredScope,
} from '@holdfast/state/internal';
import { parseState } from '../result-rows.ts';
import type { Schema } from '../schema.ts';
import {
  REFUSED,
  type SqlInsert,
  type SqlProgram,
  type SqlRow,
  type SqlWriteOutcome,
  writeWithin,
} from '../sql-client.ts';
import { joinSql, queryOf, type SqlQuery, sql } from '../sql-statement.ts';
import { isThere, ofSession } from '../tables.ts';
import { appendEvents } from './append-events.ts';
import { selectScope, stateInserts, stateOwner, stateRows, writeState } from './state-rows.ts';

interface Increase {
  /** Of a session, or of whom the state is: then the scopes that it does not have are empty. */
  readonly key: SessionKey;
  readonly changes: ScopedChanges;
  readonly increments: ScopedIncrements;
}

const SCOPES: readonly StoredScope[] = ['app', 'user', 'session'];

/**
 * The changes that come to the same as changes and increments, within a transaction. It locks all
 * rows that these touch, in the order in which every writer does: one that is missing is made,
 * without a value, since nothing else could be locked. If an increment is refused, that is all that
 * was written.
 */
function addUp(
  schema: Schema,
): (increase: Increase) => SqlProgram<ScopedChanges | IncrementRefused> {
  const lock: SqlInsert = { ...writeState(schema), keepsExisting: true };
  const select = selectValues(schema);
  return function* ({ key, changes, increments }) {
    const rows = stateRows(key, {
      app: touched(changes.app, increments.app),
      user: touched(changes.user, increments.user),
      session: touched(changes.session, increments.session),
    });
    yield* writeWithin({ guard: undefined, inserts: stateInserts(lock, rows) });
    const summed = { ...changes };
    for (const scope of SCOPES) {
      if (increments[scope].size === 0) continue;
      const owner = ownerOf(key, scope);
      const state = new Map<string, JsonValue>();
      for (const query of select(owner, [...increments[scope].keys()])) {
        const found = parseState((yield query).rows, { name: 0, value: 1, key: owner });
        for (const [name, value] of found) state.set(name, value);
      }
      const values = applyIncrements(state, increments[scope]);
      if (typeof values === 'string') return { type: 'unfit', scope, name: values };
      summed[scope] = new Map([...changes[scope], ...values]);
    }
    return summed;
  };
}

/** Whether increments are refused. */
export function isRefused(outcome: object): outcome is IncrementRefused {
  return 'type' in outcome && outcome.type === 'unfit';
}

/** An append with increments: its session is locked before any state, as by every append. */
export function incrementAndAppend(
  schema: Schema,
): (append: PreparedIncrement) => SqlProgram<SqlWriteOutcome | IncrementRefused> {
  const { tables, dialect } = schema;
  const lock = queryOf<SessionKey & Pick<PreparedIncrement, 'now'>>(
    sql`
      SELECT revision FROM ${tables.sessions} WHERE ${ofSession} AND ${isThere}${dialect.lockRows}`,
  );
  const [add, write] = [addUp(schema), appendEvents(schema)];
  return function* (append) {
    const { key, now } = append;
    if ((yield lock({ ...key, now })).rows.length === 0) return REFUSED;
    const changes = yield* add(append);
    if (isRefused(changes)) return changes;
    return yield* writeWithin(write({ ...append, changes }));
  };
}

/** A change of the state of an app or a user with increments; gives the rows of the state after it. */
export function incrementState(
  schema: Schema,
): (update: PreparedIncrementState) => SqlProgram<readonly SqlRow[] | IncrementRefused> {
  const [add, state] = [addUp(schema), writeState(schema)];
  const select = queryOf(selectScope(schema));
  return function* ({ owner, changes, increments }) {
    const key = stateOwner(owner);
    const summed = yield* add({
      key,
      changes: { ...NOTHING, [owner.scope]: changes },
      increments: { ...NOTHING, [owner.scope]: increments },
    });
    if (isRefused(summed)) return summed;
    yield* writeWithin({ guard: undefined, inserts: stateInserts(state, stateRows(key, summed)) });
    return (yield select(key)).rows;
  };
}

const nothing: ReadonlyMap<string, never> = new Map<string, never>();
const NOTHING = { app: nothing, user: nothing, session: nothing };

/** All names as those of removals. */
function touched(
  changes: ReadonlyMap<string, unknown>,
  increments: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, undefined> {
  return new Map([...changes.keys(), ...increments.keys()].map((name) => [name, undefined]));
}

function ownerOf({ appName, userId, sessionId }: SessionKey, scope: StoredScope): SessionKey {
  return {
    appName,
    userId: scope === 'app' ? '' : userId,
    sessionId: scope === 'session' ? sessionId : '',
  };
}

// A shorter list repeats its last name.
const NAMES_PER_STATEMENT = [1, 4, 32] as const;

/** The names and values of some keys of a scope; those that have none are left out. */
function selectValues({ tables }: Schema) {
  interface Search extends SessionKey {
    readonly names: readonly string[];
  }
  const statements = NAMES_PER_STATEMENT.map((count) => {
    const names = Array.from(
      { length: count },
      (_, i) => (search: Search) => (search.names[i] ?? search.names.at(-1)) as string,
    );
    return {
      count,
      select: queryOf<Search>(sql`
        SELECT name, value FROM ${tables.state}
        WHERE ${ofSession} AND name IN (${joinSql(names, ', ')}) AND value IS NOT NULL`),
    };
  });
  const largest = statements[statements.length - 1] as (typeof statements)[number];
  return (owner: SessionKey, names: readonly string[]): readonly SqlQuery[] => {
    const { select, count } = statements.find((each) => each.count >= names.length) ?? largest;
    const { appName, userId, sessionId } = owner;
    return Array.from({ length: Math.ceil(names.length / count) }, (_, i) =>
      select({ appName, userId, sessionId, names: names.slice(i * count, (i + 1) * count) }),
    );
  };
}
