import { HoldfastError } from '@holdfast/core';
import type { AdkReader } from './adk-database.ts';
import { textOf } from './stored-json.ts';

const PICKLED =
  "the database is of ADK's schema version 0, whose events are pickled by Python. Migrate it first, with adk-python 1.22.1 or later: adk migrate session --source_db_url=… --dest_db_url=… makes a database of schema version 1. Then import that one.";

/**
 * Refuses a database whose tables are not of schema version 1. The tables of adk-python's
 * SqliteSessionService, which name no version, are of the same shape, and are taken.
 */
export async function checkSchema(reader: AdkReader): Promise<void> {
  const events = await columnsOf(reader, 'events');
  if (events.has('actions') && !events.has('event_data')) throw unsupported(PICKLED);
  const sessions = await columnsOf(reader, 'sessions');
  if (!events.has('event_data') || !sessions.has('app_name')) {
    throw unsupported("the database has no tables of ADK's DatabaseSessionService");
  }
  if (!(await columnsOf(reader, 'adk_internal_metadata')).has('value')) return;
  const select = `SELECT value FROM adk_internal_metadata WHERE ${reader.key} = ?`;
  const [row] = await reader.rows(select, ['schema_version']);
  const version = row === undefined ? '1' : textOf(row['value']);
  if (version === '1') return;
  if (version === '0') throw unsupported(PICKLED);
  throw unsupported(`the database is of ADK's schema version ${version}; only 1 can be imported`);
}

async function columnsOf(reader: AdkReader, table: string): Promise<ReadonlySet<string>> {
  const rows = await reader.rows(reader.columnsOf, [table]);
  return new Set(rows.map((row) => textOf(row['name'])));
}

function unsupported(message: string): HoldfastError {
  return new HoldfastError('unsupported', { message, path: 'database' });
}
