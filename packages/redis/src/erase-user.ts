import type { EraseOutcome, PreparedEraseUser } from '@holdfast/session/store';
import type { StoreParts } from './app-state.ts';
import { readTexts } from './read-reply.ts';
import { splitMember } from './redis-keys.ts';
import { readDeleteReply } from './scripts/delete-session.ts';
import { eraseAll, eraseSession, findSessionsOf, readErased } from './scripts/erase-user.ts';

/**
 * A step of the erasure of a user. As long as there are more sessions than the limit, some of them
 * go, each by a script of its own. Then all that is left goes by one script, so that it ends beside
 * others who go on creating sessions.
 */
export async function eraseUser(
  { runner, keys, appState }: StoreParts,
  { appName, userId, limit }: PreparedEraseUser,
): Promise<EraseOutcome> {
  const owner = { appName, userId };
  const erased = readErased(await runner.write(eraseAll({ owner, limit, keys })));
  if (erased !== undefined) {
    // The writes of the sessions that went may have left something for the app's state.
    await appState.settle(owner);
    return { ...erased, done: true };
  }
  const members = readTexts(await runner.read(findSessionsOf(owner, { keys, count: limit })));
  const deleted = await Promise.all(
    members.map(async (member) => {
      const key = { appName, ...splitMember(member) };
      return readDeleteReply(await runner.write(eraseSession(key, keys)));
    }),
  );
  return { sessions: deleted.filter(Boolean).length, stateKeys: 0, done: false };
}
