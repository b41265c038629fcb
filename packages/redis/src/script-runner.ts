import { HoldfastError } from '@holdfast/core';
import { CallTimer } from './call-timer.ts';
import type { RedisClient } from './redis-client.ts';
import { isRedirection, isScriptMissing, translateError } from './redis-error.ts';
import { type ScriptCall, script } from './scripts/script.ts';

/** How many replicas must have a write before it is acknowledged. */
export interface WaitOptions {
  /** At least 1. */
  readonly replicas: number;
  /** How long they are waited for, in ms. 1,000 where it is missing. */
  readonly timeout?: number | undefined;
}

export interface ScriptRunnerOptions {
  readonly client: RedisClient;
  /** In ms: what takes longer is `unavailable`. */
  readonly callTimeout: number;
  readonly wait: Required<WaitOptions> | undefined;
}

const REDIRECTION_PAUSE_MS = 50;

// What a client that follows redirections learns by where a slot is.
const touch = script(`return redis.call('EXISTS', KEYS[1])`);

/** Runs scripts, within a time, and makes every failure a `HoldfastError`. */
export class ScriptRunner {
  readonly isCluster: boolean;
  /** Whether replicas are waited for. */
  readonly waits: boolean;
  readonly #client: RedisClient;
  readonly #wait: Required<WaitOptions> | undefined;
  readonly #timeout: number;
  readonly #timer: CallTimer;

  constructor({ client, callTimeout, wait }: ScriptRunnerOptions) {
    this.#client = client;
    this.#wait = wait;
    this.#timeout = callTimeout + (wait?.timeout ?? 0);
    this.#timer = new CallTimer(this.#timeout);
    this.isCluster = client.isCluster === true;
    this.waits = wait !== undefined;
  }

  /** Runs a script that writes nothing. */
  read(call: ScriptCall): Promise<unknown> {
    return this.#inTime(async () => await this.#evaluate(call));
  }

  /** Runs a script that may write, and waits for replicas where that is asked for. */
  write(call: ScriptCall): Promise<unknown> {
    const wait = this.#wait;
    if (wait === undefined) return this.read(call);
    return this.#inTime((isOver) => this.#evaluateAndWait(call, { wait, isOver }));
  }

  #evaluate({ script: { sha, text }, keys, args }: ScriptCall): Promise<unknown> {
    return this.#client.evalsha(sha, keys.length, ...keys, ...args).catch((error: unknown) => {
      if (!isScriptMissing(error)) throw error;
      return this.#client.eval(text, keys.length, ...keys, ...args);
    });
  }

  /**
   * `WAIT` is about the writes of its own connection. Both commands are one pipeline, which goes
   * to one server, and of which a driver never sends the rest over another connection.
   */
  async #evaluateAndWait(
    { script: { sha, text }, keys, args }: ScriptCall,
    { wait, isOver }: { readonly wait: Required<WaitOptions>; readonly isOver: () => boolean },
  ): Promise<unknown> {
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
        if (!this.isCluster || !isRedirection(error) || isOver()) throw error;
        await this.#followSlot(keys[0] ?? '');
        continue;
      }
      const [waitError, count] = replies?.[1] ?? [new Error('there was no answer to WAIT'), 0];
      if (waitError !== null) throw waitError;
      if (Number(count) < wait.replicas) throw tooFewReplicas(Number(count), wait);
      return reply;
    }
  }

  /** Of a pipeline the driver follows no redirection; by a single command it learns the way. */
  async #followSlot(key: string): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, REDIRECTION_PAUSE_MS));
    await this.#evaluate({ script: touch, keys: [key], args: [] });
  }

  #inTime(run: (isOver: () => boolean) => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let isOver = false;
      const call = this.#timer.start(() => {
        isOver = true;
        reject(noAnswer(this.#timeout));
      });
      run(() => isOver).then(
        (reply) => {
          this.#timer.stop(call);
          resolve(reply);
        },
        (error: unknown) => {
          this.#timer.stop(call);
          reject(translateError(error, this));
        },
      );
    });
  }
}

function noAnswer(timeout: number): HoldfastError {
  return new HoldfastError('unavailable', {
    message: `Redis did not answer within ${timeout} ms; what was to be written may be written`,
  });
}

function tooFewReplicas(count: number, { replicas, timeout }: Required<WaitOptions>) {
  return new HoldfastError('unavailable', {
    message: `it is written, but after ${timeout} ms ${count} of ${replicas} replicas have it; try again with the same ids`,
  });
}
