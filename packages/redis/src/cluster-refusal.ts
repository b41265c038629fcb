import type { HoldfastError } from '@holdfast/core';
import type { RedisClient } from './redis-client.ts';
import { translateError } from './redis-error.ts';

interface Emitter {
  on?(event: string, listener: (error?: unknown) => void): unknown;
  off?(event: string, listener: (error?: unknown) => void): unknown;
}

/**
 * Runs a call on a `Cluster` that is not connected. The driver tries to connect for ever, and
 * keeps to itself why it cannot: if that does not pass by itself, the call ends with the reason.
 */
export async function unlessRefused<T>(client: RedisClient, run: () => Promise<T>): Promise<T> {
  const emitter = client as Emitter;
  let reason: HoldfastError | undefined;
  const onNodeError = (error: unknown) => {
    reason = translateError(error, { isCluster: true });
  };
  let onClose = () => {};
  const refused = new Promise<never>((_, reject) => {
    // No node was left to ask.
    onClose = () => {
      if (reason?.code === 'misconfigured') reject(reason);
    };
  });
  emitter.on?.('node error', onNodeError);
  emitter.on?.('close', onClose);
  try {
    return await Promise.race([run(), refused]);
  } finally {
    emitter.off?.('node error', onNodeError);
    emitter.off?.('close', onClose);
  }
}
