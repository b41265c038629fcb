import type { RedisStream } from './redis-client.ts';

/** What is used of a client that connects. */
export interface ConnectingClient {
  readonly stream?: RedisStream | null;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
}

/** Lets the process end although a client is connected, or is about to connect again. */
export function letGo(client: ConnectingClient): void {
  client.on('connect', () => {
    client.stream?.unref?.();
  });
  client.on('reconnecting', () => {
    const { reconnectTimeout } = client as { readonly reconnectTimeout?: NodeJS.Timeout | null };
    reconnectTimeout?.unref();
  });
}
