import {
  type AbortSignalLike,
  createUuidV7,
  type Event,
  isHoldfastError,
  type SessionKey,
} from '@holdfast/core';
import {
  checkFlag,
  checkSessionKey,
  describeType,
  invalidArgument,
  readInput,
} from '@holdfast/core/internal';
import { checkSignal, onAbort } from './life/abort-signal.ts';
import { checkTurnTtl, TURN_TTL } from './life/session-turns.ts';
import { realTimers } from './real-timers.ts';
import type { AppendEventRequest, AppendEventsRequest } from './requests.ts';
import type { SessionService } from './session-service.ts';

// How often a turn is asked for that another one holds, in ms: more and more seldom.
const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 250;

export interface TakeTurnRequest extends SessionKey {
  /**
   * The session is free again so many ms after the turn was last extended, which happens again and
   * again while it runs: 1 to 86,400,000. @default 30,000
   */
  readonly ttl?: number | undefined;
  /** Whether to wait while another turn holds the session; if not, it is `conflict`. @default true */
  readonly wait?: boolean | undefined;
  /** Ends the wait: the call throws the signal's reason, and nothing runs. */
  readonly signal?: AbortSignalLike | undefined;
}

/** A turn that was taken. */
export interface Turn {
  /** The session. */
  readonly key: SessionKey;
  /** The `turn` of a request that is made in this turn. */
  readonly token: string;
  /** Aborted once the turn is known to be lost; its reason is the error, such as the `conflict`. */
  readonly signal: AbortSignalLike;
  /** Appends an event in this turn: `conflict` at `turn` if it was lost. */
  append(request: TurnAppend<AppendEventRequest>): Promise<Event>;
  /** Appends many events in this turn. */
  appendEvents(request: TurnAppend<AppendEventsRequest>): Promise<readonly Event[]>;
}

/** The request of an append, without what the turn adds. */
export type TurnAppend<Request> = Omit<Request, keyof SessionKey | 'turn'>;

/** What a turn asks of a service. */
export type TurnService = Pick<
  SessionService,
  'acquireTurn' | 'releaseTurn' | 'appendEvent' | 'appendEvents'
>;

/**
 * Runs a function while no other turn has the session, in any process: for a run of an agent, which
 * is many appends. Appends without a turn do not wait. If the process ends, or hangs for longer than
 * `ttl`, the session is free again; once another turn has taken it, appends of this one are a
 * `conflict`. A turn within a turn of the same session waits forever.
 *
 * @example
 * const answer = await takeTurn(service, { ...session.key, ttl: 10_000 }, async (turn) => {
 *   await turn.append({ event: question });
 *   const content = await askModel(turn.signal);
 *   return await turn.append({ event: { author: 'agent', content } });
 * });
 */
export async function takeTurn<Result>(
  service: TurnService,
  request: TakeTurnRequest,
  run: (turn: Turn) => Promise<Result>,
): Promise<Result> {
  const { key, ttl, wait, signal } = readInput(request, prepareTakeTurn);
  if (typeof run !== 'function') {
    throw invalidArgument('run', `must be a function, got ${describeType(run)}`);
  }
  const token = createUuidV7();
  const own = { ...key, turn: token };
  const acquire = { ...own, ttl };
  await acquireInTime(() => service.acquireTurn(acquire), { wait, signal });
  const lost = new AbortController();
  const stop = every(ttl / 3, async () => {
    try {
      await service.acquireTurn({ ...acquire, extend: true });
    } catch (error) {
      // What passes by itself may pass before the time is up.
      if (isHoldfastError(error, 'unavailable')) return;
      lost.abort(error);
      stop();
    }
  });
  const release = async () => {
    stop();
    // Whether it is let go or not: it is free after its time.
    await service.releaseTurn(own).catch(() => false);
  };
  let result: Result;
  try {
    // Nobody waits any more for a turn that has come too late.
    signal?.throwIfAborted();
    result = await run({
      key,
      token,
      signal: lost.signal as AbortSignalLike,
      append: async (append) =>
        service.appendEvent(readInput(append, (input) => ({ ...input, ...own }))),
      appendEvents: async (append) =>
        service.appendEvents(readInput(append, (input) => ({ ...input, ...own }))),
    });
  } catch (error) {
    const released = release();
    // A store that cannot be reached would only be waited for once more.
    if (!isHoldfastError(error, 'unavailable')) await released;
    throw error;
  }
  await release();
  return result;
}

function prepareTakeTurn(request: TakeTurnRequest) {
  const key = Object.freeze(checkSessionKey(request));
  const { ttl = TURN_TTL, wait, signal } = request;
  return {
    key,
    ttl: checkTurnTtl(ttl),
    wait: wait === undefined || checkFlag(wait, 'wait'),
    signal: checkSignal(signal),
  };
}

async function acquireInTime(
  acquire: () => Promise<unknown>,
  { wait, signal }: { readonly wait: boolean; readonly signal: AbortSignalLike | undefined },
): Promise<void> {
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
    signal?.throwIfAborted();
    try {
      await acquire();
      return;
    } catch (error) {
      if (!wait || !isHoldfastError(error, 'conflict')) throw error;
    }
    // Not all at the same moment.
    await sleep(pause * (0.75 + Math.random() / 2), signal);
  }
}

function sleep(ms: number, signal: AbortSignalLike | undefined): Promise<void> {
  return new Promise((resolve) => {
    const stopListening = onAbort(signal, () => resolve());
    realTimers.setTimeout(() => {
      stopListening();
      resolve();
    }, ms);
  });
}

/** Calls again and again, each time after the call before has ended; gives what stops it. */
function every(ms: number, call: () => Promise<void>): () => void {
  let isStopped = false;
  const next = () => {
    const timer = realTimers.setTimeout(async () => {
      if (isStopped) return;
      await call();
      if (!isStopped) next();
    }, ms);
    // The turn itself keeps the process running, or nothing does.
    (timer as { unref?(): void } | undefined)?.unref?.();
  };
  next();
  return () => {
    isStopped = true;
  };
}
