import type { SocketFrame } from '../../api/wire.ts';
import { api } from './api-client.ts';
import { isNotFound, RequestFailure } from './request-failure.ts';
import { RetryDelay } from './retry-delay.ts';
import { readFrames } from './wire-frames.ts';

export interface EventFeedListener {
  /** The `seq` after which events are wanted; asked at every new connection. */
  after(): number;
  /** Connected, for the first time or again. Pieces of an answer begin anew. */
  connected(): void;
  frame(frame: SocketFrame): void;
  /** The connection is lost. The feed goes on trying. */
  lost(error: unknown): void;
  /** The conversation is not there (any more). The feed has ended. */
  gone(): void;
}

/** Follows a conversation: what is stored behind a `seq`, and then whatever comes. */
export class EventFeed {
  readonly #sessionId: string;
  readonly #listener: EventFeedListener;
  #running: AbortController | undefined;

  constructor(sessionId: string, listener: EventFeedListener) {
    this.#sessionId = sessionId;
    this.#listener = listener;
  }

  /** Does nothing where it runs already. */
  start(): void {
    if (this.#running !== undefined) return;
    this.#running = new AbortController();
    void this.#run(this.#running.signal);
  }

  /** Nothing comes from the feed once this has returned. */
  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const delay = new RetryDelay();
    while (!signal.aborted) {
      try {
        const after = this.#listener.after();
        const response = await api.followSession(this.#sessionId, { after, signal });
        if (signal.aborted) return;
        delay.reset();
        this.#listener.connected();
        for await (const frame of readFrames(response)) {
          if (signal.aborted) return;
          // The conversation was deleted while it was followed.
          if (frame.type === 'error' && frame.error.code === 'not_found') {
            throw new RequestFailure(frame.error);
          }
          this.#listener.frame(frame);
        }
        throw new Error('the stream has ended');
      } catch (error) {
        if (signal.aborted) return;
        if (isNotFound(error)) {
          this.#running = undefined;
          this.#listener.gone();
          return;
        }
        this.#listener.lost(error);
        await delay.wait(signal);
      }
    }
  }
}
