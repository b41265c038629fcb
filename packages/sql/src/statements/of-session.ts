import type { SessionKey } from '@holdfast/core';
import { type SqlTemplate, sql } from '../sql-template.ts';

/** The condition that a row is one of a session. */
export const ofSession: SqlTemplate<SessionKey> = sql`
  app_name = ${({ appName }) => appName}
  AND user_id = ${({ userId }) => userId}
  AND session_id = ${({ sessionId }) => sessionId}`;
