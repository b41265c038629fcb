import type { SessionKey } from '@holdfast/core';
import type { PreparedImport } from '@holdfast/session/store';
import { stateRecord } from '@holdfast/state/internal';
import type { Schema } from '../schema.ts';
import type { SqlInsert, SqlWrite } from '../sql-client.ts';
import { namedUser } from '../sql-dialect.ts';
import { type SqlQuery, type SqlValue, sql } from '../sql-statement.ts';
import { ofSession } from '../tables.ts';
import { detailColumns } from './detail-columns.ts';
import { labelRows, writeLabels } from './labels.ts';
import { scopeRows, stateInserts, writeState } from './state-rows.ts';
import { guard, numberedColumns, numberedRows, ownedName } from './write-session.ts';

/**
 * Writes a part of a session: the first one creates it, the others go on where it was left. It is
 * expired until the last one, which brings what others find it by.
 */
export function importSession(schema: Schema): (part: PreparedImport) => SqlWrite {
  const [begin, goOn] = [beginImport(schema), goOnWithImport(schema)];
  // They have their `seq`.
  const events: SqlInsert = { table: schema.tables.events, columns: numberedColumns };
  const [state, labels] = [writeState(schema), writeLabels(schema)];
  return (part) => {
    const { key, session, isLast } = part;
    const inserts = [...stateInserts(events, numberedRows(key, part.events))];
    if (isLast) {
      inserts.push(...stateInserts(state, scopeRows(key, session.state)));
      inserts.push(...stateInserts(labels, labelRows(key, session.details.labels)));
    }
    return { guard: (part.fromRevision === 0 ? begin : goOn)(part), inserts };
  };
}

interface Part extends SessionKey, Omit<PreparedImport, 'key'> {}

const revision = ({ fromRevision, events }: Part): SqlValue => fromRevision + events.length;

const expireTime = ({ isLast, session }: Part): SqlValue =>
  isLast ? (session.expireTime ?? null) : 0;

const initialState = ({ session: { initialState: state } }: Part): SqlValue =>
  state === undefined ? 'null' : JSON.stringify(stateRecord(state));

/** A duplicate key if there is a session. */
function beginImport(schema: Schema): (part: PreparedImport) => SqlQuery {
  const insert = guard<Part>(
    schema,
    sql`
      INSERT INTO ${schema.tables.sessions}
        (app_name, user_id, session_id, create_time, last_update_time, revision, initial_state,
          incarnation, touch_time, expire_time, idle_ms, active_from, details)
      VALUES (${ownedName<Part>(schema, namedUser)}, ${({ userId }) => userId},
        ${({ sessionId }) => sessionId}, ${({ session }) => session.createTime},
        ${({ session }) => session.lastUpdateTime}, ${revision}, ${initialState},
        ${({ incarnation }) => incarnation}, ${({ now }) => now}, ${expireTime},
        ${({ session }) => detailColumns(session.details).idleMs},
        ${({ session }) => session.activeFrom},
        ${({ session }) => detailColumns(session.details).details})`,
  );
  return ({ key, ...rest }) => insert({ ...key, ...rest });
}

/** No row if the session is not as the part before has left it. */
function goOnWithImport(schema: Schema): (part: PreparedImport) => SqlQuery {
  const { dialect } = schema;
  const update = guard<Part>(
    schema,
    sql`
      UPDATE ${schema.tables.sessions}
      SET revision = ${revision}, expire_time = ${expireTime}, touch_time = ${({ now }) => now},
        last_update_time = ${dialect.greatest}(last_update_time,
          ${({ session }) => session.lastUpdateTime})
      WHERE ${ofSession} AND incarnation = ${({ incarnation }) => incarnation}
        AND revision = ${({ fromRevision }) => fromRevision} AND expire_time = 0`,
  );
  return ({ key, ...rest }) => update({ ...key, ...rest });
}
