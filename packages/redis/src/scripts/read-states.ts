import type { SessionKey } from '@holdfast/core';
import type { StoredSummary } from '@holdfast/session/store';
import type { ScopeState } from '@holdfast/state/internal';
import { readList } from '../read-reply.ts';
import { memberOf, type RedisKeys } from '../redis-keys.ts';
import { parseMeta, parseState } from '../stored-text.ts';
import { type ScriptCall, script } from './script.ts';

// KEYS: metas, the user's state, and those of some of the user's sessions. ARGV: their members.
const read = script(`
  local reply = {redis.call('HGETALL', KEYS[2])}
  for i, member in ipairs(ARGV) do
    reply[i + 1] = {
      redis.call('HGET', KEYS[1], member),
      redis.call('HGETALL', KEYS[i + 2])
    }
  end
  return reply
`);

/** `sessions` are of one user. */
export function readStates(sessions: readonly SessionKey[], keys: RedisKeys): ScriptCall {
  const { bucket, user } = keys.user(sessions[0] as SessionKey);
  const states = sessions.map((key) => keys.session(key).session.state);
  return read([bucket.metas, user.state, ...states], sessions.map(memberOf));
}

/** Those that are still there, with their state as of one moment, but for that of the app. */
export function readSummaries(
  { sessions, app }: { readonly sessions: readonly SessionKey[]; readonly app: ScopeState },
  reply: unknown,
): readonly StoredSummary[] {
  const [userFields, ...rows] = readList(reply);
  const { appName, userId } = sessions[0] as SessionKey;
  const user = parseState(userFields, { appName, userId });
  return sessions.flatMap((key, i) => {
    const [meta, fields] = readList(rows[i]);
    if (meta === null) return [];
    const state = { session: parseState(fields, key), user, app };
    return { key, ...parseMeta(meta, key), state };
  });
}
