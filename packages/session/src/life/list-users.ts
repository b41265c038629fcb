import { checkIdentifier, checkRequest } from '@holdfast/core/internal';
import { checkLimit } from '../prepare-list.ts';
import type { PreparedListUsers } from '../prepared-life.ts';
import type { ListUsersRequest } from '../requests.ts';
import type { UserPage } from '../session-service.ts';
import { needed, type StoreAccess } from './store-access.ts';

export function prepareListUsers(request: ListUsersRequest): PreparedListUsers {
  checkRequest(request);
  const { appName, afterUserId, limit } = request;
  return {
    appName: checkIdentifier(appName, 'appName'),
    afterUserId: afterUserId === undefined ? '' : checkIdentifier(afterUserId, 'afterUserId'),
    // One more, to tell if there are more.
    count: checkLimit(limit) + 1,
  };
}

export async function listUsers(
  { store }: StoreAccess,
  list: PreparedListUsers,
): Promise<UserPage> {
  const found = await needed(store, { method: 'listUsers', capability: 'listUsers' })(list);
  const hasMore = found.length === list.count;
  const userIds = Object.freeze(hasMore ? found.slice(0, -1) : [...found]);
  return Object.freeze({ userIds, hasMore });
}
