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

/** Refuses what is not a client, or one whose own prefix would spread a user over many slots. */
export function checkClient(client: unknown): RedisClient {
  const candidate = client as Partial<RedisClient> | null | undefined;
  if (typeof candidate?.evalsha !== 'function' || typeof candidate.pipeline !== 'function') {
    throw invalidArgument(
      'client',
      `must be a Redis or a Cluster of ioredis, got ${describeType(client)}`,
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
