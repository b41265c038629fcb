import {
  checkIdentifier,
  checkInteger,
  checkPlainObject,
  checkSessionKey,
  describeType,
  invalidArgument,
  readInput,
} from '@holdfast/core/internal';
import type {
  AbortSignalLike,
  Content,
  Event,
  SessionKey,
  SessionService,
} from '@holdfast/session';
import { checkSignal, summaryOf } from '@holdfast/session/store';
import { activeEvents } from './active-events.ts';
import { activeSession, lastSeqOf, summaryEvent } from './append-summary.ts';
import { type Budget, tokenCounter } from './budget.ts';
import { pairCalls } from './call-pairs.ts';
import { copySummary } from './copy-summary.ts';
import { DueMeasure, type When } from './due-measure.ts';
import { givenUpOf } from './given-up.ts';
import { oneAtATime, untilAborted } from './one-at-a-time.ts';
import { type OpenCall, openCall } from './open-calls.ts';
import { planSummary } from './plan-summary.ts';
import { writeSummary } from './write-summary.ts';

/** What compacting asks of a service. */
export type CompactService = Pick<SessionService, 'get' | 'appendEvent' | 'listEvents' | 'retract'>;

export interface CompactRequest extends SessionKey {
  /**
   * Writes the summary of some active events, an earlier summary among them. What it throws, `compact`
   * throws, and nothing is appended.
   */
  summarize(events: readonly Event[]): Content | Promise<Content>;
  /**
   * How much there has to be of active events: either of both is enough. What is new in the summary
   * has to be worth a call of the model as well: half of `when.events` without those that are kept, or
   * a quarter of `when.tokens`. @default always
   */
  readonly when?:
    | { readonly events?: number | undefined; readonly tokens?: number | undefined }
    | undefined;
  readonly keep?:
    | {
        /**
         * How many of the last active events stay as they are, at least, of those that say something.
         *
         * @default 10, or fewer if these alone are more than half of `when.tokens`
         */
        readonly events?: number | undefined;
      }
    | undefined;
  /** How many tokens a content is. @default estimateTokens */
  readonly countTokens?: Budget['countTokens'];
  /** The turn in which the summary is appended, if the session is held. @default none */
  readonly turn?: string | undefined;
  /**
   * Ends the wait for `summarize`, and for another `compact` of the session: its reason is thrown, and
   * nothing is appended. @default nothing does
   */
  readonly signal?: AbortSignalLike | undefined;
}

/** What `compact` has done, or why it has done nothing. */
export type CompactResult =
  | {
      readonly type: 'compacted';
      /** The summary, as it was stored: `actions.compaction` says what it covers. */
      readonly event: Event;
      /** How many active events it stands for. */
      readonly covered: number;
      /** Calls that were covered without a response: the conversation had gone on without one. */
      readonly givenUp: readonly OpenCall[];
      /** Calls that still wait, and are not covered. */
      readonly waiting: readonly OpenCall[];
    }
  | {
      readonly type: 'unchanged';
      /**
       * `not_due`: there is less than `when` asks for, or too little of it could be covered.
       * `nothing_new`: all is in a summary already but what is kept and what still waits. `superseded`: somebody else has appended a summary
       * meanwhile. `changed`: events were taken back or erased meanwhile, and the summary that was
       * written may tell of them.
       */
      readonly reason: 'not_due' | 'nothing_new' | 'superseded' | 'changed';
      /** Calls that still wait. */
      readonly waiting: readonly OpenCall[];
    };

/**
 * Summarizes the older part of a session if there is enough of it: reads what is active, has
 * `summarize` write a summary of all but the last events, and appends it. What is appended meanwhile
 * stays as it is, and is not held up.
 *
 * The part that is kept begins with something that the user said, if that is not far. A call and its
 * response stay together, and a call that still waits is kept; then the summary covers what lies
 * before it or what lies behind it, whichever is more, and a later one the rest.
 *
 * Calls for one session of one service run one after the other, so the second finds nothing to do, and
 * one within `summarize` would wait for itself. Give a `signal` if `summarize` may never answer.
 * Between services and processes, the later summary of two is not appended, or is retracted at once
 * if others append without a pause.
 *
 * `not_found` if there is no session, `invalid_argument` for what is wrong with the request or with
 * what `summarize` gives.
 *
 * @example
 * await compact(service, {
 *   ...key,
 *   summarize: (events) => askModelForSummary(toContents(events)),
 *   when: { tokens: 20_000 },
 *   keep: { events: 20 },
 * });
 */
