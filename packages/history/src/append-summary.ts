import {
  checkInteger,
  checkPlainObject,
  checkSessionKey,
  invalidArgument,
  isTimestamp,
  readInput,
} from '@holdfast/core/internal';
import type {
  Content,
  Event,
  MarkerOptions,
  Session,
  SessionKey,
  SessionService,
} from '@holdfast/session';
import { sessionNotFound, summaryOf } from '@holdfast/session/store';
import { activeEvents } from './active-events.ts';
import { pairCalls } from './call-pairs.ts';
import { copySummary } from './copy-summary.ts';
import { endOf, spansOf } from './summary-range.ts';

/** What appending a summary asks of a service. */
export type SummaryService = Pick<SessionService, 'get' | 'appendEvent'>;

export interface AppendSummaryRequest extends MarkerOptions {
  /** The `seq` of the last event that the summary stands for. */
  readonly throughSeq: number;
  /** What stands for the events from the first one on, an earlier summary included. */
  readonly content: Content;
}

/**
 * Appends a summary of all events up to `throughSeq`, and returns the event that was stored. From then
 * on, `activeEvents` and `toContents` have it in place of them, and `get({ …key, active: true })` does
 * not load them any more. No event is deleted. Events that are appended meanwhile are not covered.
 *
 * A call that still waits for its response is not covered, and no call without its response: then the
 * summary covers less, up to before that call. `actions.compaction.throughSeq` of the event says how
 * much. A call that was given up is covered: it got no response, and the conversation went on.
 *
 * `not_found` if there is no session. `invalid_argument` if `throughSeq` is beyond the last event, if
 * nothing can be covered, if a later summary covers it already, or if `content` says nothing or has a
 * call or a response. `conflict` as of an append.
 *
 * @example
 * await appendSummary(service, {
 *   ...key,
 *   throughSeq: 40,
 *   content: { role: 'user', parts: [{ text: 'Ada has ordered two books.' }] },
 * });
 */
export async function appendSummary(
  service: SummaryService,
  request: AppendSummaryRequest,
): Promise<Event> {
  const { key, content, throughSeq, ...options } = readInput(request, checkRequest);
  const session = await activeSession(service, key);
  if (throughSeq > session.revision) {
    throw invalidArgument('throughSeq', `is beyond the last event, ${session.revision}`);
  }
  const active = activeEvents(session);
  const covered = coveredThrough(active, throughSeq);
  const { expectedRevision, expectedIncarnation = session.incarnation, turn } = options;
  return await service.appendEvent({
    ...key,
    event: summaryEvent({
      fromSeq: 1,
      throughSeq: covered.throughSeq,
      content,
      events: covered.events,
    }),
    expectedRevision,
    expectedIncarnation,
    turn,
  });
}

function checkRequest(request: AppendSummaryRequest) {
  checkPlainObject(request, 'request');
  const { appName, userId, sessionId, content, throughSeq } = request;
  const { expectedRevision, expectedIncarnation, turn } = request;
  return {
    key: checkSessionKey({ appName, userId, sessionId }),
    content: copySummary(content, 'content'),
    throughSeq: checkInteger(throughSeq, { path: 'throughSeq', min: 1 }),
    expectedRevision,
    expectedIncarnation,
    turn,
  };
}

/** The session with its active events. */
export async function activeSession(
  service: Pick<SessionService, 'get'>,
  key: SessionKey,
): Promise<Session> {
  const session = await service.get({ ...key, active: true });
  if (session === undefined) throw sessionNotFound(key);
  return session;
}

function coveredThrough(
  active: readonly Event[],
  throughSeq: number,
): { readonly events: readonly Event[]; readonly throughSeq: number } {
  const behind = active.findIndex(
    (event) => summaryOf(event) === undefined && lastSeqOf(event) > throughSeq,
  );
  const to = behind < 0 ? active.length : behind;
  const end = endOf(to, spansOf(active, pairCalls(active)));
  const events = active.slice(0, end);
  const last = events.at(-1);
  if (last === undefined) {
    throw invalidArgument('throughSeq', 'leaves nothing to cover that is not a call still waiting');
  }
  const through = end === to ? throughSeq : lastSeqOf(last);
  const later = events.find((event) => lastSeqOf(event) > through);
  if (later === undefined) return { events, throughSeq: through };
  throw invalidArgument(
    'throughSeq',
    `is covered by the summary ${JSON.stringify(later.id)} already`,
  );
}

/** The last `seq` that a stored event stands for. */
export function lastSeqOf(event: Event): number {
  return summaryOf(event)?.throughSeq ?? (event.seq as number);
}

/** A summary as an event. Its times are those of the events that it covers, for ADK's readers. */
export function summaryEvent({
  fromSeq,
  throughSeq,
  content,
  events,
}: {
  readonly fromSeq: number;
  readonly throughSeq: number;
  readonly content: Content;
  readonly events: readonly Event[];
}) {
  const times = events.flatMap(({ timestamp, actions: { compaction } }) =>
    // Anything may stand in the actions of an event that was appended as it is.
    [compaction?.startTimestamp, compaction?.endTimestamp].map((time) =>
      isTimestamp(time) ? time : timestamp,
    ),
  );
  const startTimestamp = times.reduce((a, b) => Math.min(a, b));
  const endTimestamp = times.reduce((a, b) => Math.max(a, b));
  const compaction = {
    fromSeq,
    throughSeq,
    compactedContent: content,
    startTimestamp,
    endTimestamp,
  };
  return { author: 'user', actions: { compaction } };
}
