import type { AdkDatabaseDialect } from './adk-database.ts';
import type { createPythonTables } from './python-tables.fixture.ts';
import { LONG_KEY, refusedEvents, TEXT_ONLY } from './refused-events.fixture.ts';
import type { AdkImportNote, AdkTable } from './refused-row.ts';

export type Tables = Awaited<ReturnType<typeof createPythonTables>>;

/** A row that no service takes, and how a report names it. */
export interface RefusedKind {
  readonly title: string;
  /** Where such a row can exist. PostgreSQL's `jsonb` takes JSON alone. @default everywhere */
  readonly dialects?: readonly AdkDatabaseDialect[];
  readonly insert: (tables: Tables) => Promise<unknown>;
  readonly table: AdkTable;
  /** A part of its primary key. */
  readonly key: Readonly<Record<string, string>>;
  readonly path: string | RegExp;
  readonly reason: RegExp;
}

const LONG_ID = '😀'.repeat(100);
const good = '{"author": "agent", "timestamp": 1767322245.25}';

/** Every kind of row that is refused. */
const refusedKinds: readonly RefusedKind[] = [
  ...refusedEvents.map(({ data, ...kind }, i): RefusedKind => {
    const id = `event-${i}`;
    return {
      ...kind,
      table: 'events',
      key: { id },
      insert: (tables) => tables.event({ id, data }),
    };
  }),
  ...['', ' e', 'e\u0007', LONG_ID].map((id): RefusedKind => {
    return {
      title: `an event with the id ${JSON.stringify(id)}`,
      table: 'events',
      key: { id },
      insert: (tables) => tables.event({ id, data: good }),
      path: 'id',
      reason: /^must /,
    };
  }),
  {
    title: 'an event with an id that the import gives',
    table: 'events',
    key: { id: 'holdfast-adk-import' },
    insert: (tables) => tables.event({ id: 'holdfast-adk-import', data: good }),
    path: 'id',
    reason: /an import gives/,
  },
  ...['', ' eve', 'e\u0007', LONG_ID].map((userId): RefusedKind => {
    return {
      title: `a session of the user ${JSON.stringify(userId)}`,
      table: 'sessions',
      key: { user_id: userId, id: 'of-user' },
      insert: (tables) => tables.session(userId, 'of-user'),
      path: 'user_id',
      reason: /^must /,
    };
  }),
  ...['', ' s', 's\u0007', LONG_ID].map((id): RefusedKind => {
    return {
      title: `a session with the id ${JSON.stringify(id)}`,
      table: 'sessions',
      key: { user_id: 'ida', id },
      insert: (tables) => tables.session('ida', id),
      path: 'id',
      reason: /^must /,
    };
  }),
  {
    title: 'the state of a user with the id that the import gives',
    table: 'user_states',
    key: { user_id: 'holdfast-adk-import' },
    insert: (tables) => tables.user('holdfast-adk-import', '{"a": 1}'),
    path: 'user_id',
    reason: /the import keeps/,
  },
  {
    title: 'the state of a user with a wrong id',
    table: 'user_states',
    key: { user_id: ' ulf' },
    insert: (tables) => tables.user(' ulf', '{"a": 1}'),
    path: 'user_id',
    reason: /must not begin or end with white space/,
  },
  {
    title: 'the state of a user with a key of more than 255 bytes',
    table: 'user_states',
    key: { user_id: 'long' },
    insert: (tables) => tables.user('long', `{"${LONG_KEY}": 1, "kept": 1}`),
    path: `state["${LONG_KEY}"]`,
    reason: /at most 255 bytes/,
  },
  {
    title: 'the state of a user with a key without a name',
    table: 'user_states',
    key: { user_id: 'unnamed' },
    insert: (tables) => tables.user('unnamed', '{"": 1, "kept": 1}'),
    path: 'state[""]',
    reason: /must have a name/,
  },
  {
    title: 'the state of a user with NaN',
    dialects: TEXT_ONLY,
    table: 'user_states',
    key: { user_id: 'nan' },
    insert: (tables) => tables.user('nan', '{"mean": [NaN], "kept": 1}'),
    path: 'state["mean"][0]',
    reason: /got NaN/,
  },
  {
    title: 'the state of a user that is not JSON',
    dialects: TEXT_ONLY,
    table: 'user_states',
    key: { user_id: 'broken' },
    insert: (tables) => tables.user('broken', '{"kept": 1'),
    path: 'state',
    reason: /is not JSON/,
  },
  {
    title: 'the state of a user with a value of more than 8 MiB',
    table: 'user_states',
    key: { user_id: 'large' },
    insert: (tables) => tables.user('large', `{"a": "${'x'.repeat(8_500_000)}", "kept": 1}`),
    path: 'state["a"]',
    reason: /larger than 8388608 bytes/,
  },
  {
    title: 'the state of a session with a key that has a blank at its end',
    table: 'sessions',
    key: { user_id: 'ida', id: 'blank' },
    insert: (tables) => tables.session('ida', 'blank', { state: '{"a ": 1, "kept": 1}' }),
    path: 'state["a "]',
    reason: /must not begin or end with white space/,
  },
  {
    title: 'the state of a session with a prefix without a name',
    table: 'sessions',
    key: { user_id: 'ida', id: 'prefix' },
    insert: (tables) => tables.session('ida', 'prefix', { state: '{"user:": 1, "kept": 1}' }),
    path: 'state["user:"]',
    reason: /must have a name/,
  },
  {
    title: 'the state of a session with Infinity',
    dialects: TEXT_ONLY,
    table: 'sessions',
    key: { user_id: 'ida', id: 'infinity' },
    insert: (tables) => tables.session('ida', 'infinity', { state: '{"a": -Infinity, "kept": 1}' }),
    path: 'state["a"]',
    reason: /got -Infinity/,
  },
  {
    title: 'the state of a session that is a list',
    table: 'sessions',
    key: { user_id: 'ida', id: 'list' },
    insert: (tables) => tables.session('ida', 'list', { state: '[]' }),
    path: 'state',
    reason: /not a JSON object/,
  },
  {
    title: 'the state of the app with a key that has a control character',
    table: 'app_states',
    key: { app_name: 'app' },
    insert: (tables) => tables.app('{"a\\u0007": 1, "kept": 1}'),
    path: 'state["a\\u0007"]',
    reason: /without control characters/,
  },
];

/** The kinds that can exist in a database. */
export function kindsIn(dialect: AdkDatabaseDialect): readonly RefusedKind[] {
  return refusedKinds.filter(({ dialects }) => dialects?.includes(dialect) ?? true);
}

/** The notes of a report about a kind. */
export function notesOf(kind: RefusedKind, rows: readonly AdkImportNote[]): AdkImportNote[] {
  return rows.filter(
    ({ table, key }) =>
      table === kind.table &&
      Object.entries(kind.key).every(([column, value]) => key[column] === value),
  );
}
