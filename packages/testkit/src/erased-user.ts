import assert from 'node:assert/strict';
import { exportUser, type SessionKey, type SessionService } from '@holdfast/session';
import { idsOf } from './scenario.ts';

/** Whose state that of a session's user is. */
export function userOf({ appName, userId }: SessionKey) {
  return { scope: 'user', appName, userId } as const;
}

/** Nothing of a user is left, whoever looks. */
export async function expectNobody(service: SessionService, key: SessionKey): Promise<void> {
  const { appName, userId } = key;
  assert.deepEqual(await service.getState(userOf(key)), {});
  const { sessions, total } = await service.list({ appName, userId, includeTotal: true });
  assert.deepEqual([idsOf(sessions), total], [[], 0]);
  for await (const record of exportUser(service, { appName, userId })) {
    assert.fail(`nothing of the user may be left, not a ${record.type}`);
  }
  if (!service.capabilities.listUsers) return;
  const { userIds } = await service.listUsers({ appName });
  assert.ok(!userIds.includes(userId), 'a user of whom nothing is left is not listed');
}
