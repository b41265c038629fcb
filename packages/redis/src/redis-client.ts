import { describeType, invalidArgument } from '@holdfast/core/internal';

/** What is used of a `Redis` or a `Cluster` of ioredis. */
export interface RedisClient {
  /** Whether it is a `Cluster`. */
  readonly isCluster?: boolean;
  /**
   * Of a `Redis`: 'connect' if it is connected, and 'ready' once the server has answered. Absent
   * from a client that sees to silent connections itself.
   */
  readonly status?: string;
  readonly options?: { readonly keyPrefix?: unknown };
  evalsha(sha: string, numberOfKeys: number, ...keysAndArgs: string[]): Promise<unknown>;
  eval(script: string, numberOfKeys: number, ...keysAndArgs: string[]): Promise<unknown>;
  /** Commands that go to one server over one connection, and are not sent again one by one. */
  pipeline(commands: unknown[][]): RedisPipeline;
  quit(): Promise<unknown>;
  /** `reconnect`: to connect anew. */
  disconnect(reconnect?: boolean): void;
}

export interface RedisPipeline {
  /** An error or null, and the reply, of each command. */
  exec(): Promise<[error: Error | null, reply: unknown][] | null>;
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
  const prefix = candidate.options?.keyPrefix;
  if (prefix !== undefined && prefix !== null && /[{}]/.test(String(prefix))) {
    throw invalidArgument('client', 'must have no braces in its keyPrefix: they name a slot');
  }
  return candidate as RedisClient;
}
