import type { PreparedAppend, PreparedErase } from '@holdfast/session/store';
import type { Schema } from '../schema.ts';
import type { SqlWrite } from '../sql-client.ts';
import { eraseBodies, stubRows } from './erase-events.ts';
import { stateInserts, stateRows, writeState } from './state-rows.ts';
import { advanceSession, eventRows, insertEvents } from './write-session.ts';

/** An append as one write. */
export function appendEvents(schema: Schema): (append: PreparedAppend) => SqlWrite {
  const advance = advanceSession(schema);
  const [events, state] = [insertEvents(schema), writeState(schema)];
  return (append) => ({
    guard: advance(append),
    inserts: [
      { insert: events, rows: eventRows(append) },
      ...stateInserts(state, stateRows(append.key, append.changes)),
    ],
  });
}

/** An append as one write that replaces the bodies of events as well. */
export function appendAndErase(schema: Schema): (erase: PreparedErase) => SqlWrite {
  const append = appendEvents(schema);
  const bodies = eraseBodies(schema);
  return (erase) => {
    const { guard, inserts } = append(erase);
    return { guard, inserts: [...inserts, ...stateInserts(bodies, stubRows(erase))] };
  };
}
