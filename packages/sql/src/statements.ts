import type { Schema } from './create-table.ts';
import { advanceSession, insertEvents } from './statements/append-events.ts';
import { createSession } from './statements/create-session.ts';
import { deleteSession } from './statements/delete-session.ts';
import { findEvents } from './statements/find-events.ts';
import { getSession } from './statements/get-session.ts';
import { listEvents } from './statements/list-events.ts';
import { listSessions } from './statements/list-sessions.ts';
import { selectScope, selectSharedState } from './statements/select-state.ts';
import { writeState } from './statements/write-state.ts';

/** Every statement of a service, written once for its tables and its dialect. */
export type Statements = ReturnType<typeof createStatements>;

export function createStatements(schema: Schema) {
  return {
    advanceSession: advanceSession(schema),
    insertEvents: insertEvents(schema),
    createSession: createSession(schema),
    deleteSession: deleteSession(schema),
    findEvents: findEvents(schema),
    getSession: getSession(schema),
    listEvents: listEvents(schema),
    listSessions: listSessions(schema),
    selectScope: selectScope(schema),
    selectSharedState: selectSharedState(schema),
    writeState: writeState(schema),
  };
}
