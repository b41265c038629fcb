import { describe, expect, it } from 'vitest';
import { localCapabilities } from '../local-capabilities.fixture.ts';
import type { SessionStore } from '../session-store.ts';
import { acquireTurn, prepareTurn } from './session-turns.ts';
import type { StoreAccess } from './store-access.ts';

const key = { appName: 'app', userId: 'ann', sessionId: 's' };
const refusing: Partial<SessionStore> = {
  capabilities: localCapabilities,
  acquireTurn: () => 'refused',
  releaseTurn: () => false,
};

describe('acquireTurn', () => {
  it.each([
    [false, 'is held for another turn'],
    [true, 'is not held for the turn "t1"'],
  ])('says why it is refused, with `extend: %s`', async (extend, why) => {
    const options = { now: () => 0, maxEventBytes: 1 };
    const acquire = prepareTurn({ ...key, turn: 't1', extend }, options);
    const access = { store: refusing } as unknown as StoreAccess;
    await expect(acquireTurn(access, acquire)).rejects.toMatchObject({
      code: 'conflict',
      path: 'turn',
      message: `session "s" of user "ann" in app "app" ${why}`,
    });
  });
});
