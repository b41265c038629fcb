import { checkFlag, checkIdentifier, checkInteger, checkSessionKey } from '@holdfast/core/internal';
import type { PreparedReleaseTurn, PreparedTurn } from '../prepared-life.ts';
import type { AcquireTurnRequest, ReleaseTurnRequest } from '../requests.ts';
import type { WriteOptions } from '../service-options.ts';
import { sessionNotFound, turnConflict, turnTaken } from '../session-errors.ts';
import { needed, type StoreAccess } from './store-access.ts';

/** How long a turn is held without an extension, in ms. */
export const TURN_TTL = 30_000;

export function prepareTurn(request: AcquireTurnRequest, { now }: WriteOptions): PreparedTurn {
  const key = checkSessionKey(request);
  const { turn, ttl = TURN_TTL, extend } = request;
  const time = now();
  return {
    key,
    turn: checkIdentifier(turn, 'turn'),
    now: time,
    until: time + checkTurnTtl(ttl),
    extend: checkFlag(extend, 'extend'),
  };
}

export function checkTurnTtl(ttl: unknown): number {
  return checkInteger(ttl, { path: 'ttl', min: 1, max: 86_400_000 });
}

/** Until when the session is held. */
export async function acquireTurn({ store }: StoreAccess, acquire: PreparedTurn): Promise<number> {
  const outcome = await needed(store, { method: 'acquireTurn', capability: 'turns' })(acquire);
  switch (outcome) {
    case 'held':
      return acquire.until;
    case 'refused':
      throw acquire.extend ? turnConflict(acquire.key, acquire) : turnTaken(acquire.key);
    case 'missing':
      throw sessionNotFound(acquire.key);
  }
}

export function prepareReleaseTurn(
  request: ReleaseTurnRequest,
  { now }: WriteOptions,
): PreparedReleaseTurn {
  const key = checkSessionKey(request);
  return { key, turn: checkIdentifier(request.turn, 'turn'), now: now() };
}
