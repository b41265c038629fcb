import { describeType, invalidArgument } from '@holdfast/core/internal';

/** What is used of a `Redis` or a `Cluster` of ioredis. */
export interface RedisClient {
  /** Whether it is a `Cluster`. */
  readonly isCluster?: boolean;
  /** 'ready' once the server has answered; of a `Redis`, 'connect' if it is connected. */
  readonly status?: string;
  readonly options?: {
    readonly keyPrefix?: unknown;
    readonly db?: unknown;
    readonly monitor?: unknown;
  };
  /** The connection of a `Redis`. */
  readonly stream?: RedisStream | null;
  /** The clients of the nodes that a `Cluster` knows. */
  nodes?(role?: 'master'): readonly RedisClient[];
  evalsha(sha: string, numberOfKeys: number, ...keysAndArgs: string[]): Promise<unknown>;
  eval(script: string, numberOfKeys: number, ...keysAndArgs: string[]): Promise<unknown>;
  /** What the server says about itself. Without it, the server is not asked. */
  info?(): Promise<string>;
  select?(db: number): Promise<unknown>;
  /** Commands that go to one server over one connection, and are not sent again one by one. */
  pipeline(commands: unknown[][]): RedisPipeline;
  quit(): Promise<unknown>;
  disconnect(): void;
}

export interface RedisPipeline {
  /** An error or null, and the reply, of each command. */
  exec(): Promise<[error: Error | null, reply: unknown][] | null>;
}

/** A socket. */
export interface RedisStream {
  /** How many bytes have come over it. */
  readonly bytesRead: number;
  destroy(): unknown;
  unref?(): unknown;
}

interface Candidate extends Partial<RedisClient> {
  readonly isPipeline?: unknown;
  /** The scripts that its owner has named: each is a function of the client. */
  readonly scriptsSet?: object;
}

// A script of such a name would be run in place of the command.
const OWN_NAMES = ['evalsha', 'eval', 'pipeline', 'info', 'select', 'quit'] as const;

/** Refuses what is not a client, or one whose own prefix would spread a user over many slots. */
export function checkClient(client: unknown): RedisClient {
  const candidate = client as Candidate | null | undefined;
  if (candidate?.isPipeline) {
    throw invalidArgument(
      'client',
      'must be a Redis or a Cluster of ioredis, got a pipeline of it',
    );
  }
  if (typeof candidate?.evalsha !== 'function' || typeof candidate.pipeline !== 'function') {
    throw invalidArgument(
      'client',
      `must be a Redis or a Cluster of ioredis, got ${describeType(client)}`,
    );
  }
  const replaced = OWN_NAMES.find((name) => Object.hasOwn(candidate.scriptsSet ?? {}, name));
  if (replaced !== undefined) {
    throw invalidArgument(
      'client',
      `must have no script of the name ${replaced}, which is a command`,
    );
  }
  if (candidate.options?.monitor) {
    throw invalidArgument('client', 'must not be one that monitors: it runs no commands');
  }
  const prefix = candidate.options?.keyPrefix;
  if (prefix !== undefined && prefix !== null && /[{}]/.test(String(prefix))) {
    throw invalidArgument('client', 'must have no braces in its keyPrefix: they name a slot');
  }
  return candidate as RedisClient;
}
