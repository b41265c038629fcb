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

/** Checks and copies an event's actions, without `temp:` keys unless `keepTemp`. */
export function copyActions(
  copier: JsonCopier,
  input: unknown,
  { keepTemp }: { readonly keepTemp: boolean },
): JsonObject {
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
    if (!keepTemp) dropTempKeys(actions);
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

function dropTempKeys(actions: Record<string, JsonValue>): void {
  const { stateDelta, removedStateKeys } = actions as {
    readonly stateDelta?: JsonObject;
    readonly removedStateKeys?: readonly string[];
  };
  if (stateDelta !== undefined && Object.keys(stateDelta).some(isTempKey)) {
    const kept = Object.entries(stateDelta).filter(([key]) => !isTempKey(key));
    actions['stateDelta'] = stateRecord(kept);
  }
  if (removedStateKeys?.some(isTempKey) === true) {
    actions['removedStateKeys'] = Object.freeze(removedStateKeys.filter((key) => !isTempKey(key)));
  }
}
