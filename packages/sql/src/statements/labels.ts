import type { SessionKey } from '@holdfast/core';
import type { Labels } from '@holdfast/session/store';
import { labelText } from '../label-text.ts';
import type { Schema } from '../schema.ts';
import type { SqlInsert, SqlProgram, SqlRows } from '../sql-client.ts';
import { commandOf, joinSql, type SqlTemplate, sql } from '../sql-statement.ts';
import { labelsTable, ofSession } from '../tables.ts';

/** Where labels go: one that is there gets the new value. */
export function writeLabels({ tables }: Schema): SqlInsert {
  return {
    table: tables.labels,
    columns: labelsTable.columns,
    replaceBy: labelsTable.primaryKey,
  };
}

/** The rows of labels. */
export function labelRows(key: SessionKey, labels: Labels): SqlRows['rows'] {
  const { appName, userId, sessionId } = key;
  return Object.entries(labels).map(([name, value]) => [
    appName,
    userId,
    sessionId,
    name,
    labelText(value),
  ]);
}

/** Makes the labels of a session, which is locked, others: it writes what differs. */
export function changeLabels(
  schema: Schema,
): (
  key: SessionKey,
  change: { readonly before: Labels; readonly after: Labels },
) => SqlProgram<void> {
  const insert = writeLabels(schema);
  const remove = commandOf(
    sql<SessionKey & { readonly name: string }>`
      DELETE FROM ${schema.tables.labels} WHERE ${ofSession} AND name = ${({ name }) => name}`,
  );
  return function* (key, { before, after }) {
    const { appName, userId, sessionId } = key;
    for (const name of Object.keys(before)) {
      if (!Object.hasOwn(after, name)) yield remove({ appName, userId, sessionId, name });
    }
    const written = Object.entries(after).filter(
      ([name, value]) => !Object.hasOwn(before, name) || before[name] !== value,
    );
    const rows = labelRows(key, Object.fromEntries(written));
    if (rows.length > 0) yield { guard: undefined, inserts: [{ insert, rows }] };
  };
}

/** What sessions are searched by. */
export interface LabelSearch {
  readonly appName: string;
  readonly userId: string | undefined;
  readonly labels: readonly (readonly [name: string, value: string])[];
}

/**
 * The ids, as `wanted_id`, of a user's sessions that have all of so many labels. It walks those that have the first
 * one, and looks the others up for each.
 */
export function selectLabelled(
  { tables, dialect, tablePrefix }: Schema,
  count: number,
): SqlTemplate<LabelSearch> {
  const name = (i: number) => (search: LabelSearch) => search.labels[i]?.[0] ?? '';
  const value = (i: number) => (search: LabelSearch) => labelText(search.labels[i]?.[1] ?? '');
  const index = dialect.readIndex(dialect.quote(`${tablePrefix}labels_by_value`));
  // Being counted, a subquery stays what it is: of so many joins, planners would make too much.
  const others = Array.from(
    { length: count - 1 },
    (_, i): SqlTemplate<LabelSearch> => sql`(
      SELECT COUNT(*) FROM ${tables.labels} other
      WHERE other.app_name = first.app_name AND other.user_id = first.user_id
        AND other.session_id = first.session_id
        AND other.name = ${name(i + 1)} AND other.value = ${value(i + 1)}) = 1`,
  );
  const first: SqlTemplate<LabelSearch> = sql`
    first.app_name = ${({ appName }) => appName} AND first.user_id = ${({ userId }) => userId ?? ''}
    AND first.name = ${name(0)} AND first.value = ${value(0)}`;
  return sql`
    SELECT first.session_id AS wanted_id FROM ${tables.labels} first${index}
    WHERE ${joinSql([first, ...others], ' AND ')}`;
}
