import type { SessionCapabilities } from './session-service.ts';
import type { SessionStore } from './session-store.ts';

const known = new WeakMap<SessionStore, SessionCapabilities>();

/**
 * What a service over a store can do: what the store says, and what follows from its methods. It
 * stays as it was found first.
 */
export function capabilitiesOf(store: SessionStore): SessionCapabilities {
  const found = known.get(store);
  if (found !== undefined) return found;
  const capabilities = findCapabilities(store);
  known.set(store, capabilities);
  return capabilities;
}

function findCapabilities(store: SessionStore): SessionCapabilities {
  const { persistent, shared, evicts, atomicAppState, listAllUsers } = store.capabilities;
  const has = (...methods: readonly (keyof SessionStore)[]) =>
    methods.every((method) => store[method] !== undefined);
  const sweep = has('findExpired', 'deleteExpired');
  return Object.freeze({
    persistent,
    shared,
    evicts,
    atomicAppState,
    listAllUsers,
    updateSession: sweep && has('updateSession'),
    getEvent: has('findEvent'),
    fork: has('fork'),
    erase: has('erase'),
    increments: has('increment', 'incrementState'),
    turns: has('acquireTurn', 'releaseTurn'),
    sweep,
    eraseUser: has('eraseUser'),
    listUsers: has('listUsers'),
    importSession: has('importSession'),
    watch: has('findRevisions'),
  });
}
