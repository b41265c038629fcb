import { checkPlainObject } from './check-value.ts';
import type { Event, EventActions, EventActionsInput, EventInput } from './event.ts';
import { isPlainObject } from './json.ts';
import { readInput } from './read-input.ts';
import { createUuidV7 } from './uuid-v7.ts';

/**
 * An event with what `input` lacks: an id (UUIDv7), the time, an empty `invocationId`
 * and empty actions. Nothing is checked or copied: that is done when it is appended.
 *
 * @example
 * const event = createEvent({ author: 'user', content: { role: 'user', parts: [{ text: 'Hi' }] } });
 * await service.appendEvent({ ...key, event });
 * await service.appendEvent({ ...key, event }); // A retry: the id is the same, so it is stored once.
 */
export function createEvent(input: EventInput = {}): Event {
  const {
    id = createUuidV7(),
    invocationId = '',
    timestamp = Date.now(),
    actions,
    ...rest
  } = readInput(input, (fields) => {
    checkPlainObject(fields, 'event');
    return withoutUndefined(fields);
  });
  return {
    id,
    invocationId,
    timestamp,
    ...rest,
    actions: createActions(actions),
  } as Event;
}

function createActions(input: EventActionsInput | undefined): EventActions {
  if (input === undefined) return { stateDelta: {}, artifactDelta: {} };
  // What is not an object is left for the append to refuse.
  if (!isPlainObject(input)) return input;
  return { stateDelta: {}, ...withoutUndefined(input) } as EventActions;
}

function withoutUndefined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
