import type { AdkDatabaseDialect } from './adk-database.ts';
import type { createPythonTables } from './python-tables.fixture.ts';
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

const TEXT_ONLY = ['sqlite', 'mysql'] as const;
const LONG_KEY = 'k'.repeat(300);
const LONG_ID = '😀'.repeat(100);
const TIME = 1_767_322_245.25;

const base = `"author": "agent", "timestamp": ${TIME}`;
const inArgs = (value: string) =>
  `{${base}, "content": {"parts": [{"function_call": {"name": "f", "args": {"x": ${value}}}}]}}`;
const inDelta = (delta: string) => `{${base}, "actions": {"state_delta": ${delta}}}`;
const deep = '['.repeat(300) + ']'.repeat(300);
const veryDeep = '['.repeat(100_000) + ']'.repeat(100_000);

const ARGS = 'content.parts[0].functionCall.args';

type EventKind = Omit<RefusedKind, 'insert' | 'table' | 'key'> & { readonly data: string };

const eventKinds: readonly EventKind[] = [
  {
    title: 'an event with NaN',
    dialects: TEXT_ONLY,
    data: inArgs('NaN'),
    path: `${ARGS}.x`,
    reason: /must be a finite number, got NaN/,
  },
  {
    title: 'an event with Infinity',
    dialects: TEXT_ONLY,
    data: inArgs('[1, Infinity]'),
    path: `${ARGS}.x[1]`,
    reason: /got Infinity/,
  },
  {
    title: 'an event with -Infinity',
    dialects: TEXT_ONLY,
    data: inArgs('-Infinity'),
    path: `${ARGS}.x`,
    reason: /got -Infinity/,
  },
  {
    title: 'an event with a number that no double holds',
    dialects: TEXT_ONLY, // jsonb has it as an integer of 401 digits
    data: inArgs('1e400'),
    path: `${ARGS}.x`,
    reason: /got Infinity/,
  },
  {
    title: 'an event of more than 8 MiB',
    data: `{${base}, "content": {"parts": [{"text": "${'x'.repeat(8_500_000)}"}]}}`,
    path: 'content.parts[0]',
    reason: /larger than 8388608 bytes/,
  },
  {
    title: 'an event that nests too deep',
    data: inArgs(deep),
    path: /^content\.parts\[0\]\.functionCall\.args\.x(\[0\])+$/,
    reason: /nests more than 256 levels/,
  },
  {
    title: 'an event that nests too deep to be read',
    dialects: TEXT_ONLY,
    data: `{${base}, "grounding_metadata": ${veryDeep}}`,
    path: 'event_data',
    reason: /nests too deep to be read/,
  },
  {
    title: 'an event that is not JSON',
    dialects: TEXT_ONLY,
    data: `{${base}, "content": `,
    path: 'event_data',
    reason: /is not JSON/,
  },
  { title: 'an event that is a list', data: '[]', path: 'event_data', reason: /not a JSON object/ },
  {
    title: 'an event without a time',
    data: '{"author": "agent"}',
    path: 'timestamp',
    reason: /is absent/,
  },
  {
    title: 'an event whose time is a text',
    data: '{"timestamp": "today"}',
    path: 'timestamp',
    reason: /is not a number/,
  },
  {
    title: 'an event before 1970',
    data: '{"timestamp": -5}',
    path: 'timestamp',
    reason: /from 0 to/,
  },
  {
    title: 'an event of an absurd time',
    data: '{"timestamp": 1e300}',
    path: 'timestamp',
    // PostgreSQL has it as an integer of 301 digits.
    reason: /must be an integer from 0 to|is not a number/,
  },
  {
    title: 'an event whose author is a number',
    data: `{"author": 5, "timestamp": ${TIME}}`,
    path: 'author',
    reason: /must be a string/,
  },
  {
    title: 'an event that sets a key of more than 255 bytes',
    data: inDelta(`{"${LONG_KEY}": 1}`),
    path: `actions.stateDelta["${LONG_KEY}"]`,
    reason: /at most 255 bytes/,
  },
  {
    title: 'an event that sets a key with a blank at its end',
    data: inDelta('{"user:name ": 1}'),
    path: 'actions.stateDelta["user:name "]',
    reason: /must not begin or end with white space/,
  },
  {
    title: 'an event that sets a prefix without a name',
    data: inDelta('{"app:": 1}'),
    path: 'actions.stateDelta["app:"]',
    reason: /must have a name/,
  },
  {
    title: 'an event that sets a key with half a character',
    dialects: TEXT_ONLY,
    data: inDelta('{"\\ud800": 1}'),
    path: 'actions.stateDelta["\\ud800"]',
    reason: /well-formed Unicode/,
  },
  {
    title: 'an event that sets a key to NaN',
    dialects: TEXT_ONLY,
    data: inDelta('{"n": {"mean": NaN}}'),
    path: 'actions.stateDelta["n"].mean',
    reason: /got NaN/,
  },
];

const good = `{${base}}`;

/** Every kind of row that is refused. */
export const refusedKinds: readonly RefusedKind[] = [
  ...eventKinds.map(({ data, ...kind }, i): RefusedKind => {
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
