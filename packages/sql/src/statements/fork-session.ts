import type { SessionKey } from '@holdfast/core';
import type { ForkOutcome, PreparedCreate, PreparedFork } from '@holdfast/session/store';
import type { Schema } from '../schema.ts';
import { type SqlProgram, writeWithin } from '../sql-client.ts';
import { namedUser } from '../sql-dialect.ts';
import { commandOf, queryOf, type SqlQuery, type SqlTemplate, sql } from '../sql-statement.ts';
import { isThere, ofSession } from '../tables.ts';
import { detailColumns } from './detail-columns.ts';
import { labelRows, writeLabels } from './labels.ts';
import { scopeRows, stateInserts, writeState } from './state-rows.ts';

/** The source by its key, and the new session. */
interface Fork extends SessionKey, Pick<PreparedFork, 'sourceIncarnation' | 'throughSeq'> {
  readonly activeFrom: number;
  /** When the new session begins. */
  readonly now: number;
  readonly create: PreparedCreate;
}

const newKey: SqlTemplate<Fork> = sql`
  ${({ create }) => create.key.appName}, ${({ create }) => create.key.userId},
  ${({ create }) => create.key.sessionId}`;

/**
 * Creates a session out of another one, whose row is locked meanwhile, so that all is of one
 * moment; a duplicate key if there is a session of the new key. Events are copied where they are.
 */
export function forkSession(schema: Schema): (fork: PreparedFork) => SqlProgram<ForkOutcome> {
  const { tables, dialect } = schema;
  const lock = queryOf<Fork>(sql<Fork>`
    SELECT revision FROM ${tables.sessions}
    WHERE ${ofSession} AND incarnation = ${({ sourceIncarnation }) => sourceIncarnation}
      AND ${isThere}${dialect.lockRows}`);
  // Before the source: whoever erases the user takes it before any session.
  const shareUser =
    dialect.userLock &&
    queryOf<Fork>(sql<Fork>`SELECT ${dialect.userLock.share<Fork>(sql`1`, namedUser)}`);
  const createSession = insertSession(schema);
  const copyEvents = insertEvents(schema);
  // The index by time has the latest one at its end.
  const raiseTime = commandOf<SessionKey>(sql<SessionKey>`
    UPDATE ${tables.sessions}
    SET last_update_time = ${dialect.greatest}(last_update_time,
      COALESCE((SELECT MAX(timestamp) FROM ${tables.events} WHERE ${ofSession}), 0))
    WHERE ${ofSession}`);
  const [state, labels] = [writeState(schema), writeLabels(schema)];
  return function* ({ source, sourceIncarnation, throughSeq, create, activeFrom }) {
    const { appName, userId, sessionId } = source;
    const fork: Fork = {
      appName,
      userId,
      sessionId,
      sourceIncarnation,
      throughSeq,
      activeFrom,
      now: create.createTime,
      create,
    };
    if (shareUser !== undefined) yield shareUser(fork);
    if ((yield lock(fork)).rows.length === 0) return 'changed';
    yield createSession(fork);
    if (throughSeq > 0) {
      yield copyEvents(fork);
      yield raiseTime(create.key);
    }
    const inserts = [
      ...stateInserts(state, scopeRows(create.key, create.state.session)),
      ...stateInserts(labels, labelRows(create.key, create.details.labels)),
    ];
    if (inserts.length > 0) yield* writeWithin({ guard: undefined, inserts });
    return 'forked';
  };
}

/** The new session, with the initial state of the source. */
function insertSession({ tables }: Schema): (fork: Fork) => SqlQuery {
  return commandOf<Fork>(sql`
    INSERT INTO ${tables.sessions}
      (app_name, user_id, session_id, create_time, last_update_time, revision, initial_state,
        incarnation, touch_time, expire_time, idle_ms, active_from, details)
    SELECT ${newKey}, ${({ now }) => now}, ${({ now }) => now},
      ${({ throughSeq }) => throughSeq}, initial_state, ${({ create }) => create.incarnation},
      ${({ now }) => now}, ${({ create }) => create.expireTime ?? null},
      ${({ create }) => detailColumns(create.details).idleMs}, ${({ activeFrom }) => activeFrom},
      ${({ create }) => detailColumns(create.details).details}
    FROM ${tables.sessions} WHERE ${ofSession}`);
}

function insertEvents({ tables }: Schema): (fork: Fork) => SqlQuery {
  return commandOf<Fork>(sql`
    INSERT INTO ${tables.events} (app_name, user_id, session_id, seq, event_id, timestamp, body)
    SELECT ${newKey}, seq, event_id, timestamp, body
    FROM ${tables.events} WHERE ${ofSession} AND seq <= ${({ throughSeq }) => throughSeq}`);
}
