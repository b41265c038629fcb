import { type AbortSignalLike, type Event, isHoldfastError, type SessionKey } from '@holdfast/core';
import { checkInteger, checkSessionKey, readInput } from '@holdfast/core/internal';
import type { MaybePromise } from '../call-gate.ts';
import { eventMark, markOf } from '../event-mark.ts';
import type { WatchSessionRequest } from '../requests.ts';
import { isExpired } from '../session-details.ts';
import { sessionNotFound } from '../session-errors.ts';
import type { SessionPlace } from '../session-store.ts';
import { checkSignal, onAbort } from './abort-signal.ts';
import { needed, readEvents, type StoreAccess } from './store-access.ts';
import type { WatchHub } from './watch-hub.ts';

const PAGE = 250;

interface CheckedWatch {
  readonly key: SessionKey;
  readonly afterSeq: number;
  readonly signal: AbortSignalLike | undefined;
}

export interface WatchAccess extends StoreAccess {
  readonly hub: WatchHub;
  /** Runs a read as a call of the service. */
  run<T>(read: () => MaybePromise<T>): Promise<T>;
}

function prepareWatch(request: WatchSessionRequest): CheckedWatch {
  const { afterSeq = 0, signal } = request;
  return {
    key: Object.freeze(checkSessionKey(request)),
    afterSeq: checkInteger(afterSeq, { path: 'afterSeq', min: 0 }),
    signal: checkSignal(signal),
  };
}

/**
 * Gives the events of a session as they come. It keeps nothing but its position. Whoever ends it
 * while it waits does not wait for the next event.
 */
export function watchSession(
  access: WatchAccess,
  request: WatchSessionRequest,
): AsyncGenerator<Event, void, undefined> {
  const ended = new AbortController();
  const events = eventsOf(access, { request, ended });
  const [end, fail] = [events.return.bind(events), events.throw.bind(events)];
  return Object.assign(events, {
    return(value?: undefined) {
      ended.abort(ENDED);
      return end(value);
    },
    throw(error: unknown) {
      ended.abort(ENDED);
      return fail(error);
    },
  });
}

const ENDED = Symbol('ended');

async function* eventsOf(
  access: WatchAccess,
  {
    request,
    ended,
  }: {
    readonly request: WatchSessionRequest;
    /** Aborted once nobody wants to have more. */
    readonly ended: AbortController;
  },
): AsyncGenerator<Event, void, undefined> {
  const { key, afterSeq, signal } = await access.run(() => readInput(request, prepareWatch));
  signal?.throwIfAborted();
  const { incarnation, expireTime } = await access.run(() => placeOf(access, key));
  const mark = markOf(incarnation);
  const watcher = access.hub.watch(key, expireTime);
  const stopListening = onAbort(signal, (reason) => ended.abort(reason));
  try {
    let position = afterSeq;
    for (;;) {
      signal?.throwIfAborted();
      watcher.reading();
      const events = await eventsBehind(access, { key, position });
      for (const event of events ?? []) {
        if (eventMark(event) !== mark) throw sessionNotFound(key);
        signal?.throwIfAborted();
        yield event;
        position = event.seq as number;
      }
      if (events === undefined) watcher.missed();
      if (events === undefined || events.length < PAGE) {
        await watcher.wait({ position, incarnation, signal: ended.signal as AbortSignalLike });
      }
    }
  } catch (error) {
    if (error !== ENDED) throw error;
  } finally {
    stopListening();
    watcher.end();
  }
}

/** Undefined if the store cannot be reached: that passes by itself. */
async function eventsBehind(
  access: WatchAccess,
  { key, position }: { readonly key: SessionKey; readonly position: number },
): Promise<readonly Event[] | undefined> {
  const bounds = { afterSeq: position, beforeSeq: Number.MAX_SAFE_INTEGER };
  try {
    const { events } = await access.run(() =>
      readEvents(access, { key, ...bounds, count: PAGE, order: 'asc' }),
    );
    return events;
  } catch (error) {
    if (isHoldfastError(error, 'unavailable')) return undefined;
    throw error;
  }
}

async function placeOf({ store, writing }: StoreAccess, key: SessionKey): Promise<SessionPlace> {
  const find = needed(store, { method: 'findRevisions', capability: 'watch' });
  const [place] = await find([key]);
  if (place === undefined || isExpired(place.expireTime, writing.now())) throw sessionNotFound(key);
  return place;
}
