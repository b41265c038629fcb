import type { SessionKey } from '@holdfast/core';
import type { Schema } from '../create-table.ts';
import { type SqlTemplate, sql } from '../sql-template.ts';

export interface NewSession extends SessionKey {
  /** Epoch ms. */
  readonly time: number;
  /** The session scope that it begins with, as JSON. */
  readonly initialState: string;
}

/** Inserts a session; a duplicate key where it is there already. */
export function createSession({ tables }: Schema): SqlTemplate<NewSession> {
  return sql`
    INSERT INTO ${tables.sessions}
      (app_name, user_id, session_id, create_time, last_update_time, revision, initial_state)
    VALUES (${({ appName }) => appName}, ${({ userId }) => userId},
      ${({ sessionId }) => sessionId}, ${({ time }) => time}, ${({ time }) => time}, 0,
      ${({ initialState }) => initialState})`;
}
