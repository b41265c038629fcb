import type { SessionKey } from '@holdfast/core';
import {
  comparePositions,
  cutPage,
  type PreparedList,
  type StoredPage,
} from '@holdfast/session/store';
import type { ScopeState, StoredState } from '@holdfast/state/internal';
import { readInteger, readText } from './read-value.ts';
import { parseState, RowKind, readDetails } from './result-rows.ts';
import type { SqlRow } from './sql-client.ts';

/**
 * The page that a list's rows make. A row is kind, user, session, name, body, and three integers;
 * the name of a session is its incarnation, and the body its details.
 */
export function readListRows(list: PreparedList, rows: readonly SqlRow[]): StoredPage {
  const { appName } = list;
  const ofKind = (kind: number) => rows.filter((row) => readInteger(row[0]) === kind);
  const stateOf = list.includeState ? stateReader(appName, rows) : () => undefined;
  const sessions = ofKind(RowKind.Session).map((row) => {
    const key = Object.freeze({ appName, userId: readText(row[1]), sessionId: readText(row[2]) });
    return {
      key,
      incarnation: readText(row[3]),
      createTime: readInteger(row[5]),
      lastUpdateTime: readInteger(row[6]),
      revision: readInteger(row[7]),
      state: stateOf(key),
      details: readDetails(row[4], key),
    };
  });
  // The parts of a union come in any order.
  const direction = list.order === 'asc' ? 1 : -1;
  sessions.sort((a, b) => direction * comparePositions(a, b));
  return { ...cutPage(list, sessions), total: readInteger(ofKind(RowKind.Total)[0]?.[5] ?? 0) };
}

/** Parses each scope once, and shares it between the sessions that have it in common. */
function stateReader(
  appName: string,
  rows: readonly SqlRow[],
): (key: Pick<SessionKey, 'userId' | 'sessionId'>) => StoredState {
  const groups = new Map<string, SqlRow[]>();
  for (const row of rows) {
    if (row[3] === null) continue; // no state
    const owner = ownerOf(row);
    const group = groups.get(owner);
    if (group === undefined) groups.set(owner, [row]);
    else group.push(row);
  }
  const parsed = new Map<string, ScopeState>();
  const scope = (place: readonly [kind: number, userId: string, sessionId: string]) => {
    const owner = ownerOf(place);
    let state = parsed.get(owner);
    if (state === undefined) {
      const key = { appName, userId: place[1] };
      state = parseState(groups.get(owner) ?? [], { name: 3, value: 4, key });
      parsed.set(owner, state);
    }
    return state;
  };
  return ({ userId, sessionId }) => ({
    session: scope([RowKind.SessionState, userId, sessionId]),
    user: scope([RowKind.UserState, userId, '']),
    app: scope([RowKind.AppState, '', '']),
  });
}

// An id has no control characters.
function ownerOf([kind, userId, sessionId]: SqlRow): string {
  return `${kind}\n${userId}\n${sessionId}`;
}
