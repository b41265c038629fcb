import { realTimers } from '@holdfast/session/store';
import type { RedisClient, RedisStream } from './redis-client.ts';
import type { ServerCall } from './server-call.ts';

/**
 * The connections of a client. One on which nothing comes any more is destroyed: a driver waits
 * for it without end, and so would every later call. The driver then makes another one.
 */
export class SilentConnections {
  readonly #client: RedisClient;
  readonly #timeout: number;
  // Those on which the driver introduces itself, before it sends anything of ours.
  readonly #handshakes = new WeakMap<RedisStream, { readonly received: number; at: number }>();

  /** `timeout` is how long a call may take, in ms. */
  constructor(client: RedisClient, timeout: number) {
    this.#client = client;
    this.#timeout = timeout;
  }

  /** Gives up the connection of a call that was not answered, if nothing came over it since. */
  giveUp({ stream, received }: ServerCall): void {
    if (stream === undefined) this.#giveUpHandshakes();
    else if (stream.bytesRead === received) stream.destroy();
  }

  /** Ends the client; not in time if its server does not answer. */
  async quit(): Promise<void> {
    const { status } = this.#client;
    const isConnected = status === undefined || status === 'ready' || status === 'connect';
    if (isConnected) await this.#client.quit();
    else this.#client.disconnect();
  }

  /** Ends the client and its connections at once. */
  destroy(): void {
    const streams = this.#nodes().map(({ stream }) => stream);
    if (this.#client.status !== 'end') this.#client.disconnect();
    for (const stream of streams) stream?.destroy();
  }

  #nodes(): readonly RedisClient[] {
    return this.#client.nodes?.() ?? [this.#client];
  }

  /** The call was never sent: a connection may have hung since it was made. */
  #giveUpHandshakes(): void {
    const now = realTimers.now();
    for (const { status, stream } of this.#nodes()) {
      if (status !== 'connect' || !stream) continue;
      const seen = this.#handshakes.get(stream);
      if (seen === undefined || seen.received !== stream.bytesRead) {
        this.#handshakes.set(stream, { received: stream.bytesRead, at: now });
      } else if (now - seen.at > this.#timeout / 2) {
        stream.destroy();
      }
    }
  }
}
