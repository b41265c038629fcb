import type pg from 'pg';
import type { FillRequest } from '../contestants/bench-store.ts';
import { APP, FIRST_TIME } from '../contestants/sample-event.ts';
import { EVENT_TEMPLATE, NUMBER_MARK, TIME_MARK } from './event-template.ts';
import { INCARNATION, SESSION_COLUMNS, type SeedTables } from './seed-tables.ts';

/** Writes sessions and events in a few statements, the same on both sides. */
export async function seedPostgres(
  client: pg.Client,
  { tables, fill }: { readonly tables: SeedTables; readonly fill: FillRequest },
): Promise<void> {
  const { user, sessions, from, count } = fill;
  if (from === 0) {
    await client.query(
      `INSERT INTO ${tables.sessions} (${SESSION_COLUMNS})
       SELECT $1, $2, id, $4 + i, $4 + i, 0, '{}', '${INCARNATION}' FROM unnest($3::text[]) WITH ORDINALITY t(id, i)`,
      [APP, user, sessions, FIRST_TIME - 1_000_000],
    );
    await client.query(
      `INSERT INTO ${tables.state}
       SELECT $1, $2, id, 'turn', '0' FROM unnest($3::text[]) id
       UNION ALL VALUES ($1, $2, '', 'lastCity', '"Lisbon"'), ($1, '', '', 'answers', '0')
       ON CONFLICT DO NOTHING`,
      [APP, user, sessions],
    );
  }
  if (count === 0) return;
  await client.query(
    `INSERT INTO ${tables.events}
     SELECT $1, $2, id, n + 1, 'event-' || n, $3::bigint + n,
       replace(replace($4, $5, n::text), $6, ($3::bigint + n)::text)
     FROM unnest($7::text[]) id, generate_series($8::int, $9::int) n`,
    [
      ...[APP, user, FIRST_TIME, EVENT_TEMPLATE, NUMBER_MARK, TIME_MARK],
      ...[sessions, from, from + count - 1],
    ],
  );
  await client.query(
    `UPDATE ${tables.sessions} SET revision = $4, last_update_time = $5
     WHERE app_name = $1 AND user_id = $2 AND session_id = ANY ($3::text[])`,
    [APP, user, sessions, from + count, FIRST_TIME + from + count - 1],
  );
}

/** What autovacuum would do a minute later. */
export async function settlePostgres(client: pg.Client): Promise<void> {
  await client.query('VACUUM ANALYZE');
}
