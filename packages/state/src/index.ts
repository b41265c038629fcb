export type { JsonArray, JsonObject, JsonValue } from '@holdfast/core';
export { State, type TakenDelta } from './state.ts';
export type { StateDelta } from './state-changes.ts';
export {
  isTempKey,
  joinStateKey,
  type ScopedStateKey,
  STATE_PREFIXES,
  type StateScope,
  type StoredScope,
  splitStateKey,
} from './state-key.ts';
