import { createTable, type Schema } from './create-table.ts';
import { eventsTable, sessionsTable, stateTable } from './tables.ts';

/** A step from one version of the schema to the next. Steps are never changed, only added. */
export interface Migration {
  /** 1, 2, 3 … */
  readonly version: number;
  /** Each can be run again: a database without transactional DDL may stop between two. */
  readonly statements: readonly string[];
}

export function migrationsOf(schema: Schema): readonly Migration[] {
  return [
    {
      version: 1,
      statements: [sessionsTable, eventsTable, stateTable].flatMap((table) =>
        createTable(schema, table),
      ),
    },
  ];
}
