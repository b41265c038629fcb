import type { Event } from '@holdfast/core';
import {
  invalidArgument,
  isPlainObject,
  JsonCopier,
  MAX_JSON_DEPTH,
} from '@holdfast/core/internal';
import { prepareEvent } from './prepare-event.ts';

/**
 * A stored event that a caller hands back. What a service gave is frozen, and taken as it
 * is; anything else, such as what came over the wire, is checked, copied and frozen.
 */
export function acceptEvent(event: Event, seq: number): Event {
  if (isPlainObject(event.actions?.stateDelta) && isDeeplyFrozen(event)) return event;
  const now = (): never => {
    throw invalidArgument('timestamp', 'must be that of a stored event');
  };
  return Object.freeze({ ...prepareEvent(event, { copier: new JsonCopier(), now }).event, seq });
}

// An event's own levels stand around those of its values.
function isDeeplyFrozen(value: unknown, levels: number = MAX_JSON_DEPTH + 4): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0 || !Object.isFrozen(value)) return false;
  for (const key of Object.keys(value)) {
    if (!isDeeplyFrozen((value as Record<string, unknown>)[key], levels - 1)) return false;
  }
  return true;
}
