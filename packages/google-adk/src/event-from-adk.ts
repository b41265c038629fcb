import type { Event as AdkEvent } from '@google/adk';
import type { EventInput } from '@holdfast/core';
import { invalidArgument, setOwn } from '@holdfast/core/internal';
import { isTempKey } from '@holdfast/state';

/**
 * An event of ADK as a service takes it: what JSON writes of it. Instances of classes, such
 * as a tool's request for confirmation, become what `JSON.stringify` makes of them. Only the
 * values of the state stay as they are: they must be JSON already, or the append refuses them.
 */
export function eventFromAdk(event: AdkEvent): EventInput {
  if (typeof event !== 'object' || event === null) return event; // for the append to refuse
  const input: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(event)) {
    setOwn(input, field, field === 'actions' ? actionsFromAdk(value) : jsonOf(value, field));
  }
  return input;
}

function actionsFromAdk(actions: unknown): unknown {
  if (typeof actions !== 'object' || actions === null) return actions;
  const input: Record<string, unknown> = {};
  let removed: readonly string[] = [];
  for (const [field, value] of Object.entries(actions)) {
    if (field === 'stateDelta' && typeof value === 'object' && value !== null) {
      input[field] = storableState(value);
      removed = removedKeysOf(value);
    } else {
      setOwn(input, field, jsonOf(value, `actions.${field}`));
    }
  }
  if (removed.length > 0) input['removedStateKeys'] = removed;
  return input;
}

/**
 * What a store takes of a state: without keys that are undefined, and without the `temp:` keys,
 * whose values may be anything, also a live object that no JSON can hold.
 */
export function storableState(state: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(state).filter(([key, value]) => value !== undefined && !isTempKey(key)),
  );
}

/** ADK has no removal: an agent sets a key to undefined, and JSON then leaves the key out. */
function removedKeysOf(delta: object): readonly string[] {
  const storable = Object.entries(delta).filter(([key]) => !isTempKey(key));
  return storable.filter(([, value]) => value === undefined).map(([key]) => key);
}

function jsonOf(value: unknown, path: string): unknown {
  if (typeof value === 'string') return value;
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw invalidArgument(path, `must be JSON: ${error}`, error);
  }
  return text === undefined ? undefined : JSON.parse(text);
}
