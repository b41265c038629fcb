import {
  checkInteger,
  checkTimestamp,
  createUuidV7,
  describeType,
  type Event,
  identifierProblem,
  isPlainObject,
  isTimestamp,
  type JsonCopier,
  type JsonObject,
  MAX_JSON_BYTES,
  setOwn,
} from '@holdfast/core';
import { copyActions, emptyActions, withoutTempKeys } from './copy-actions.ts';

/** What a service is told about the events that it takes. */
export interface WriteLimits {
  /** The most bytes of an event as JSON, and of the state in other calls. */
  readonly maxEventBytes: number;
}

/** The limits that a service was constructed with: 8 MiB, or less where an option says so. */
export function checkWriteLimits(options: {
  readonly maxEventBytes?: number | undefined;
}): WriteLimits {
  const { maxEventBytes = MAX_JSON_BYTES } = options;
  const range = { path: 'maxEventBytes', min: 1, max: MAX_JSON_BYTES };
  return Object.freeze({ maxEventBytes: checkInteger(maxEventBytes, range) });
}

/** A checked event: a frozen copy, complete but for its `seq`. */
export interface PreparedEvent {
  /** Without `temp:` keys, unless it is partial: then it is as it came. */
  readonly event: Event;
  /** Whether the caller gave the time. Where not, a retry comes with another one. */
  readonly timestampGiven: boolean;
  /** Its place in the request; undefined where the request has no list of events. */
  readonly index: number | undefined;
}

export interface PrepareEventOptions {
  /** Of one event: it counts the event's size. Its present path is where the event stands. */
  readonly copier: JsonCopier;
  /** The time of an event that has none, in epoch ms. */
  readonly now: () => number;
  /** Its place in the request's list of events. */
  readonly index?: number;
}

/** Where the request has the event's id. */
export function idPathOf({ index }: PreparedEvent): string {
  return index === undefined ? 'id' : `events[${index}].id`;
}

/** Checks and copies one event. */
export function prepareEvent(input: unknown, options: PrepareEventOptions): PreparedEvent {
  const { copier, now, index } = options;
  if (!isPlainObject(input)) {
    const step = copier.pathTo() === '' ? 'event' : undefined;
    throw copier.invalid(`must be a plain object, got ${describeType(input)}`, step);
  }
  const event = copyFields(copier, input);
  const timestampGiven = event['timestamp'] !== undefined;
  if (event['id'] === undefined) event['id'] = createUuidV7();
  if (event['invocationId'] === undefined) event['invocationId'] = '';
  if (!timestampGiven) event['timestamp'] = now();
  if (event['actions'] === undefined) event['actions'] = emptyActions;
  checkFields(copier, event);
  copier.checkSize(event);
  if (event['partial'] !== true) event['actions'] = withoutTempKeys(event['actions'] as JsonObject);
  return { event: Object.freeze(event) as unknown as Event, timestampGiven, index };
}

function copyFields(copier: JsonCopier, input: Record<string, unknown>): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  for (const field of Object.keys(input)) {
    if (field === 'seq') continue; // the store's to give
    const value = copier.read(input, field);
    if (value === undefined) continue;
    const isActions = field === 'actions';
    setOwn(event, field, isActions ? copyActions(copier, value) : copier.copy(value, field));
  }
  return event;
}

/** Checks the type of what Holdfast itself reads; all else is JSON, and the caller's own affair. */
function checkFields(copier: JsonCopier, event: Record<string, unknown>): void {
  const { id, timestamp, invocationId, author, content, partial } = event;
  const problem = identifierProblem(id);
  if (problem !== undefined) throw copier.invalid(problem, 'id');
  // The path costs more than the check: it is made for a fault only.
  if (!isTimestamp(timestamp)) checkTimestamp(timestamp, copier.pathTo('timestamp'));
  if (typeof invocationId !== 'string') throw mustBeString('invocationId', invocationId);
  if (author !== undefined && typeof author !== 'string') throw mustBeString('author', author);
  if (partial !== undefined && typeof partial !== 'boolean') {
    throw copier.invalid(`must be true or false, got ${describeType(partial)}`, 'partial');
  }
  if (content !== undefined && !isPlainObject(content)) {
    throw copier.invalid(`must be an object, got ${describeType(content)}`, 'content');
  }
  function mustBeString(field: string, value: unknown) {
    return copier.invalid(`must be a string, got ${describeType(value)}`, field);
  }
}
