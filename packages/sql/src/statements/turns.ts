import type { SessionKey } from '@holdfast/core';
import type { PreparedReleaseTurn, PreparedTurn } from '@holdfast/session/store';
import type { Schema } from '../schema.ts';
import { queryOf, type SqlQuery, sql } from '../sql-statement.ts';
import { isThere, ofSession } from '../tables.ts';
import { guard } from './write-session.ts';

type Acquire = SessionKey & PreparedTurn;

/** Holds a session for a turn; no row if there is none, or if it is held for another one. */
export function acquireTurn(schema: Schema): (acquire: PreparedTurn) => SqlQuery {
  const { sessions } = schema.tables;
  const held = sql<Acquire>`
    UPDATE ${sessions} SET turn = ${({ turn }) => turn}, turn_until = ${({ until }) => until}
    WHERE ${ofSession} AND ${isThere}`;
  const isHeld = sql<Acquire>`turn = ${({ turn }) => turn}`;
  // One that is held for none is so until 0.
  const isFree = sql<Acquire>`turn_until <= ${({ now }) => now}`;
  const acquire = guard(schema, sql<Acquire>`${held} AND (${isHeld} OR ${isFree})`);
  const extend = guard(schema, sql<Acquire>`${held} AND ${isHeld}`);
  return (prepared) => (prepared.extend ? extend : acquire)({ ...prepared.key, ...prepared });
}

/** Lets go of a session; no row if it is not held for the turn. */
export function releaseTurn(schema: Schema): (release: PreparedReleaseTurn) => SqlQuery {
  const release = guard(
    schema,
    sql<SessionKey & PreparedReleaseTurn>`
      UPDATE ${schema.tables.sessions} SET turn = '', turn_until = 0
      WHERE ${ofSession} AND turn = ${({ turn }) => turn} AND ${isThere}`,
  );
  return (prepared) => release({ ...prepared.key, ...prepared });
}

/** For which turn a session is held, and until when, if it is there. */
export function selectTurn({ tables }: Schema): (acquire: PreparedTurn) => SqlQuery {
  const select = queryOf(
    sql<Acquire>`
      SELECT turn, turn_until FROM ${tables.sessions} WHERE ${ofSession} AND ${isThere}`,
  );
  return (prepared) => select({ ...prepared.key, ...prepared });
}
