import { HoldfastError, isHoldfastError, type SessionKey } from '@holdfast/core';
import { invalidArgument } from '@holdfast/core/internal';
import type { SocketFrame } from '../api/wire.ts';
import { checkSocketMessage, parseJsonObject } from './read-request.ts';
import type { TurnHub } from './turn-hub.ts';
import { toWireError } from './wire-error.ts';

/** How many refused messages in a row are answered before nobody listens any more. */
const MAX_REFUSED = 20;

/** How many messages may wait at the same time for what was said before them. */
const MAX_WAITING = 20;

export interface ConversationOptions {
  readonly hub: TurnHub;
  readonly key: SessionKey;
  readonly send: (frame: SocketFrame) => void;
  /** Ends a conversation in which the other side does not keep to the rules. */
  readonly close: (reason: string) => void;
}

/** One end of a WebSocket: what comes in is done, what comes of it is sent. */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #leave = new Set<() => void>();
  #hasLeft = false;
  #refused = 0;
  #waiting = 0;

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  /** Takes what the other side says. Rubbish is answered with an error, within reason. */
  async hear(data: unknown): Promise<void> {
    if (this.#hasLeft) return;
    if (this.#waiting === MAX_WAITING) return this.#end('too many messages at once');
    this.#waiting++;
    try {
      if (typeof data !== 'string') {
        throw new HoldfastError('invalid_argument', { message: 'a message must be text' });
      }
      await this.#do(parseJsonObject(data, 'a message'));
    } catch (error) {
      this.#options.send({ type: 'error', error: toWireError(error) });
      if (!isRetryable(error) && ++this.#refused === MAX_REFUSED)
        this.#end('too many wrong messages');
    } finally {
      this.#waiting--;
    }
  }

  /** Stops listening. What was begun goes on. */
  leave(): void {
    this.#hasLeft = true;
    for (const leave of this.#leave) leave();
  }

  #end(reason: string): void {
    this.leave();
    this.#options.close(reason);
  }

  async #do(request: Readonly<Record<string, unknown>>): Promise<void> {
    const { hub, key, send } = this.#options;
    switch (request['type']) {
      case 'message': {
        const turn = await hub.start({ key, ...checkSocketMessage(request) });
        this.#refused = 0;
        if (!this.#hasLeft) this.#leave.add(turn.listen(send));
        return;
      }
      case 'interrupt':
        await hub.interrupt(key);
        return;
      default:
        throw invalidArgument('type', `must be 'message' or 'interrupt'`);
    }
  }
}

/** Whether whoever has asked is not to blame. */
function isRetryable(error: unknown): boolean {
  return isHoldfastError(error) && error.retryable;
}