export async function compact(
  service: CompactService,
  request: CompactRequest,
): Promise<CompactResult> {
  const checked = readInput(request, checkCompact);
  if (typeof service?.appendEvent !== 'function') {
    throw invalidArgument('service', `must be a SessionService, got ${describeType(service)}`);
  }
  const { key, signal } = checked;
  return oneAtATime(service, { key, signal, run: () => compactNow(service, checked) });
}

async function compactNow(
  service: CompactService,
  { key, summarize, when, keep, count, turn, signal }: CheckedCompact,
): Promise<CompactResult> {
  const session = await activeSession(service, key);
  const active = activeEvents(session);
  const pairs = pairCalls(active);
  const givesUp = givenUpOf(active, pairs.calls);
  const waiting = pairs.calls.flatMap((call) => (givesUp.has(call) ? [] : (openCall(call) ?? [])));
  const unchanged = (reason: (CompactResult & { type: 'unchanged' })['reason']) =>
    Object.freeze({ type: 'unchanged', reason, waiting } as const);

  const measure = new DueMeasure({ when, count });
  if (!measure.isDue(active)) return unchanged('not_due');
  const kept = keep ?? measure.defaultKeep(active);
  const range = planSummary(active, { keep: kept, pairs });
  if (range === undefined) return unchanged('nothing_new');

  const events = Object.freeze(active.slice(range.from, range.to));
  if (!measure.isWorth(events, { of: active, kept })) return unchanged('not_due');
  const given: unknown = await untilAborted(Promise.resolve(summarize(events)), signal);
  signal?.throwIfAborted();
  if (typeof given !== 'object' || given === null) {
    throw invalidArgument('summarize', `must give a content, got ${describeType(given)}`);
  }
  const content = copySummary(given, 'summarize');
  const first = events[0] as Event;
  const fromSeq = range.from === 0 ? 1 : (summaryOf(first)?.fromSeq ?? (first.seq as number));
  const throughSeq = events.map(lastSeqOf).reduce((a, b) => Math.max(a, b));
  const event = summaryEvent({ fromSeq, throughSeq, content, events });
  const written = await writeSummary(service, { session, event, turn });
  if (typeof written === 'string') return unchanged(written);
  return Object.freeze({
    type: 'compacted',
    event: written,
    covered: events.length,
    givenUp: [...givesUp].flatMap(([{ index }, call]) =>
      index >= range.from && index < range.to ? [call] : [],
    ),
    waiting,
  });
}

interface CheckedCompact {
  readonly key: SessionKey;
  readonly summarize: CompactRequest['summarize'];
  readonly when: When;
  readonly keep: number | undefined;
  count(event: Event): number;
  readonly turn: string | undefined;
  readonly signal: AbortSignalLike | undefined;
}

function checkCompact(request: CompactRequest): CheckedCompact {
  checkPlainObject(request, 'request');
  const { summarize, when = {}, keep = {}, countTokens, turn, signal } = request;
  const key = checkSessionKey(request);
  if (turn !== undefined) checkIdentifier(turn, 'turn');
  if (typeof summarize !== 'function') {
    throw invalidArgument('summarize', `must be a function, got ${describeType(summarize)}`);
  }
  checkPlainObject(when, 'when');
  checkPlainObject(keep, 'keep');
  const isAlways = when.events === undefined && when.tokens === undefined;
  const bound = (value: unknown, path: string) =>
    value === undefined ? Number.POSITIVE_INFINITY : checkInteger(value, { path, min: 1 });
  const events = isAlways ? 0 : bound(when.events, 'when.events');
  const kept =
    keep.events === undefined
      ? undefined
      : checkInteger(keep.events, { path: 'keep.events', min: 0 });
  return {
    key,
    summarize: (given) => summarize.call(request, given),
    when: { events, tokens: bound(when.tokens, 'when.tokens') },
    keep: kept,
    count: tokenCounter(countTokens),
    turn,
    signal: checkSignal(signal),
  };
}
