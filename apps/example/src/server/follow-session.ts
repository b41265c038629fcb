import { type Event, isHoldfastError, type SessionKey } from '@holdfast/core';
import { iterateEvents, type SessionService } from '@holdfast/session';
import type { EventStream } from './event-stream.ts';
import type { TurnHub } from './turn-hub.ts';
import { toWireError } from './wire-error.ts';

/** How often the store is asked for what another process has written, in ms. */
const POLL = 300;

export interface FollowSessionOptions {
  readonly service: SessionService;
  readonly hub: TurnHub;
  readonly key: SessionKey;
  /** Events behind this `seq`. */
  readonly after: number;
}

/**
 * Streams the events of a conversation, each once and in order: those that are stored, then
 * those that come. What this process does is told at once, with what is being said; what
 * another one stores is found by asking again. A store that cannot be reached is asked until
 * it can. Ends with an error frame where the conversation is deleted.
 */
export async function followSession(
  { queue, send, beat }: EventStream,
  { service, hub, key, after }: FollowSessionOptions,
): Promise<void> {
  let last = after;
  let completed: string | undefined;
  const sendEvent = async (event: Event) => {
    if (event.seq === undefined || event.seq <= last) return;
    last = event.seq;
    if (event.turnComplete === true) completed = event.invocationId;
    await send({ type: 'event', event });
  };
  const catchUp = async () => {
    const behind = { ...key, afterSeq: last, pageSize: 20 };
    for await (const event of iterateEvents(service, behind)) {
      if (queue.isClosed) return;
      await sendEvent(event);
    }
  };

  const leave = hub.follow(key, (frame) => queue.push(frame));
  try {
    for (let mustAsk = true; !queue.isClosed; ) {
      if (mustAsk) await ignoreUnavailable(catchUp);
      for (const frame of queue.take()) {
        // A piece that has waited while its whole was read from the store.
        if (frame.type === 'partial' && frame.event.invocationId === completed) continue;
        if (frame.type !== 'event') await send(frame);
        else if (frame.event.seq === last + 1) await sendEvent(frame.event);
        // Others have written in between, or it was sent already.
        else if ((frame.event.seq ?? 0) > last) await ignoreUnavailable(catchUp);
      }
      await beat();
      const asked = Date.now();
      await queue.wait(POLL);
      mustAsk = Date.now() - asked >= POLL - 1;
    }
  } catch (error) {
    if (!queue.isClosed) await send({ type: 'error', error: toWireError(error) });
  } finally {
    leave();
  }
}

async function ignoreUnavailable(ask: () => Promise<void>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    if (!isHoldfastError(error) || !error.retryable) throw error;
  }
}
