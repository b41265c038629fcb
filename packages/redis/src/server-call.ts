import { Buffer } from 'node:buffer';
import { HoldfastError } from '@holdfast/core';
import type { RedisClient, RedisStream } from './redis-client.ts';

/** A call to a server, which may take several commands, one after the other. */
export class ServerCall {
  /** Whether it was answered or given up. What is left of it must not be sent any more. */
  isOver = false;
  /** The connection that its last command was written to, and how much had come over it then. */
  stream: RedisStream | undefined;
  received = 0;
}

/** What is used of a command of ioredis. */
interface DriverCommand {
  readonly name: string;
  toWritable(stream: RedisStream): unknown;
  transformReply(reply: unknown): unknown;
  readonly constructor: { readonly _transformer?: Readonly<Record<string, Transformers>> };
}

// By the names of commands. They are those of all clients of a process.
type Transformers = Readonly<Record<string, unknown>>;

interface CommandSender {
  sendCommand(command: DriverCommand, ...rest: unknown[]): unknown;
}

interface Driver extends RedisClient, CommandSender {
  connect(): Promise<void>;
  pipeline(commands?: unknown[][]): ReturnType<RedisClient['pipeline']> & CommandSender & Batch;
}

interface Batch {
  addBatch(commands: readonly unknown[][]): unknown;
}

// What is written in place of a command whose call is over. The driver gets an answer for it.
const NOTHING = '*1\r\n$4\r\nPING\r\n';

/**
 * Sends the commands of calls, and knows which connections they are written to. A driver may keep
 * a command for later, send it again over the next connection, or after a redirection: a command
 * whose call is over by then is not sent.
 */
export class CallSender {
  readonly #client: RedisClient;
  #call: ServerCall | undefined;

  constructor(client: RedisClient) {
    this.#client = isDriver(client) ? this.#watched(client) : client;
  }

  /** Lets `send` send commands of `call`, at once. */
  send<T>(call: ServerCall, send: (client: RedisClient) => T): T {
    this.#call = call;
    try {
      return send(this.#client);
    } finally {
      this.#call = undefined;
    }
  }

  /** The same client to look at, but its commands pass here. The client itself stays as it is. */
  #watched(driver: Driver): RedisClient {
    const watch = (command: DriverCommand) => this.#watch(command);
    const pipeline = (commands: readonly unknown[][] = []) => {
      const made = driver.pipeline();
      const { sendCommand } = made;
      made.sendCommand = (command, ...rest) => {
        watch(command);
        return sendCommand.call(made, command, ...rest);
      };
      made.addBatch(commands);
      return made;
    };
    const own = {
      sendCommand(command: DriverCommand, ...rest: unknown[]) {
        watch(command);
        return driver.sendCommand(command, ...rest);
      },
      connect: () => driver.connect(),
      pipeline,
      // A client that makes pipelines of its commands keeps those under way here.
      _autoPipelines: new Map(),
      _runningAutoPipelines: new Set(),
      // A Cluster follows redirections of commands, but of a pipeline only if all of it is redirected.
      ...(driver.isCluster && { options: { ...driver.options, enableAutoPipelining: false } }),
    };
    return Object.assign(Object.create(driver), own) as RedisClient;
  }

  #watch(command: DriverCommand): void {
    const call = this.#call;
    if (call === undefined) return;
    keepWhole(command);
    const { toWritable } = command;
    command.toWritable = (stream) => {
      if (call.isOver) return NOTHING;
      call.stream = stream;
      call.received = stream.bytesRead;
      return toWritable.call(command, stream);
    };
  }
}

/** Keeps out what a program has told the driver to make of arguments and replies. */
function keepWhole(command: DriverCommand): void {
  const { name } = command;
  const { argument, reply } = command.constructor._transformer ?? {};
  if (argument?.[name] !== undefined) {
    throw new HoldfastError('misconfigured', {
      message: `Command.setArgumentTransformer of ioredis must not change the arguments of ${name}`,
    });
  }
  if (reply?.[name] !== undefined) command.transformReply = textOf;
}

/** A reply as the driver gives it out: its strings come as bytes. */
function textOf(reply: unknown): unknown {
  if (Buffer.isBuffer(reply)) return reply.toString();
  return Array.isArray(reply) ? reply.map(textOf) : reply;
}

function isDriver(client: RedisClient): client is Driver {
  return typeof (client as Partial<Driver>).sendCommand === 'function';
}
