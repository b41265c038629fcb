import { describe, expect, it } from 'vitest';
import { capabilitiesOf } from './capabilities.ts';
import type { SessionStore } from './session-store.ts';

const SAID = {
  persistent: true,
  shared: false,
  evicts: true,
  atomicAppState: false,
  listAllUsers: true,
};

const DENIED = {
  updateSession: false,
  getEvent: false,
  fork: false,
  erase: false,
  increments: false,
  turns: false,
  sweep: false,
  eraseUser: false,
  listUsers: false,
  importSession: false,
  watch: false,
};

/** A store with these of the optional methods. */
function storeWith(...methods: readonly (keyof SessionStore)[]): SessionStore {
  const optional = Object.fromEntries(methods.map((method) => [method, () => undefined]));
  return { capabilities: SAID, ...optional } as unknown as SessionStore;
}

describe('capabilitiesOf', () => {
  it('gives what the store says, and denies what it has no method for', () => {
    expect(capabilitiesOf(storeWith())).toStrictEqual({ ...SAID, ...DENIED });
  });

  it.each<[keyof typeof DENIED, readonly (keyof SessionStore)[]]>([
    ['getEvent', ['findEvent']],
    ['fork', ['fork']],
    ['erase', ['erase']],
    ['increments', ['increment', 'incrementState']],
    ['turns', ['acquireTurn', 'releaseTurn']],
    ['sweep', ['findExpired', 'deleteExpired']],
    ['eraseUser', ['eraseUser']],
    ['listUsers', ['listUsers']],
    ['importSession', ['importSession']],
    ['watch', ['findRevisions']],
  ])('has %s if the store has all methods for it, and not before', (capability, methods) => {
    const granted = { ...SAID, ...DENIED, [capability]: true };
    expect(capabilitiesOf(storeWith(...methods))).toStrictEqual(granted);
    for (const missing of methods) {
      const others = methods.filter((method) => method !== missing);
      expect(capabilitiesOf(storeWith(...others))[capability]).toBe(false);
    }
  });

  it('has labels and expiry only if what has expired can be swept', () => {
    expect(capabilitiesOf(storeWith('updateSession'))).toStrictEqual({ ...SAID, ...DENIED });
    const all = storeWith('updateSession', 'findExpired', 'deleteExpired');
    const granted = { updateSession: true, sweep: true };
    expect(capabilitiesOf(all)).toStrictEqual({ ...SAID, ...DENIED, ...granted });
  });

  it('finds methods of a class, and is not changed by what the store says later', () => {
    class Store {
      readonly capabilities: Record<string, boolean> = { ...SAID, watch: true };
      findEvent(): void {}
    }
    const store = new Store();
    const capabilities = capabilitiesOf(store as unknown as SessionStore);
    store.capabilities['persistent'] = false;
    expect(capabilities).toStrictEqual({ ...SAID, ...DENIED, getEvent: true });
    expect(Object.isFrozen(capabilities)).toBe(true);
  });
});
