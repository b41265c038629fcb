export { type CopyStateOptions, copyState, copyStateKeys } from './copy-state.ts';
export {
  applyChanges,
  foldDeltas,
  NO_CHANGES,
  type ScopedChanges,
  type StateChanges,
} from './state-changes.ts';
export { stateKeyProblem, stateNameProblem } from './state-key.ts';
export {
  EMPTY_SCOPE,
  foldState,
  type ScopeState,
  type StoredState,
  stateRecord,
} from './stored-state.ts';
