export {
  type CopyStateOptions,
  copyState,
  copyStateKeys,
} from './copy-state.ts';
export { State, type StoredState, type TakenDelta } from './state.ts';
export {
  applyChanges,
  foldDeltas,
  NO_CHANGES,
  type ScopedChanges,
  type StateChanges,
  type StateDelta,
  scopeChanges,
} from './state-changes.ts';
export {
  isTempKey,
  joinStateKey,
  type ScopedStateKey,
  STATE_PREFIXES,
  type StateScope,
  type StoredScope,
  splitStateKey,
  stateKeyProblem,
  stateNameProblem,
} from './state-key.ts';
export { stateRecord } from './state-record.ts';
