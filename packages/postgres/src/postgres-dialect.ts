import type { SessionKey } from '@holdfast/core';
import {
  addPartialIndex,
  compareAsRow,
  type InsertSource,
  insertHead,
  joinSql,
  onConflict,
  SLOT,
  type SqlDialect,
  type SqlInsert,
  type SqlTemplate,
  type SqlText,
  sql,
  type UserParts,
} from '@holdfast/sql';
import { isMissingTable } from './postgres-error.ts';

/** The name of the guard's row within a write: its revision is what `fromRevision` counts from. */
export const GUARD = 'guard';

/**
 * What makes PostgreSQL plan a prepared statement anew for each use. A plan that it keeps may have
 * been made while the tables were empty, and reads the whole of a table. It keeps none that looks
 * dearer than planning each time: and only if the values are known it is known that these rows
 * are never made. Dearer still, and it might be compiled before it is used.
 */
const NEVER_KEPT = 'generate_series(1, 5000000)';

const types = {
  identifier: 'text COLLATE "C"',
  text: 'text COLLATE "C"',
  integer: 'bigint',
  json: 'text',
} as const;
const parameterTypes = {
  identifier: 'text',
  text: 'text',
  integer: 'bigint',
  json: 'text',
} as const;

export const postgresDialect: SqlDialect = {
  quote: (name) => `"${name}"`,
  types,
  tableOptions: { narrow: '', wide: '' },
  indexes: 'separate',
  addColumn: ({ table, definition }) => [
    `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${definition}`,
  ],
  addIndex: (added) => [addPartialIndex(added)],
  greatest: 'greatest',
  revision: { keep: (revision) => revision, returning: 'RETURNING revision, incarnation' },
  unionBranch: (select) => sql`(${select})`,
  // The inner limit is a number that the planner does not know. It takes it for a small one, and
  // walks the index that has the order, rather than collecting all rows to sort them. The outer one
  // is known: what is joined to these rows is looked up, one by one.
  take(select, count) {
    const limit = sql`CAST(${count} AS bigint)`;
    const unknown = sql`SELECT ${limit} + count(*) FROM ${NEVER_KEPT} WHERE ${limit} < 0`;
    const few = sql`SELECT * FROM (${select} LIMIT (${unknown})) few LIMIT ${count}`;
    return { ...few, planEachUse: true };
  },
  compareRows: compareAsRow,
  // It has the order of the key, and a range, so that it is the key that is walked: to a planner
  // that takes the table for an empty one, any index of a user's sessions is as good.
  lookUpSessions: ({ sessions, ofUser, ids }) => sql`
    (${ids}) wanted CROSS JOIN LATERAL (
      SELECT * FROM ${sessions} WHERE ${ofUser} AND session_id BETWEEN wanted_id AND wanted_id
      ORDER BY session_id LIMIT 1) found`,
  lockRows: ' FOR UPDATE',
  // No lock of rows keeps others from adding some.
  userLock: {
    share: (value, user) =>
      sql`CASE WHEN pg_advisory_xact_lock_shared(${userNumber(user)}) IS NULL THEN NULL ELSE ${value} END`,
    take: (user) => sql`pg_advisory_xact_lock(${userNumber(user)})`,
  },
  joinKeys<Input>(keys: (input: Input) => readonly SessionKey[]) {
    // An id has no line break. Of an array, the planner knows how long it is.
    const listed = (name: keyof SessionKey) => (input: Input) =>
      keys(input)
        .map((key) => key[name])
        .join('\n');
    const column = (name: keyof SessionKey): SqlTemplate<Input> =>
      sql`string_to_array(CAST(${listed(name)} AS text), E'\\n')`;
    const columns = [column('appName'), column('userId'), column('sessionId')];
    return sql`
      unnest(${joinSql(columns, ', ')}) WITH ORDINALITY
        AS wanted (app_name, user_id, session_id, place) JOIN`;
  },
  readIndex: () => '',
  insertRows: (insert, source) =>
    sql`${insertHead(insert)} ${selectRows(insert, source)}${onConflict(insert)}`,
  createSchema,
  isMissingTable,
};

/** A number that stands for a user. Two users who have the same one wait for each other, no more. */
function userNumber<Input>({ appName, userId }: UserParts<Input>): SqlTemplate<Input> {
  // An id has no line break.
  return sql`hashtextextended(concat(CAST(${appName} AS text), E'\\n', CAST(${userId} AS text)), 0)`;
}

/**
 * One row has a parameter for each column. More have an array for each: one text for any
 * number of them, so that few statements are prepared.
 */
function selectRows({ columns }: SqlInsert, { count, guarded }: InsertSource): SqlText {
  const isOne = count === 1;
  const from: SqlText[] = guarded ? [sql`${GUARD}`] : [];
  if (!isOne) {
    const arrays = columns.map(({ type }) => sql`CAST(${SLOT} AS ${`${parameterTypes[type]}[]`})`);
    const names = columns.map(({ name }) => name).join(', ');
    from.push(sql`unnest(${joinSql(arrays, ', ')}) WITH ORDINALITY AS row (${names}, place)`);
  }
  const values = columns.map(({ name, type, fromRevision, nullable }) => {
    if (isOne) {
      const value = sql`CAST(${SLOT} AS ${parameterTypes[type]})`;
      return fromRevision ? sql`${GUARD}.revision + ${value}` : value;
    }
    const value = `row.${name}`;
    if (fromRevision) return sql`${GUARD}.revision + ${value}`;
    // Whether an array can hold a null is up to a setting: an empty text stands for it.
    return nullable ? sql`NULLIF(${value}, '')` : sql`${value}`;
  });
  const rows = sql`SELECT ${joinSql(values, ', ')}`;
  const source = from.length === 0 ? rows : sql`${rows} FROM ${joinSql(from, ', ')}`;
  // In the order in which they were given, so that no two writers lock them in two orders.
  return isOne ? source : sql`${source} ORDER BY row.place`;
}

// CREATE SCHEMA IF NOT EXISTS asks for the right to create schemas even if it exists.
function createSchema(name: string): string {
  const isMissing = `NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = ${literal(name)})`;
  return `DO ${literal(`BEGIN IF ${isMissing} THEN CREATE SCHEMA "${name}"; END IF; END`)}`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
