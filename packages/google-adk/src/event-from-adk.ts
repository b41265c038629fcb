import type { Event as AdkEvent } from '@google/adk';
import type { EventInput } from '@holdfast/core';
import { readInput, setOwn } from '@holdfast/core/internal';
import { jsonForm } from './json-form.ts';
import { type StateValues, stateFromAdk } from './state-from-adk.ts';

/** Holdfast reads these itself. To ADK, null is as good as nothing there. */
const NULL_IS_ABSENT: ReadonlySet<string> = new Set(['content', 'partial', 'author', 'actions']);

/**
 * An event of ADK as a service takes it: what JSON writes of it. Instances of classes, such
 * as a tool's request for confirmation, become what `JSON.stringify` makes of them.
 */
export function eventFromAdk(event: AdkEvent, values: StateValues): EventInput {
  if (typeof event !== 'object' || event === null) return event; // for the append to refuse
  return readInput(event, (readable) => {
    const input: Record<string, unknown> = {};
    for (const [field, value] of Object.entries(readable)) {
      if (value === null && NULL_IS_ABSENT.has(field)) continue;
      const isActions = field === 'actions';
      setOwn(input, field, isActions ? actionsFromAdk(value, values) : jsonForm(value, [field]));
    }
    return input;
  });
}

function actionsFromAdk(actions: unknown, values: StateValues): unknown {
  if (typeof actions !== 'object' || actions === null) return actions;
  const input: Record<string, unknown> = {};
  let removed: readonly string[] = [];
  for (const [field, value] of Object.entries(actions)) {
    const path = ['actions', field];
    if (field === 'stateDelta' && typeof value === 'object' && value !== null) {
      const state = stateFromAdk(value, { values, path });
      input[field] = state.set;
      removed = state.removed;
    } else {
      setOwn(input, field, jsonForm(value, path));
    }
  }
  if (removed.length > 0) input['removedStateKeys'] = removed;
  return input;
}
