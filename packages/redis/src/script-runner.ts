import { setImmediate } from 'node:timers';
import { HoldfastError } from '@holdfast/core';
import { CallTimer, noAnswerInTime, realTimers } from '@holdfast/session/store';
import { ClusterRefusal } from './cluster-refusal.ts';
import { type Inspection, inspectServer } from './inspect-server.ts';
import { OpenedClient } from './open-client.ts';
import { readInteger, readList, readTexts } from './read-reply.ts';
import type { RedisClient } from './redis-client.ts';
import {
  isLackingCommand,
  isLoading,
  isRedirection,
  isScriptMissing,
  isTimeout,
  translateError,
} from './redis-error.ts';
import type { CheckedOptions, WaitOptions } from './redis-options.ts';
import { type ScriptCall, script } from './scripts/script.ts';
import { CallSender, ServerCall } from './server-call.ts';
import { SilentConnections } from './silent-connections.ts';

const PAUSE_MS = 50;

// How many keys a server looks at in a step of a walk.
const SCAN_COUNT = 2_000;

// By this, a client that follows redirections learns where a slot is.
const touch = script(`return redis.call('EXISTS', KEYS[1])`);

/** Runs scripts, each within the time of a call, and makes every failure a `HoldfastError`. */
export class ScriptRunner {
  readonly isCluster: boolean;
  /** Whether writes wait for replicas. */
  readonly waits: boolean;
  readonly #client: RedisClient;
  readonly #opened: OpenedClient | undefined;
  readonly #sender: CallSender;
  readonly #connections: SilentConnections;
  readonly #refusal: ClusterRefusal;
  readonly #wait: Required<WaitOptions> | undefined;
  readonly #timer: CallTimer;
  // Known from the first call on, and as long as no call finds something else.
  #inspection: Inspection | undefined;
  #inspecting: Promise<Inspection> | undefined;

  constructor({ client, callTimeout, wait }: CheckedOptions) {
    this.#opened = client instanceof OpenedClient ? client : undefined;
    this.#client = this.#opened?.driver ?? client;
    this.#sender = new CallSender(this.#client);
    this.#connections = new SilentConnections(this.#client, callTimeout);
    this.#refusal = new ClusterRefusal(this.#client);
    this.#wait = wait;
    this.#timer = new CallTimer(callTimeout);
    this.isCluster = this.#client.isCluster === true;
    this.waits = wait !== undefined;
  }

