import type { AdkDatabaseRow, AdkReader } from './adk-database.ts';
import type { RawEvent } from './adk-tables.ts';
import { type BigIntegers, jsonOf, textOrEmpty } from './stored-json.ts';
import { storedTime } from './stored-time.ts';

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
  const [row] = await reader.rows('SELECT actions FROM events LIMIT 1', []);
  if (row === undefined) return !columns.get('id')?.includes('128');
  return textOrEmpty(row['actions']).startsWith('{');
}

/** What `readGoEvent` needs of a row. Which columns there are depends on the version of adk-go. */
export function selectGoEvent(reader: AdkReader, columns: ReadonlyMap<string, string>): string {
  const given = (names: object) => Object.keys(names).filter((name) => columns.has(name));
  return [
    'invocation_id',
    `${reader.timeText('timestamp')} AS time_text`,
    'actions',
    ...given(TEXTS),
    ...given(FLAGS),
    ...given(JSONS).map((name) => `${reader.jsonText(name)} AS ${name}`),
  ].join(', ');
}

/** The event in a row of adk-go. It has no field for what is empty or false, as in Go's own JSON. */
export function readGoEvent(row: AdkDatabaseRow, bigIntegers: BigIntegers): RawEvent {
  const value: Record<string, unknown> = { invocationId: textOrEmpty(row['invocation_id']) };
  value['timestamp'] = storedTime(textOrEmpty(row['time_text']));
  let count = 0;
  for (const [column, field] of Object.entries({ actions: 'actions', ...JSONS })) {
    const json = jsonOf(row[column], column, bigIntegers);
    count += json.bigIntegers;
    if (json.value !== null) value[field] = json.value;
  }
  for (const [column, field] of Object.entries(TEXTS)) {
    const text = textOrEmpty(row[column]);
    if (text !== '') value[field] = text;
  }
  for (const [column, field] of Object.entries(FLAGS)) {
    if (isTrue(row[column])) value[field] = true;
  }
  return { value, bigIntegers: count };
}

/** SQLite and MySQL have numbers for booleans. */
function isTrue(flag: unknown): boolean {
  return flag === true || ['1', 'true', 't'].includes(textOrEmpty(flag));
}
