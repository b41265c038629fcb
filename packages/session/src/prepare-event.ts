import { createUuidV7, type Event, type JsonObject, type JsonValue } from '@holdfast/core';
import {
  checkTimestamp,
  describeType,
  identifierProblem,
  isPlainObject,
  isTimestamp,
  type JsonCopier,
  setOwn,
} from '@holdfast/core/internal';

import { isTempKey } from '@holdfast/state';
import {
  copyIncrements,
  copyState,
  copyStateKeys,
  stateKeyProblem,
  stateRecord,
} from '@holdfast/state/internal';

/** A checked event: a copy, complete but for its `seq`, and frozen when it gets that. */
export interface PreparedEvent {
  /** Without `temp:` keys, unless it is partial: then it is as it came, and frozen. */
  readonly event: Event;
  /** Whether the caller gave the time. If not, a retry comes with another one. */
  readonly timestampGiven: boolean;
  /** Its place in the request; undefined if the request has no list of events. */
  readonly index: number | undefined;
}

export interface PrepareEventOptions {
  /** Of one event: it counts the event's size. Its present path is where the event stands. */
  readonly copier: JsonCopier;
  /** The time of an event that has none, in epoch ms. */
  readonly now: () => number;
  /** Its place in the request's list of events, if it has one. */
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
    const step = index === undefined ? 'event' : undefined;
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
  if (event['partial'] === true) Object.freeze(event);
  else event['actions'] = withoutTempKeys(event['actions'] as JsonObject);
  return { event: event as unknown as Event, timestampGiven, index };
}

function copyFields(copier: JsonCopier, input: Record<string, unknown>): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  for (const field of Object.keys(input)) {
    if (field === 'seq') continue; // the store's to give
    if (field === 'erased' && input[field] !== undefined) {
      throw copier.invalid('is what stays of an event that was erased', field);
    }
    const value = copier.read(input, field);
    if (value === undefined) continue;
    if (field === 'stateDelta' || field === 'state_delta') {
      throw copier.invalid('belongs in actions.stateDelta', field);
    }
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

/** The actions of an event that was given none. */
const emptyActions: JsonObject = Object.freeze({
  stateDelta: Object.freeze({}),
  artifactDelta: Object.freeze({}),
});

/** Checks and copies an event's actions, `temp:` keys included. */
function copyActions(copier: JsonCopier, input: unknown): JsonObject {
  return copier.at('actions', () => {
    if (!isPlainObject(input)) {
      throw copier.invalid(`must be a plain object, got ${describeType(input)}`);
    }
    const actions: Record<string, JsonValue> = {};
    for (const field of Object.keys(input)) {
      const value = copier.read(input, field);
      if (value === undefined) continue;
      setOwn(actions, field, copyAction(copier, value, field));
    }
    checkDisjoint(copier, actions);
    actions['stateDelta'] ??= emptyActions['stateDelta'] as JsonObject;
    return Object.freeze(actions);
  });
}

function copyAction(copier: JsonCopier, value: unknown, property: string): JsonValue {
  const options = { property, keyProblem: stateKeyProblem };
  switch (property) {
    case 'stateDelta':
      return copyState(copier, value, options);
    case 'removedStateKeys':
      return copyStateKeys(copier, value, options);
    case 'stateIncrements':
      return copyIncrements(copier, value, options);
    default:
      return copier.copy(value, property);
  }
}

function checkDisjoint(copier: JsonCopier, actions: Record<string, JsonValue>): void {
  const {
    stateDelta = {},
    removedStateKeys = [],
    stateIncrements = {},
  } = actions as {
    readonly stateDelta?: JsonObject;
    readonly removedStateKeys?: readonly string[];
    readonly stateIncrements?: JsonObject;
  };
  removedStateKeys.forEach((key, i) => {
    if (!Object.hasOwn(stateDelta, key)) return;
    throw copier.at('removedStateKeys', () => copier.invalid('is set by stateDelta as well', i));
  });
  for (const key of Object.keys(stateIncrements)) {
    const isSet = Object.hasOwn(stateDelta, key);
    if (!isSet && !removedStateKeys.includes(key)) continue;
    const problem = `is ${isSet ? 'set by stateDelta' : 'removed by removedStateKeys'} as well`;
    throw copier.at('stateIncrements', () => copier.invalid(problem, { key }));
  }
}

/** The actions as they are stored. */
function withoutTempKeys(actions: JsonObject): JsonObject {
  const { stateDelta, removedStateKeys, stateIncrements } = actions as {
    readonly stateDelta: JsonObject;
    readonly removedStateKeys?: readonly string[];
    readonly stateIncrements?: JsonObject;
  };
  const set = Object.keys(stateDelta).some(isTempKey);
  const removed = removedStateKeys?.some(isTempKey) === true;
  const added = stateIncrements !== undefined && Object.keys(stateIncrements).some(isTempKey);
  if (!set && !removed && !added) return actions;
  const kept = Object.entries(stateDelta).filter(([key]) => !isTempKey(key));
  return Object.freeze({
    ...actions,
    stateDelta: stateRecord(kept),
    ...(removedStateKeys !== undefined && {
      removedStateKeys: Object.freeze(removedStateKeys.filter((key) => !isTempKey(key))),
    }),
    ...(stateIncrements !== undefined && {
      stateIncrements: stateRecord(
        Object.entries(stateIncrements).filter(([key]) => !isTempKey(key)),
      ),
    }),
  });
}
