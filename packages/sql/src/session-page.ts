import { compareIdentifiers, type JsonValue } from '@holdfast/core';
import {
  encodeListCursor,
  type PreparedList,
  type SessionPage,
  type SessionSummary,
  summarizeSession,
} from '@holdfast/session';
import type { StoredState } from '@holdfast/state';
import { parseState } from './answer-rows.ts';
import type { SqlRow } from './sql-client.ts';
import { ListRowKind } from './statements/list-sessions.ts';

type Place = Pick<SessionSummary, 'key' | 'lastUpdateTime'>;
type Scope = ReadonlyMap<string, JsonValue>;

const empty: Scope = new Map();

/** The page that a list's rows make. */
export function sessionPage(list: PreparedList, rows: readonly SqlRow[]): SessionPage {
  const ofKind = (kind: number) => rows.filter((row) => Number(row[0]) === kind);
  const sessions = ofKind(ListRowKind.Session).map((row) => ({
    key: Object.freeze({
      appName: list.appName,
      userId: String(row[1]),
      sessionId: String(row[2]),
    }),
    createTime: Number(row[5]),
    lastUpdateTime: Number(row[6]),
    revision: Number(row[7]),
  }));
  const direction = list.order === 'asc' ? 1 : -1;
  // The parts of a union come in any order.
  sessions.sort((a, b) => direction * comparePlaces(a, b));
  const stateOf = list.includeState ? stateReader(list, ofKind) : () => undefined;
  const page = sessions.slice(0, list.limit);
  const last = page.at(-1);
  const total = ofKind(ListRowKind.Total)[0];
  return Object.freeze({
    sessions: Object.freeze(
      page.map(
        (session): SessionSummary => summarizeSession({ ...session, state: stateOf(session.key) }),
      ),
    ),
    ...(last &&
      sessions.length > page.length && {
        nextCursor: encodeListCursor(list, {
          lastUpdateTime: last.lastUpdateTime,
          userId: last.key.userId,
          sessionId: last.key.sessionId,
        }),
      }),
    ...(total && { total: Number(total[5]) }),
  });
}

function comparePlaces(a: Place, b: Place): number {
  return (
    a.lastUpdateTime - b.lastUpdateTime ||
    compareIdentifiers(a.key.userId, b.key.userId) ||
    compareIdentifiers(a.key.sessionId, b.key.sessionId)
  );
}

/** Parses each scope once, and shares it between the sessions that have it in common. */
function stateReader(
  { appName }: PreparedList,
  ofKind: (kind: number) => readonly SqlRow[],
): (key: { readonly userId: string; readonly sessionId: string }) => StoredState {
  const scopes = (kind: number) => {
    const groups = new Map<string, SqlRow[]>();
    for (const row of ofKind(kind)) {
      if (row[3] === null) continue; // no state
      const owner = address(row[1], row[2]);
      const group = groups.get(owner);
      if (group === undefined) groups.set(owner, [row]);
      else group.push(row);
    }
    return new Map(
      Array.from(groups, ([owner, rows]) => [
        owner,
        parseState(rows, { name: 3, value: 4, key: { appName, userId: String(rows[0]?.[1]) } }),
      ]),
    );
  };
  const [session, user, app] = [
    scopes(ListRowKind.SessionState),
    scopes(ListRowKind.UserState),
    scopes(ListRowKind.AppState),
  ];
  return ({ userId, sessionId }) => ({
    session: session.get(address(userId, sessionId)) ?? empty,
    user: user.get(address(userId, '')) ?? empty,
    app: app.get(address('', '')) ?? empty,
  });
}

// An id has no control characters.
function address(userId: unknown, sessionId: unknown): string {
  return `${userId}\n${sessionId}`;
}
