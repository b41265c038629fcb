import type { Event, SessionKey } from '@holdfast/core';
import type { State } from '@holdfast/state';

/** A session in a list: all but its events. */
export interface SessionSummary {
  readonly key: SessionKey;
  /** `key.sessionId`. */
  readonly id: string;
  readonly appName: string;
  readonly userId: string;
  /** Epoch ms. */
  readonly createTime: number;
  /** Epoch ms: the largest of the creation and every event's timestamp. */
  readonly lastUpdateTime: number;
  /** The `seq` of the last event, 0 before any. */
  readonly revision: number;
  /** The three scopes merged; there if the request has `includeState`. */
  readonly state?: State;
}

export interface SessionPage {
  readonly sessions: readonly SessionSummary[];
  /** Where the next page begins. Absent on the last one. */
  readonly nextCursor?: string;
  /** How many sessions there are in all; there if the request has `includeTotal`. */
  readonly total?: number;
}

export interface EventPage {
  readonly events: readonly Event[];
  /** Whether more events lie beyond this page, within the bounds of the request. */
  readonly hasMore: boolean;
}
