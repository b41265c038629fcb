import type { SessionKey } from '@holdfast/core';
import { State } from '@holdfast/state';
import type { StoredState } from '@holdfast/state/internal';
import { encodeListCursor, type ListPosition } from './list-cursor.ts';
import type { PreparedList } from './prepare-list.ts';
import {
  type Expires,
  type ForkPoint,
  type Labels,
  NO_DETAILS,
  type SessionDetails,
} from './session-details.ts';

/** A session in a list: all but its events. It is a `SessionKey`, so it can be part of a request. */
export interface SessionSummary extends SessionKey {
  readonly key: SessionKey;
  /** The same as `sessionId`. */
  readonly id: string;
  /** That of the session: see `Session`. */
  readonly incarnation: string;
  /** Epoch ms. */
  readonly createTime: number;
  /** Epoch ms: the largest of the creation and every event's timestamp. */
  readonly lastUpdateTime: number;
  /** The `seq` of the last event, 0 before any. */
  readonly revision: number;
  /** What programs have noted about the session, such as its `title`. */
  readonly labels: Labels;
  /** Absent if it does not expire. */
  readonly expires?: Expires | undefined;
  /** Absent if it was not forked. */
  readonly forkedFrom?: ForkPoint | undefined;
  /** The three scopes merged; present if the request has `includeState`. */
  readonly state?: State;
}

/** A page of a list, frozen. */
export interface SessionPage {
  readonly sessions: readonly SessionSummary[];
  /** Where the next page begins. Absent on the last page. */
  readonly nextCursor?: string;
  /** How many sessions there are in all; present if the request has `includeTotal`. */
  readonly total?: number;
}

/** A session as a store lists it. */
export interface StoredSummary extends ListPosition {
  /** Frozen: the summary keeps it. */
  readonly key: SessionKey;
  readonly incarnation: string;
  readonly createTime: number;
  readonly revision: number;
  /** Undefined if the list does not include the state. Its maps must never change. */
  readonly state: StoredState | undefined;
  /** @default none */
  readonly details?: SessionDetails | undefined;
}

/** A page of a list as a store gives it. */
export interface StoredPage {
  /** In the order of the list, no more than its limit. */
  readonly sessions: readonly StoredSummary[];
  /** The place of the last session that was found, if there are more behind it. */
  readonly next: ListPosition | undefined;
  /** Needed only if the list includes it. */
  readonly total?: number | undefined;
}

/** A page from what was found in order: what is beyond the limit is left out. */
export function cutPage<Found>(
  { limit }: Pick<PreparedList, 'limit'>,
  found: readonly Found[],
): { readonly sessions: readonly Found[]; readonly next: Found | undefined } {
  if (found.length <= limit) return { sessions: found, next: undefined };
  return { sessions: found.slice(0, limit), next: found[limit - 1] };
}

/** The page as a caller gets it. */
export function sessionPage(
  list: PreparedList,
  { sessions, next, total }: StoredPage,
): SessionPage {
  return Object.freeze({
    sessions: Object.freeze(sessions.map(summarize)),
    ...(next !== undefined && { nextCursor: encodeListCursor(list, next) }),
    ...(list.includeTotal && { total: total ?? 0 }),
  });
}

/** A summary as a caller gets it. */
export function summarize({
  key,
  incarnation,
  createTime,
  lastUpdateTime,
  revision,
  state,
  details = NO_DETAILS,
}: StoredSummary): SessionSummary {
  return Object.freeze({
    key,
    id: key.sessionId,
    appName: key.appName,
    userId: key.userId,
    sessionId: key.sessionId,
    incarnation,
    createTime,
    lastUpdateTime,
    revision,
    ...details,
    ...(state !== undefined && { state: State.fromStored(state) }),
  });
}
