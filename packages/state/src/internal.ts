export { type CopyStateOptions, copyIncrements, copyState, copyStateKeys } from './copy-state.ts';
export {
  applyChanges,
  foldDeltas,
  NO_CHANGES,
  type ScopedChanges,
  type ScopedIncrements,
  type StateChanges,
  type StateIncrements,
} from './state-changes.ts';
export {
  applyIncrements,
  type FoldedIncrements,
  foldWithIncrements,
  incremented,
} from './state-increments.ts';
export {
  joinStateKey,
  type StoredScope,
  splitStateKey,
  stateKeyProblem,
  stateNameProblem,
} from './state-key.ts';
export {
  EMPTY_SCOPE,
  foldState,
  type ScopeState,
  type StoredState,
  stateRecord,
} from './stored-state.ts';
