import { State, type StoredState } from '@holdfast/state';
import type { SessionSummary } from './answers.ts';
import type { SessionSnapshot } from './session.ts';

/** What a store makes a `SessionSummary` of. */
export interface SummarySource extends Omit<SessionSnapshot, 'events' | 'state'> {
  /** Undefined where the list does not include the state. */
  readonly state: StoredState | undefined;
}

/** A session as a list shows it, frozen. */
export function summarizeSession(source: SummarySource): SessionSummary {
  const { key, createTime, lastUpdateTime, revision, state } = source;
  return Object.freeze({
    key,
    id: key.sessionId,
    appName: key.appName,
    userId: key.userId,
    createTime,
    lastUpdateTime,
    revision,
    ...(state !== undefined && { state: State.fromStored(state) }),
  });
}
