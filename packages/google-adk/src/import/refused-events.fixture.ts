import type { RefusedKind } from './refused-rows.fixture.ts';

/** PostgreSQL's `jsonb` takes JSON alone. */
export const TEXT_ONLY = ['sqlite', 'mysql'] as const;

export const LONG_KEY = 'k'.repeat(300);

const TIME = 1_767_322_245.25;

const base = `"author": "agent", "timestamp": ${TIME}`;
const inArgs = (value: string) =>
  `{${base}, "content": {"parts": [{"function_call": {"name": "f", "args": {"x": ${value}}}}]}}`;
const inDelta = (delta: string) => `{${base}, "actions": {"state_delta": ${delta}}}`;
const deep = '['.repeat(300) + ']'.repeat(300);
const veryDeep = '['.repeat(100_000) + ']'.repeat(100_000);

const ARGS = 'content.parts[0].functionCall.args';

/** The JSON of an event that no service takes. */
type RefusedEvent = Omit<RefusedKind, 'insert' | 'table' | 'key'> & { readonly data: string };

/** Every kind of event that is refused for what is in its JSON. */
export const refusedEvents: readonly RefusedEvent[] = [
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
    reason: /is not a time: "today"/,
  },
  {
    title: 'an event whose time may be in seconds or milliseconds',
    data: '{"timestamp": 253402300799}',
    path: 'timestamp',
    reason: /is "253402300799": nobody can tell/,
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
    reason: /must be an integer from 0 to|is "1/,
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
