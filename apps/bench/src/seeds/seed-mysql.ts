import type mysql from 'mysql2/promise';
import type { FillRequest } from '../contestants/bench-store.ts';
import { APP, FIRST_TIME } from '../contestants/sample-event.ts';
import { EVENT_TEMPLATE, NUMBER_MARK, TIME_MARK } from './event-template.ts';
import { INCARNATION, SESSION_COLUMNS, type SeedTables } from './seed-tables.ts';

const IDS = "JSON_TABLE(?, '$[*]' COLUMNS (i FOR ORDINALITY, id VARCHAR(255) PATH '$')) ids";
const NUMBERS = "JSON_TABLE(?, '$[*]' COLUMNS (n BIGINT PATH '$')) numbers";

/** Writes sessions and events in a few statements, the same on both sides. */
export async function seedMysql(
  client: mysql.Connection,
  { tables, fill }: { readonly tables: SeedTables; readonly fill: FillRequest },
): Promise<void> {
  const { user, from, count } = fill;
  const ids = JSON.stringify(fill.sessions);
  if (from === 0) {
    await client.query(
      `INSERT INTO ${tables.sessions} (${SESSION_COLUMNS}) SELECT ?, ?, id, ? + i, ? + i, 0, '{}', '${INCARNATION}' FROM ${IDS}`,
      [APP, user, FIRST_TIME - 1_000_000, FIRST_TIME - 1_000_000, ids],
    );
    await client.query(
      `INSERT IGNORE INTO ${tables.state} SELECT ?, ?, id, 'turn', '0' FROM ${IDS}
       UNION ALL SELECT ?, ?, '', 'lastCity', '"Lisbon"' UNION ALL SELECT ?, '', '', 'answers', '0'`,
      [APP, user, ids, APP, user, APP],
    );
  }
  if (count === 0) return;
  const numbers = JSON.stringify(Array.from({ length: count }, (_, i) => from + i));
  await client.query(
    `INSERT INTO ${tables.events}
     SELECT ?, ?, id, n + 1, CONCAT('event-', n), ? + n, REPLACE(REPLACE(?, ?, n), ?, ? + n)
     FROM ${IDS} JOIN ${NUMBERS}`,
    [
      ...[APP, user, FIRST_TIME, EVENT_TEMPLATE, NUMBER_MARK, TIME_MARK, FIRST_TIME],
      ...[ids, numbers],
    ],
  );
  await client.query(
    `UPDATE ${tables.sessions} SET revision = ?, last_update_time = ?
     WHERE app_name = ? AND user_id = ? AND session_id IN (SELECT id FROM ${IDS})`,
    [from + count, FIRST_TIME + from + count - 1, APP, user, ids],
  );
}
