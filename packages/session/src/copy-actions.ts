import {
  describeType,
  isPlainObject,
  type JsonCopier,
  type JsonObject,
  type JsonValue,
  setOwn,
} from '@holdfast/core';
import { copyState, copyStateKeys, isTempKey, stateKeyProblem, stateRecord } from '@holdfast/state';

/** The actions of an event that was given none. */
export const emptyActions: JsonObject = Object.freeze({
  stateDelta: Object.freeze({}),
  artifactDelta: Object.freeze({}),
});

/** Checks and copies an event's actions, `temp:` keys included. */
export function copyActions(copier: JsonCopier, input: unknown): JsonObject {
  if (!isPlainObject(input)) {
    throw copier.invalid(`must be a plain object, got ${describeType(input)}`, 'actions');
  }
  return copier.at('actions', () => {
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
    default:
      return copier.copy(value, property);
  }
}

function checkDisjoint(copier: JsonCopier, actions: Record<string, JsonValue>): void {
  const { stateDelta, removedStateKeys } = actions as {
    readonly stateDelta?: JsonObject;
    readonly removedStateKeys?: readonly string[];
  };
  if (stateDelta === undefined) return;
  removedStateKeys?.forEach((key, i) => {
    if (!Object.hasOwn(stateDelta, key)) return;
    throw copier.at('removedStateKeys', () => copier.invalid('is set by stateDelta as well', i));
  });
}

/** The actions as they are stored. */
export function withoutTempKeys(actions: JsonObject): JsonObject {
  const { stateDelta, removedStateKeys } = actions as {
    readonly stateDelta: JsonObject;
    readonly removedStateKeys?: readonly string[];
  };
  const set = Object.keys(stateDelta).some(isTempKey);
  const removed = removedStateKeys?.some(isTempKey) === true;
  if (!set && !removed) return actions;
  const kept = Object.entries(stateDelta).filter(([key]) => !isTempKey(key));
  return Object.freeze({
    ...actions,
    stateDelta: stateRecord(kept),
    ...(removedStateKeys !== undefined && {
      removedStateKeys: Object.freeze(removedStateKeys.filter((key) => !isTempKey(key))),
    }),
  });
}
