import type { Event as AdkEvent } from '@google/adk';
import { type Event, type JsonObject, thaw } from '@holdfast/core';
import { setOwn } from '@holdfast/core/internal';

/** What ADK marks its own events with; its `isEvent` asks for it. */
const ADK_EVENT = Symbol.for('google.adk.event');

/** A stored event as one of ADK's own: a copy that may be changed. */
export function eventToAdk(event: Event): AdkEvent {
  const { seq: _, ...rest } = event;
  const copy: Record<string, unknown> = thaw(rest as unknown as JsonObject);
  const actions = copy['actions'] as Record<string, unknown>;
  const removed = actions['removedStateKeys'];
  if (Array.isArray(removed)) {
    delete actions['removedStateKeys'];
    for (const key of removed) setOwn(actions['stateDelta'] as object, key, undefined);
  }
  return Object.assign(copy, { [ADK_EVENT]: true }) as unknown as AdkEvent;
}
