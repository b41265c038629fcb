import type { JsonValue } from '@holdfast/core';
import type { StateDelta } from './state-changes.ts';

/**
 * Changes on top of changes, by key with its prefix; undefined stands for a removal.
 * A stack is never changed. Adding to it merges layers of like size, so that a long row
 * of deltas costs little for each, and leaves few layers to look through.
 */
export interface StateLayers {
  readonly changes: ReadonlyMap<string, JsonValue | undefined>;
  readonly below: StateLayers | undefined;
}

/** The stack with one more delta on top. */
export function addLayer(below: StateLayers | undefined, delta: StateDelta): StateLayers {
  const top = new Map<string, JsonValue | undefined>(Object.entries(delta.stateDelta));
  for (const key of delta.removedStateKeys ?? []) top.set(key, undefined);
  let changes = top;
  let rest = below;
  while (rest !== undefined && rest.changes.size <= changes.size * 2) {
    changes = new Map([...rest.changes, ...changes]);
    rest = rest.below;
  }
  return { changes, below: rest };
}

/** The layer that knows `key`, the topmost; undefined if none does. */
export function layerOf(key: string, layers: StateLayers | undefined): StateLayers | undefined {
  let layer = layers;
  while (layer !== undefined && !layer.changes.has(key)) layer = layer.below;
  return layer;
}

/** All changes of the stack as one, the upper ones winning. */
export function flattenLayers(layers: StateLayers | undefined): Map<string, JsonValue | undefined> {
  const stack: StateLayers[] = [];
  for (let layer = layers; layer !== undefined; layer = layer.below) stack.push(layer);
  return new Map(stack.reverse().flatMap(({ changes }) => [...changes]));
}
