import { HoldfastError, type SessionKey } from '@holdfast/core';
import { invalidArgument } from '@holdfast/core/internal';
import type { SocketFrame } from '../api/wire.ts';
import { checkSocketMessage, parseJsonObject } from './read-request.ts';
import type { TurnHub } from './turn-hub.ts';
import { toWireError } from './wire-error.ts';

export interface ConversationOptions {
  readonly hub: TurnHub;
  readonly key: SessionKey;
  readonly send: (frame: SocketFrame) => void;
}

/** One end of a WebSocket: what comes in is done, what comes of it is sent. */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #leave = new Set<() => void>();
  #hasLeft = false;

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  /** Takes what the other side says. Rubbish is answered with an error, and nothing else. */
  async hear(data: unknown): Promise<void> {
    try {
      if (typeof data !== 'string') {
        throw new HoldfastError('invalid_argument', { message: 'a message must be text' });
      }
      await this.#do(parseJsonObject(data, 'a message'));
    } catch (error) {
      this.#options.send({ type: 'error', error: toWireError(error) });
    }
  }

  /** Stops listening. What was begun goes on. */
  leave(): void {
    this.#hasLeft = true;
    for (const leave of this.#leave) leave();
  }

  async #do(request: Readonly<Record<string, unknown>>): Promise<void> {
    const { hub, key, send } = this.#options;
    switch (request['type']) {
      case 'message': {
        const turn = await hub.start({ key, ...checkSocketMessage(request) });
        if (!this.#hasLeft) this.#leave.add(turn.listen(send));
        return;
      }
      case 'interrupt':
        return hub.interrupt(key);
      default:
        throw invalidArgument('type', `must be 'message' or 'interrupt'`);
    }
  }
}
