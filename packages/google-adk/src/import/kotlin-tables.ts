import { setOwn } from '@holdfast/core/internal';
import type { AdkTables } from './adk-tables.ts';
import { isObject, jsonObjectOf, textOrEmpty } from './stored-json.ts';

/** What stands for a key that an event removes. */
const REMOVED = '__ADK_SENTINEL_REMOVED__';

/** The tables that adk-kotlin's RoomSessionService makes on Android, in SQLite. */
export const kotlinTables: AdkTables = {
  sessions:
    '(SELECT appName AS app_name, userId AS user_id, id, state, updateTime AS update_time FROM StorageSession)',
  events:
    '(SELECT id, appName AS app_name, userId AS user_id, sessionId AS session_id, invocationId AS invocation_id, timestamp AS time_text, eventData AS event_data, rowid AS place FROM StorageEvent)',
  userStates: '(SELECT appName AS app_name, userId AS user_id, state FROM StorageUserState)',
  appStates: '(SELECT appName AS app_name, state FROM StorageAppState)',
  eventColumns: {
    invocation_id: 'invocation_id',
    time_text: 'time_text',
    event_data: 'event_data',
  },
  place: 'place',
  isSnakeCase: false,
  readEvent(row, bigIntegers) {
    const json = jsonObjectOf(row['event_data'], 'eventData', bigIntegers);
    const event = json.value;
    event['invocationId'] ??= textOrEmpty(row['invocation_id']);
    // It leaves out what is as a new event has it, which can be the time.
    event['timestamp'] ??= Number(row['time_text']);
    if (isObject(event['actions'])) event['actions'] = withRemovals(event['actions']);
    return { ...json, timeUnit: 'ms' };
  },
};

function withRemovals(actions: Record<string, unknown>): Record<string, unknown> {
  const { stateDelta } = actions;
  if (!isObject(stateDelta)) return actions;
  const set: Record<string, unknown> = {};
  const removedStateKeys: string[] = [];
  for (const [key, value] of Object.entries(stateDelta)) {
    if (isObject(value) && value[REMOVED] === true) removedStateKeys.push(key);
    else setOwn(set, key, value);
  }
  if (removedStateKeys.length === 0) return actions;
  return { ...actions, stateDelta: set, removedStateKeys };
}
