import { HoldfastError } from '@holdfast/core';
import type { AdkDatabaseRow, AdkReader } from './adk-database.ts';
import { isGoEvents, readGoEvent, selectGoEvent } from './go-event.ts';
import { kotlinTables } from './kotlin-tables.ts';
import { type BigIntegers, jsonObjectOf, textOf, textOrEmpty } from './stored-json.ts';
import { type TimeUnit, unitOf } from './stored-time.ts';

/** The tables that one of the ADKs makes, as far as they differ from those of the others. */
export interface AdkTables {
  /** What stands behind FROM, with the column names of Python's tables. */
  readonly sessions: string;
  readonly events: string;
  readonly userStates: string;
  readonly appStates: string;
  /** The columns that `readEvent` needs, by the names that it knows them by. */
  readonly eventColumns: Readonly<Record<string, string>>;
  /** The place of a row of `events` in the order of insertion, or a constant. */
  readonly place: string;
  /** Whether the fields of events are written `a_b` rather than `aB`. */
  readonly isSnakeCase: boolean;
  readEvent(row: AdkDatabaseRow, bigIntegers: BigIntegers): RawEvent;
}

/** An event as its ADK has written it. */
export interface RawEvent {
  readonly value: Record<string, unknown>;
  /** What its times count; undefined if nobody can tell. */
  readonly timeUnit: TimeUnit | undefined;
  /** How many integers of it became text. */
  readonly bigIntegers: number;
}

const PICKLED =
  "the database is of ADK's schema version 0, whose events are pickled by Python. Migrate it first, with adk-python 1.22.1 or later: adk migrate session --source_db_url=… --dest_db_url=… makes a database of schema version 1. Then import that one.";

/**
 * Finds out which ADK has made the tables: Python and JavaScript (schema version 1, and Python's
 * SqliteSessionService, which names no version), Go, or Kotlin. `unsupported` for others.
 */
export async function findTables(reader: AdkReader): Promise<AdkTables> {
  const events = await columnsOf(reader, 'events');
  const sessions = await columnsOf(reader, 'sessions');
  if (events.has('event_data') && sessions.has('app_name')) {
    await checkVersion(reader);
    return versionOne(reader, events);
  }
  if (events.has('actions') && sessions.has('app_name')) {
    if (!(await isGoEvents(reader, events))) throw unsupported(PICKLED);
    return {
      ...versionOne(reader, events),
      eventColumns: selectGoEvent(reader, events),
      isSnakeCase: false,
      readEvent: (row, bigIntegers) => readGoEvent(reader, { row, bigIntegers }),
    };
  }
  if ((await columnsOf(reader, 'StorageEvent')).has('eventData')) return kotlinTables;
  throw unsupported("the database has no tables of an ADK's session service");
}

function versionOne(reader: AdkReader, columns: ReadonlyMap<string, string>): AdkTables {
  const type = columns.get('timestamp')?.toLowerCase() ?? '';
  const time = reader.hasTimes(type) ? reader.timeText('timestamp') : 'NULL';
  return {
    sessions: 'sessions',
    events: 'events',
    userStates: 'user_states',
    appStates: 'app_states',
    eventColumns: {
      invocation_id: 'invocation_id',
      time_text: time,
      event_data: reader.jsonText('event_data'),
    },
    place: reader.place,
    isSnakeCase: true,
    readEvent(row, bigIntegers) {
      const { value, bigIntegers: count } = jsonObjectOf(
        row['event_data'],
        'event_data',
        bigIntegers,
      );
      value['invocation_id'] ??= value['invocationId'] ?? textOrEmpty(row['invocation_id']);
      const timeUnit = unitOfVersionOne(value['timestamp'], row['time_text']);
      return { value, timeUnit, bigIntegers: count };
    },
  };

  function unitOfVersionOne(time: unknown, column: unknown): TimeUnit | undefined {
    // Python's SqliteSessionService: ADK for JavaScript has no such columns.
    if (type === 'real') return 's';
    if (typeof time !== 'number') return undefined;
    // ADK for JavaScript has its numbers in SQLite: in ms, as the event itself.
    const isNumber = typeof column === 'number' || typeof column === 'bigint';
    return unitOf(time, isNumber ? Number(column) : reader.readTime(column));
  }
}

async function checkVersion(reader: AdkReader): Promise<void> {
  if (!(await columnsOf(reader, 'adk_internal_metadata')).has('value')) return;
  const select = `SELECT value FROM adk_internal_metadata WHERE ${reader.key} = ?`;
  const request = { sql: select, params: ['schema_version'], columns: ['value'] };
  const [row] = await reader.rows(request);
  const version = row === undefined ? '1' : textOf(row['value']);
  if (version === '1') return;
  if (version === '0') throw unsupported(PICKLED);
  throw unsupported(`the database is of ADK's schema version ${version}; only 1 can be imported`);
}

/** The types of a table's columns by their names; none if there is no such table. */
async function columnsOf(reader: AdkReader, table: string): Promise<ReadonlyMap<string, string>> {
  const request = { sql: reader.columnsOf, params: [table], columns: ['name', 'type'] };
  const rows = await reader.rows(request);
  return new Map(rows.map((row) => [textOf(row['name']), textOrEmpty(row['type'])]));
}

function unsupported(message: string): HoldfastError {
  return new HoldfastError('unsupported', { message, path: 'database' });
}
