import { describe, it } from 'node:test';
import { StoredSessionService } from '@holdfast/session/store';
import { MinimalStore } from './proof/minimal-store.ts';
import { testSessionService } from './test-session-service.ts';

/** Run by `node --test`: a store that denies a capability. */
class OneUserAtATime extends MinimalStore {
  override readonly capabilities = {
    persistent: false,
    shared: false,
    evicts: false,
    atomicAppState: true,
    listAllUsers: false,
  };
}

testSessionService(
  { describe, it },
  {
    name: 'one user at a time',
    create: () => new StoredSessionService(new OneUserAtATime()),
    propertyRuns: 5,
  },
);
