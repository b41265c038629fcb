import type { SessionName } from './bench-store.ts';
import { APP, type Delta } from './sample-event.ts';

/** A key of state as the SQL tables have it: `''` for the user and the session of a wider scope. */
export interface StateRow {
  readonly app: string;
  readonly user: string;
  readonly session: string;
  readonly name: string;
  /** As JSON. */
  readonly value: string;
}

/** The rows of a delta. */
export function stateRows({ user, session }: SessionName, delta: Delta): readonly StateRow[] {
  const rows: StateRow[] = [];
  for (const key of Object.keys(delta)) {
    const value = JSON.stringify(delta[key]);
    if (key.startsWith('app:')) {
      rows.push({ app: APP, user: '', session: '', name: key.slice(4), value });
    } else if (key.startsWith('user:')) {
      rows.push({ app: APP, user, session: '', name: key.slice(5), value });
    } else {
      rows.push({ app: APP, user, session, name: key, value });
    }
  }
  return rows;
}
