import { describe, it } from 'node:test';
import type { SessionCapabilities } from '@holdfast/session';
import { MinimalSessionService } from './proof/minimal-session-service.ts';
import { testSessionService } from './test-session-service.ts';

/** Run by `node --test`: a service that denies a capability. */
class OneUserAtATime extends MinimalSessionService {
  override readonly capabilities: SessionCapabilities = Object.freeze({
    persistent: false,
    shared: false,
    evicts: false,
    atomicAppState: true,
    listAllUsers: false,
  });
}

testSessionService(
  { describe, it },
  { name: 'one user at a time', create: () => new OneUserAtATime(), propertyRuns: 5 },
);
