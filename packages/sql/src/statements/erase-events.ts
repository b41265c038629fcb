import type { PreparedErase } from '@holdfast/session/store';
import type { Schema } from '../schema.ts';
import type { SqlInsert, SqlRows } from '../sql-client.ts';
import { eventsTable } from '../tables.ts';
import { numberedColumns, numberedRows } from './write-session.ts';

/** Where what stays of erased events goes: their rows are there, and get other bodies. */
export function eraseBodies({ tables }: Schema): SqlInsert {
  return {
    table: tables.events,
    columns: numberedColumns,
    replaceBy: eventsTable.primaryKey,
  };
}

/** The rows of what stays of events, in the order of their `seq`. */
export function stubRows({ key, stubs }: PreparedErase): SqlRows['rows'] {
  return numberedRows(
    key,
    stubs.toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0)),
  );
}
