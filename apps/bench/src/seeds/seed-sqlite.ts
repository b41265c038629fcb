import type Database from 'libsql';
import type { FillRequest } from '../contestants/bench-store.ts';
import { APP, FIRST_TIME } from '../contestants/sample-event.ts';
import { EVENT_TEMPLATE, NUMBER_MARK, TIME_MARK } from './event-template.ts';
import { INCARNATION, SESSION_COLUMNS, type SeedTables } from './seed-tables.ts';

/**
 * Writes sessions and events in a few statements, the same on both sides. The driver gives a
 * number as a real one: hence the casts.
 */
export function seedSqlite(
  database: Database.Database,
  { tables, fill }: { readonly tables: SeedTables; readonly fill: FillRequest },
): void {
  const { user, from, count } = fill;
  const ids = JSON.stringify(fill.sessions);
  const run = (text: string, ...values: readonly (string | number)[]) =>
    database.prepare(text).run(...values);
  run('BEGIN IMMEDIATE');
  if (from === 0) {
    run(
      `INSERT INTO ${tables.sessions} (${SESSION_COLUMNS})
       SELECT ?, ?, value, ? + key, ? + key, 0, '{}', '${INCARNATION}' FROM json_each(?)`,
      ...[APP, user, FIRST_TIME - 1_000_000, FIRST_TIME - 1_000_000, ids],
    );
    run(
      `INSERT OR IGNORE INTO ${tables.state}
       SELECT ?1, ?2, value, 'turn', '0' FROM json_each(?3)
       UNION ALL SELECT ?1, ?2, '', 'lastCity', '"Lisbon"' UNION ALL SELECT ?1, '', '', 'answers', '0'`,
      ...[APP, user, ids],
    );
  }
  if (count > 0) {
    run(
      `WITH RECURSIVE numbers(n) AS (SELECT CAST(? AS INTEGER) UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
       INSERT INTO ${tables.events}
       SELECT ?, ?, value, n + 1, 'event-' || n, ? + n, replace(replace(?, ?, n), ?, CAST(? + n AS INTEGER))
       FROM json_each(?) JOIN numbers`,
      ...[from, from + count - 1, APP, user, FIRST_TIME, EVENT_TEMPLATE],
      ...[NUMBER_MARK, TIME_MARK, FIRST_TIME, ids],
    );
    run(
      `UPDATE ${tables.sessions} SET revision = ?, last_update_time = ?
       WHERE app_name = ? AND user_id = ? AND session_id IN (SELECT value FROM json_each(?))`,
      ...[from + count, FIRST_TIME + from + count - 1, APP, user, ids],
    );
  }
  run('COMMIT');
}
