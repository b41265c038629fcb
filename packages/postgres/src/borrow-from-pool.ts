import type { Socket } from 'node:net';
import { realTimers } from '@holdfast/session/store';
import type { ConnectionWait } from '@holdfast/sql';
import type { PgPool, PgPoolClient } from './pg-driver.ts';

/** What a pool of `pg` keeps to itself. */
interface PoolInside {
  readonly _clients?: readonly Connecting[];
  /** Those who wait until there is room. */
  readonly _pendingQueue?: object[];
}

interface Connecting {
  readonly _connecting?: boolean;
}

/**
 * Borrows a connection from a pool. One that was brought may have no timeout: if the time of this
 * wait is over, nobody is left waiting in it, and a connection that could not be made within as
 * long a time is ended. Otherwise it would take up its room for ever.
 */
export function borrowFromPool(pool: PgPool, wait: ConnectionWait): Promise<PgPoolClient> {
  const { _pendingQueue: queue = [] } = pool as PoolInside;
  const before = queue.length;
  const start = realTimers.now();
  const borrowed = pool.connect();
  const place = queue.length > before ? queue.at(-1) : undefined;
  const sinceStart = connectingOf(pool);
  wait.giveUp = () => {
    const index = place === undefined ? -1 : queue.indexOf(place);
    if (index >= 0) queue.splice(index, 1);
    endConnecting(sinceStart);
    const later = connectingOf(pool).filter((client) => !sinceStart.includes(client));
    if (later.length === 0) return;
    const elapsed = realTimers.now() - start;
    const timer = realTimers.setTimeout(() => endConnecting(later), elapsed);
    (timer as NodeJS.Timeout).unref();
  };
  return borrowed;
}

function connectingOf(pool: PgPool): readonly Connecting[] {
  const { _clients: clients = [] } = pool as PoolInside;
  return clients.filter((client) => client._connecting === true);
}

function endConnecting(clients: readonly Connecting[]): void {
  for (const client of clients) if (client._connecting === true) socketOf(client)?.destroy();
}

/** The socket of a client. It is not asked of a driver, but `pg` has it. */
export function socketOf(client: object): Socket | undefined {
  type Inside = { readonly connection?: { readonly stream?: Socket } };
  return (client as Inside).connection?.stream;
}