  /** Runs a script that writes nothing. */
  read(script: ScriptCall): Promise<unknown> {
    return this.#inTime(async (call) => {
      const { reads } = this.#inspection ?? (await this.#inspect(script));
      if (reads !== undefined) throw this.#lacking(reads);
      return await this.#evaluate(script, call);
    }, script);
  }

  /** Runs a script that may write, and waits for replicas if the options say so. */
  write(script: ScriptCall): Promise<unknown> {
    const wait = this.#wait;
    return this.#inTime(async (call) => {
      const { writes } = this.#inspection ?? (await this.#inspect(script));
      if (writes !== undefined) throw this.#lacking(writes);
      if (wait === undefined) return await this.#evaluate(script, call);
      return await this.#evaluateAndWait(script, { call, wait });
    }, script);
  }

  /**
   * Names of keys that match a pattern: all that are there during the walk, and some of them more
   * than once. What the client puts before its keys is left out of both.
   */
  async *scan(pattern: string): AsyncGenerator<string, void, undefined> {
    const prefix = String(this.#client.options?.keyPrefix ?? '');
    const match = prefix.replace(/[*?[\]\\^]/g, '\\$&') + pattern;
    await this.#inTime(async () => await this.#opened?.whenReady());
    for (const server of this.#client.nodes?.('master') ?? [this.#client]) {
      const sender = server === this.#client ? this.#sender : new CallSender(server);
      let cursor = '0';
      do {
        const command = ['scan', cursor, 'match', match, 'count', SCAN_COUNT];
        const replies = await this.#inTime((call) =>
          sender.send(call, (client) => client.pipeline([command]).exec()),
        );
        const [error, reply] = replies?.[0] ?? [new Error('the pipeline was given up'), undefined];
        if (error !== null) throw translateError(error, this);
        const [next, names] = readList(reply);
        cursor = String(next);
        for (const name of readTexts(names)) yield name.slice(prefix.length);
      } while (cursor !== '0');
    }
  }

  /** Connects, and refuses unsuitable servers. `key` is one that calls may be about. */
  async check(key: string): Promise<void> {
    await this.#inTime(async (call) => {
      await this.#opened?.whenReady();
      const servers = this.#client.nodes?.('master') ?? [this.#client];
      const { unknown } = await this.#patiently(() => this.#look(call, { key, servers }), call);
      if (unknown !== undefined) throw unknown;
    });
  }

  /**
   * Waits for `last`; then ends the client if it is to be ended, whether or not its server answers.
   * All of it takes no longer than a call.
   */
  async close(last: () => Promise<void>, endsClient: boolean): Promise<void> {
    const end = async () => {
      await last();
      if (endsClient) await this.#connections.quit();
    };
    await this.#timer.limit(end, () => noAnswerInTime(this.#timer.timeout)).catch(() => {});
    if (endsClient) this.#connections.destroy();
  }

  /** Looks at the server once for all calls that wait for it. */
  #inspect({ keys }: ScriptCall): Promise<Inspection> {
    this.#inspecting ??= this.#inTime(async (call) => {
      await this.#opened?.whenReady();
      // If a node of a Cluster cannot be reached, calls to the others go on.
      const run = { key: keys[0] ?? '', servers: [this.#client] };
      this.#inspection = await this.#patiently(() => this.#look(call, run), call);
      return this.#inspection;
    }).finally(() => {
      this.#inspecting = undefined;
    });
    return this.#inspecting;
  }

  #look(
    call: ServerCall,
    run: { readonly key: string; readonly servers: readonly RedisClient[] },
  ): Promise<Inspection> {
    const { isCluster, waits } = this;
    return this.#sender.send(call, (client) => {
      const servers = run.servers.map((server) =>
        server === this.#client
          ? client
          : { info: async () => await new CallSender(server).send(call, (node) => node.info?.()) },
      );
      return inspectServer(client, { ...run, servers, isCluster, waits });
    });
  }

  /** What a command that was lacking means to a call. Next time it may be there. */
  #lacking(error: HoldfastError): HoldfastError {
    this.#inspection = undefined;
    return error;
  }

  async #evaluate({ sha, text, keys, args }: ScriptCall, call: ServerCall): Promise<unknown> {
    let [name, head]: ['evalsha' | 'eval', string] = ['evalsha', sha];
    const evaluate = (client: RedisClient) => client[name](head, keys.length, ...keys, ...args);
    for (;;) {
      const connecting = this.#opened?.whenReady();
      if (connecting !== undefined) await connecting;
      try {
        return await this.#sender.send(call, evaluate);
      } catch (error) {
        if (call.isOver) throw error;
        if (isScriptMissing(error)) [name, head] = ['eval', text];
        else if (this.#opened !== undefined && isLoading(error)) await pause();
        else throw error;
      }
    }
  }

  /**
   * `WAIT` is about the writes of its own connection. Both commands are one pipeline: it goes to
   * one server, and a driver never sends the rest of it over another connection.
   */
  async #evaluateAndWait(
    { sha, text, keys, args }: ScriptCall,
    { call, wait }: { readonly call: ServerCall; readonly wait: Required<WaitOptions> },
  ): Promise<unknown> {
    let head = ['evalsha', sha];
    for (;;) {
      await this.#opened?.whenReady();
      const commands = [
        [...head, keys.length, ...keys, ...args],
        ['wait', wait.replicas, wait.timeout],
      ];
      const replies = await this.#sender.send(call, (client) => client.pipeline(commands).exec());
      const [error, reply] = replies?.[0] ?? [new Error('the pipeline was given up'), undefined];
      if (error !== null) {
        // A call that is over must not write any more.
        if (call.isOver) throw error;
        if (isScriptMissing(error)) head = ['eval', text];
        else if (this.isCluster && isRedirection(error))
          await this.#followSlot(keys[0] ?? '', call);
        else if (this.#opened !== undefined && isLoading(error)) await pause();
        else throw error;
        continue;
      }
      const [waitError, answer] = replies?.[1] ?? [new Error('there was no answer to WAIT'), 0];
      if (waitError !== null) throw waitError;
      const count = readInteger(answer);
      if (count < wait.replicas) throw tooFewReplicas(count, wait);
      return reply;
    }
  }

  /** A driver follows no redirection of a pipeline; from a single command it learns the way. */
  async #followSlot(key: string, call: ServerCall): Promise<void> {
    await pause();
    await this.#evaluate(touch([key]), call);
  }

  /** Runs it again for as long as a server that `open` has connected to is loading its data. */
  async #patiently<T>(run: () => Promise<T>, call: ServerCall): Promise<T> {
    for (;;) {
      try {
        return await run();
      } catch (error) {
        if (this.#opened === undefined || call.isOver || !isLoading(error)) throw error;
        await pause();
      }
    }
  }

  /** Whether this is a brought `Cluster` that has not connected, or not again. */
  #isConnecting(): boolean {
    return this.isCluster && this.#opened === undefined && this.#client.status !== 'ready';
  }

  #inTime<T>(run: (call: ServerCall) => Promise<T>, script?: ScriptCall): Promise<T> {
    const call = new ServerCall();
    const work = async () => {
      try {
        return await (this.#isConnecting()
          ? this.#refusal.unlessRefused(() => run(call))
          : run(call));
      } catch (error) {
        if (isTimeout(error)) setImmediate(() => this.#connections.giveUp(call));
        if (script === undefined || !isLackingCommand(error)) throw translateError(error, this);
        // It does not say which command, and the server was another one when it was asked.
        const { writes } = await this.#inspect(script);
        throw this.#lacking(writes ?? translateError(error, this));
      } finally {
        call.isOver = true;
      }
    };
    return this.#timer.limit(work, () => {
      call.isOver = true;
      // After what has come by now was read: it may be this process that was busy.
      setImmediate(() => this.#connections.giveUp(call));
      return noAnswerInTime(this.#timer.timeout);
    });
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => void realTimers.setTimeout(resolve, PAUSE_MS));
}

function tooFewReplicas(count: number, { replicas, timeout }: Required<WaitOptions>) {
  return new HoldfastError('unavailable', {
    message: `it is written, but after ${timeout} ms ${count} of ${replicas} replicas have it; try again with the same ids`,
  });
}
