import type { SessionKey } from '@holdfast/core';
import type { SessionPlace } from '@holdfast/session/store';
import type { AppStateOptions } from './app-state.ts';
import { readList } from './read-reply.ts';
import { findMetas } from './scripts/find-revisions.ts';
import { parseMeta } from './stored-text.ts';

// The arguments of a script.
const MAX_SESSIONS = 5_000;

/** Where sessions are: on one server by one script, on a Cluster by one for each bucket at once. */
export async function findRevisions(
  { runner, keys }: AppStateOptions,
  sessions: readonly SessionKey[],
): Promise<readonly (SessionPlace | undefined)[]> {
  const groups = new Map<string, SessionKey[]>();
  sessions.forEach((key, i) => {
    const { metas } = keys.user(key).bucket;
    const group = `${runner.isCluster ? metas : ''}/${Math.floor(i / MAX_SESSIONS)}`;
    const others = groups.get(group);
    if (others === undefined) groups.set(group, [key]);
    else others.push(key);
  });
  const places = new Map<SessionKey, SessionPlace | undefined>();
  await Promise.all(
    Array.from(groups.values(), async (group) => {
      const found = readList(await runner.read(findMetas(group, keys)));
      group.forEach((key, i) => void places.set(key, placeOf(found[i], key)));
    }),
  );
  return sessions.map((key) => places.get(key));
}

function placeOf(meta: unknown, key: SessionKey): SessionPlace | undefined {
  if (meta === null) return undefined;
  const { revision, incarnation, expireTime } = parseMeta(meta, key);
  return { revision, incarnation, expireTime };
}
