import { HoldfastError } from '@holdfast/core';
import { CallTimer, noAnswerInTime } from '@holdfast/session/store';
import type { RedisClient } from './redis-client.ts';
import { isRedirection, isScriptMissing, translateError } from './redis-error.ts';
import type { CheckedOptions, WaitOptions } from './redis-options.ts';
import { type ScriptCall, script } from './scripts/script.ts';

const REDIRECTION_PAUSE_MS = 50;

// By this, a client that follows redirections learns where a slot is.
const touch = script(`return redis.call('EXISTS', KEYS[1])`);

/** Runs scripts, each within the time of a call, and makes every failure a `HoldfastError`. */
export class ScriptRunner {
  readonly isCluster: boolean;
  /** Whether writes wait for replicas. */
  readonly waits: boolean;
  readonly #client: RedisClient;
  readonly #wait: Required<WaitOptions> | undefined;
  readonly #timer: CallTimer;
  // How many calls were answered. As long as any are, the connection is alive.
  #answers = 0;

  constructor({ client, callTimeout, wait }: CheckedOptions) {
    this.#client = client;
    this.#wait = wait;
    this.#timer = new CallTimer(callTimeout);
    this.isCluster = client.isCluster === true;
    this.waits = wait !== undefined;
  }

  /** Runs a script that writes nothing. */
  read(call: ScriptCall): Promise<unknown> {
    return this.#inTime(() => this.#evaluate(call));
  }

  /** Runs a script that may write, and waits for replicas if the options say so. */
  write(call: ScriptCall): Promise<unknown> {
    const wait = this.#wait;
    if (wait === undefined) return this.read(call);
    return this.#inTime(() => this.#evaluateAndWait(call, wait));
  }

  /** Ends the client, whether or not its server answers. */
  async quit(): Promise<void> {
    try {
      await this.#inTime(async () => await this.#client.quit());
    } catch {
      this.#client.disconnect();
    }
  }

  #evaluate({ sha, text, keys, args }: ScriptCall): Promise<unknown> {
    return this.#client.evalsha(sha, keys.length, ...keys, ...args).catch((error: unknown) => {
      if (!isScriptMissing(error)) throw error;
      return this.#client.eval(text, keys.length, ...keys, ...args);
    });
  }

  /**
   * `WAIT` is about the writes of its own connection. Both commands are one pipeline: it goes to
   * one server, and a driver never sends the rest of it over another connection.
   */
  async #evaluateAndWait(
    { sha, text, keys, args }: ScriptCall,
    wait: Required<WaitOptions>,
  ): Promise<unknown> {
    const end = performance.now() + this.#timer.timeout;
    let head = ['evalsha', sha];
    for (;;) {
      const replies = await this.#client
        .pipeline([
          [...head, keys.length, ...keys, ...args],
          ['wait', wait.replicas, wait.timeout],
        ])
        .exec();
      const [error, reply] = replies?.[0] ?? [new Error('the pipeline was given up'), undefined];
      if (error !== null) {
        if (isScriptMissing(error)) {
          head = ['eval', text];
          continue;
        }
        if (!this.isCluster || !isRedirection(error)) throw error;
        await this.#followSlot(keys[0] ?? '');
        // A call that is over must not write any more.
        if (performance.now() >= end) throw error;
        continue;
      }
      const [waitError, count] = replies?.[1] ?? [new Error('there was no answer to WAIT'), 0];
      if (waitError !== null) throw waitError;
      if (Number(count) < wait.replicas) throw tooFewReplicas(Number(count), wait);
      return reply;
    }
  }

  /** A driver follows no redirection of a pipeline; from a single command it learns the way. */
  async #followSlot(key: string): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, REDIRECTION_PAUSE_MS));
    await this.#evaluate(touch([key]));
  }

  #inTime(run: () => Promise<unknown>): Promise<unknown> {
    const { status } = this.#client;
    const answers = this.#answers;
    const work = async () => {
      try {
        return await run();
      } catch (error) {
        throw translateError(error, this);
      } finally {
        this.#answers++;
      }
    };
    return this.#timer.limit(work, () => {
      // After what has come by now was read: it may be this process that was busy.
      setImmediate(() => {
        if (this.#answers === answers && this.#client.status === status) this.#reconnect();
      });
      return noAnswerInTime(this.#timer.timeout);
    });
  }

  /** Gives up the connection of a brought `Redis`, on which nothing came for a whole call. */
  #reconnect(): void {
    const { status } = this.#client;
    if (this.isCluster || (status !== 'ready' && status !== 'connect')) return;
    // Once for all calls that were under way: the next connection has as long as this one had.
    this.#answers++;
    this.#client.disconnect(true);
  }
}

function tooFewReplicas(count: number, { replicas, timeout }: Required<WaitOptions>) {
  return new HoldfastError('unavailable', {
    message: `it is written, but after ${timeout} ms ${count} of ${replicas} replicas have it; try again with the same ids`,
  });
}
