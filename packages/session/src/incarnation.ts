import type { Event } from '@holdfast/core';

// Of the registry, so that copies of this package know each other's marks.
const INCARNATION: unique symbol = Symbol.for('holdfast.incarnation') as never;

interface Marked {
  readonly [INCARNATION]?: string;
}

/**
 * Marks an event, before it is frozen, with the incarnation of the session that it is stored in.
 * The mark is not part of the event: comparisons, JSON and copies do not have it.
 */
export function markIncarnation(event: object, incarnation: string): void {
  Object.defineProperty(event, INCARNATION, { value: incarnation });
}

/** The incarnation that an event is marked with; undefined if it has no mark, such as a copy. */
export function incarnationOf(event: Event): string | undefined {
  return (event as Marked)[INCARNATION];
}
