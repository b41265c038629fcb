import { setOwn } from '@holdfast/core/internal';
import type { AdkDatabaseRow, AdkReader } from './adk-database.ts';
import type { RawEvent } from './adk-tables.ts';
import { type BigIntegers, isObject, jsonOf, textOrEmpty } from './stored-json.ts';

/** The columns of adk-go's table `events`, each with the field of an event that it holds. */
const TEXTS = {
  author: 'author',
  branch: 'branch',
  isolation_scope: 'isolationScope',
  error_code: 'errorCode',
  error_message: 'errorMessage',
};
const FLAGS = {
  partial: 'partial',
  turn_complete: 'turnComplete',
  interrupted: 'interrupted',
};
const JSONS = {
  content: 'content',
  grounding_metadata: 'groundingMetadata',
  custom_metadata: 'customMetadata',
  usage_metadata: 'usageMetadata',
  citation_metadata: 'citationMetadata',
  long_running_tool_ids_json: 'longRunningToolIds',
  routes_json: 'route',
  output_json: 'output',
  node_info_json: 'nodeInfo',
  requested_input_json: 'requestedInput',
};

/**
 * The fields of `actions` as adk-go writes them before 2.2: its struct had no names for JSON. All
 * else in its events had some. What is empty or false stays absent, as later versions leave it.
 */
const ACTIONS: Readonly<Record<string, string>> = {
  StateDelta: 'stateDelta',
  ArtifactDelta: 'artifactDelta',
  RequestedToolConfirmations: 'requestedToolConfirmations',
  SkipSummarization: 'skipSummarization',
  TransferToAgent: 'transferToAgent',
  Escalate: 'escalate',
};

/** Those that only adk-go has, from version 2 on. */
const ONLY_GO = ['routes_json', 'output_json', 'node_info_json', 'requested_input_json'];

/**
 * Whether adk-go made the table `events`. That of adk-python before 1.22 has the same columns as
 * that of adk-go 1, but its `actions` are pickled, and its ids are columns of 128 characters.
 */
export async function isGoEvents(
  reader: AdkReader,
  columns: ReadonlyMap<string, string>,
): Promise<boolean> {
  if (ONLY_GO.some((column) => columns.has(column))) return true;
  const sql = 'SELECT actions FROM events LIMIT 1';
  const [row] = await reader.rows({ sql, params: [], columns: ['actions'] });
  if (row === undefined) return !columns.get('id')?.includes('128');
  return textOrEmpty(row['actions']).startsWith('{');
}

/** What `readGoEvent` needs of a row. Which columns there are depends on the version of adk-go. */
export function selectGoEvent(
  reader: AdkReader,
  columns: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  const given = (names: object) => Object.keys(names).filter((name) => columns.has(name));
  const plain = ['invocation_id', 'actions', ...given(TEXTS), ...given(FLAGS)];
  return {
    time_text: reader.timeText('timestamp'),
    ...Object.fromEntries(plain.map((name) => [name, name])),
    ...Object.fromEntries(given(JSONS).map((name) => [name, reader.jsonText(name)])),
  };
}

/** The event in a row of adk-go. It has no field for what is empty or false, as in Go's own JSON. */
export function readGoEvent(
  reader: AdkReader,
  { row, bigIntegers }: { readonly row: AdkDatabaseRow; readonly bigIntegers: BigIntegers },
): RawEvent {
  const value: Record<string, unknown> = { invocationId: textOrEmpty(row['invocation_id']) };
  const time = textOrEmpty(row['time_text']);
  // What is not a time stays as it is, so that it is refused as what it is.
  if (time !== '') value['timestamp'] = reader.readTime(time) ?? time;
  let count = 0;
  for (const [column, field] of Object.entries({ actions: 'actions', ...JSONS })) {
    const json = jsonOf(row[column], column, bigIntegers);
    count += json.bigIntegers;
    if (json.value !== null) value[field] = json.value;
  }
  if (isObject(value['actions'])) value['actions'] = withFieldNames(value['actions']);
  for (const [column, field] of Object.entries(TEXTS)) {
    const text = textOrEmpty(row[column]);
    if (text !== '') value[field] = text;
  }
  for (const [column, field] of Object.entries(FLAGS)) {
    if (isTrue(row[column])) value[field] = true;
  }
  return { value, timeUnit: 'ms', bigIntegers: count };
}

function withFieldNames(actions: Record<string, unknown>): Record<string, unknown> {
  const named = {};
  for (const [key, value] of Object.entries(actions)) {
    const field = Object.hasOwn(ACTIONS, key) ? ACTIONS[key] : undefined;
    if (field === undefined) setOwn(named, key, value);
    else if (value !== null && value !== false && value !== '') setOwn(named, field, value);
  }
  return named;
}

/** SQLite and MySQL have numbers for booleans. */
function isTrue(flag: unknown): boolean {
  return flag === true || ['1', 'true', 't'].includes(textOrEmpty(flag));
}
