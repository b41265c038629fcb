import { HoldfastError } from '@holdfast/core';
import type { PgClient } from './pg-driver.ts';

/**
 * Whether somebody else has begun a transaction on a connection that is idle now. What is written
 * into it is theirs to take back, and our COMMIT would end it.
 */
export function isInTransaction(client: Pick<PgClient, 'getTransactionStatus'>): boolean {
  const status = client.getTransactionStatus?.() ?? 'I';
  return status !== 'I';
}

/** What a service answers on such a connection. */
export function foreignTransaction(): HoldfastError {
  return new HoldfastError('unsupported', {
    message: 'the connection is in a transaction of somebody else',
  });
}
