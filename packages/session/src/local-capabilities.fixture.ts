import type { StoreCapabilities } from './session-store.ts';

/** What a store in one process says of itself. */
export const localCapabilities: StoreCapabilities = {
  persistent: false,
  shared: false,
  evicts: false,
  atomicAppState: true,
  listAllUsers: true,
};
