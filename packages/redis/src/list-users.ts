import { compareIdentifiers } from '@holdfast/core/internal';
import type { PreparedListUsers } from '@holdfast/session/store';
import type { AppStateOptions } from './app-state.ts';

/**
 * The users of an app that have sessions or state, in the order of their ids. There is no list of
 * them, so that no write pays for one: a page takes a walk over the names of all keys.
 */
export async function listUsers(
  { runner, keys }: AppStateOptions,
  { appName, afterUserId, count }: PreparedListUsers,
): Promise<readonly string[]> {
  let users = new Set<string>();
  const first = () => [...users].sort(compareIdentifiers).slice(0, count);
  for await (const name of runner.scan(keys.usersPattern(appName))) {
    const user = keys.userOf(name);
    if (compareIdentifiers(user, afterUserId) > 0) users.add(user);
    if (users.size > count + MAX_BEYOND) users = new Set(first());
  }
  return first();
}

// How many users that are not on the page are kept at most.
const MAX_BEYOND = 10_000;
