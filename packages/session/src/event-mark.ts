import type { Event } from '@holdfast/core';

// Of the registry, so that copies of this package know each other's marks.
const MARK: unique symbol = Symbol.for('holdfast.mark') as never;

// What a number of 32 bits can hold: a store may have no other way to answer an append with it.
const LENGTH = 8;

interface Marked {
  readonly [MARK]?: string;
}

/**
 * What the events of a session are marked with: the last eight characters of its incarnation,
 * which are random in each.
 */
export function markOf(incarnation: string): string {
  return incarnation.slice(-LENGTH).padStart(LENGTH, '0');
}

/**
 * Marks an event, before it is frozen, as one of a session. The mark is not part of the event:
 * comparisons, JSON and copies do not have it.
 */
export function markEvent(event: object, mark: string): void {
  Object.defineProperty(event, MARK, { value: mark });
}

/** The mark of an event; undefined if it has none, such as a copy. */
export function eventMark(event: Event): string | undefined {
  return (event as Marked)[MARK];
}
