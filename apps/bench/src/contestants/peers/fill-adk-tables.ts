import { NUMBER_MARK } from '../../seeds/event-template.ts';
import type { FillRequest, SessionName } from '../bench-store.ts';
import { FIRST_TIME, type SampleEvent, sampleEvent } from '../sample-event.ts';
import type { AdkSession } from './held-sessions.ts';
import type { RowCopier } from './row-copier.ts';

const TEMPLATE: SessionName = { user: 'template', session: 'template' };

export interface AdkTables {
  readonly copier: RowCopier;
  /** The time of event `n`, as an expression. `mark` is the number of the copied event. */
  readonly timestamp: (mark: string) => string;
  /** The columns of an event that have its number in their JSON. */
  readonly bodies: readonly string[];
  create(name: SessionName): Promise<AdkSession>;
  append(session: AdkSession, event: SampleEvent): Promise<unknown>;
  remove(name: SessionName): Promise<unknown>;
}

/**
 * Fills the tables `sessions` and `events`, which both ADKs have: one session with one event is
 * written by the library, and all others are copies of it.
 */
export function fillAdkTables(tables: AdkTables): (request: FillRequest) => Promise<void> {
  const users = new Set<string>();
  const { copier, create } = tables;
  const meet = async (user: string) => {
    if (users.size === 0) {
      await tables.append(await create(TEMPLATE), sampleEvent(Number(NUMBER_MARK)));
    }
    if (users.has(user)) return;
    users.add(user);
    // The library makes a row for the state of each user.
    const first = { user, session: 'first' };
    await create(first);
    await tables.remove(first);
  };
  return async ({ user, sessions, from, count }) => {
    await meet(user);
    const owner = { user_id: `'${user}'` };
    if (from === 0) {
      const copied = { table: 'sessions', where: "t.id = 'template'" };
      await copier.copy({
        ...copied,
        ...{ sessions, from: 0, count: 1 },
        overrides: { ...owner, id: 's' },
      });
    }
    if (count === 0) return;
    const bodies = tables.bodies.map((name) => [name, numbered(`t.${name}`)]);
    await copier.copy({
      ...{ table: 'events', where: "t.session_id = 'template'", sessions, from, count },
      overrides: {
        ...owner,
        ...Object.fromEntries(bodies),
        id: "'event-' || n",
        session_id: 's',
        timestamp: tables.timestamp(NUMBER_MARK),
      },
    });
  };
}

/** The JSON of an event, with the number and the time of event `n`. */
function numbered(column: string): string {
  const time = FIRST_TIME + Number(NUMBER_MARK);
  return `replace(
    replace(CAST(${column} AS text), '${time}', CAST(${FIRST_TIME} + n AS text)),
    '${NUMBER_MARK}', CAST(n AS text))`;
}
