import type { HoldfastError } from '@holdfast/core';
import type { RedisClient } from './redis-client.ts';
import { translateError } from './redis-error.ts';

interface Emitter {
  on?(event: string, listener: (error?: unknown) => void): unknown;
  off?(event: string, listener: (error?: unknown) => void): unknown;
}

/**
 * Why a `Cluster` cannot connect. The driver tries it for ever, and keeps the reason to itself. It
 * is listened to while calls wait for it, and once for all of them.
 */
export class ClusterRefusal {
  readonly #emitter: Emitter;
  readonly #waiting = new Set<(reason: HoldfastError) => void>();
  #reason: HoldfastError | undefined;

  constructor(client: RedisClient) {
    this.#emitter = client as Emitter;
  }

  /** Runs a call. If the `Cluster` cannot connect, and that does not pass, the reason ends it. */
  async unlessRefused<T>(run: () => Promise<T>): Promise<T> {
    let refuse = (_reason: HoldfastError) => {};
    const refused = new Promise<never>((_, reject) => {
      refuse = reject;
    });
    if (this.#waiting.size === 0) this.#listen();
    this.#waiting.add(refuse);
    try {
      return await Promise.race([run(), refused]);
    } finally {
      this.#waiting.delete(refuse);
      if (this.#waiting.size === 0) this.#stop();
    }
  }

  #listen(): void {
    this.#reason = undefined;
    this.#emitter.on?.('node error', this.#onNodeError);
    this.#emitter.on?.('close', this.#onClose);
  }

  #stop(): void {
    this.#emitter.off?.('node error', this.#onNodeError);
    this.#emitter.off?.('close', this.#onClose);
  }

  readonly #onNodeError = (error: unknown) => {
    this.#reason = translateError(error, { isCluster: true });
  };

  /** No node was left to ask. */
  readonly #onClose = () => {
    const reason = this.#reason;
    if (reason?.code !== 'misconfigured') return;
    for (const refuse of this.#waiting) refuse(reason);
  };
}
