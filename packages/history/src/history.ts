import { describeType, invalidArgument } from '@holdfast/core/internal';
import type { Event } from '@holdfast/session';

/** Events in `seq` order, or what has them: a `Session`, as it was read or as JSON. */
export type History = readonly Event[] | { readonly events: readonly Event[] };

/** The events of a history. `invalid_argument` if it has none that can be read. */
export function eventsOf(history: History): readonly Event[] {
  const events: unknown = Array.isArray(history)
    ? history
    : (history as { readonly events?: unknown } | undefined)?.events;
  if (!Array.isArray(events)) {
    throw invalidArgument('events', `must be an array of events, got ${describeType(history)}`);
  }
  for (const [i, event] of events.entries()) {
    if (typeof event !== 'object' || event === null) {
      throw invalidArgument(`events[${i}]`, `must be an event, got ${describeType(event)}`);
    }
    const { actions } = event;
    // JSON has none of an event that was erased.
    if (actions !== undefined && (typeof actions !== 'object' || actions === null)) {
      throw invalidArgument(
        `events[${i}].actions`,
        `must be an object, got ${describeType(actions)}`,
      );
    }
  }
  return events;
}
