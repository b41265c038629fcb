import type { SessionKey } from '@holdfast/core';
import { parseState } from '../parse-stored.ts';
import { memberOf, type RedisKeys } from '../redis-keys.ts';
import { parseMeta, type SessionTimes } from '../session-meta.ts';
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

/** A session of a list, with its state and its user's, as of one moment. */
export interface SessionStates extends SessionTimes {
  readonly key: SessionKey;
  readonly session: ReturnType<typeof parseState>;
  readonly user: ReturnType<typeof parseState>;
}

/** `sessions` are of one user. */
export function readStates(sessions: readonly SessionKey[], keys: RedisKeys): ScriptCall {
  const owner = sessions[0] as SessionKey;
  const { bucket, user } = keys.user(owner);
  return {
    script: read,
    keys: [bucket.metas, user.state, ...sessions.map((key) => keys.session(key).session.state)],
    args: sessions.map(memberOf),
  };
}

/** Those that are still there. */
export function readSessionStates(
  sessions: readonly SessionKey[],
  reply: unknown,
): readonly SessionStates[] {
  const [userFields, ...rows] = reply as readonly [unknown, ...(readonly unknown[])[]];
  const { appName, userId } = sessions[0] as SessionKey;
  const user = parseState(userFields, { appName, userId });
  return sessions.flatMap((key, i) => {
    const [meta, fields] = rows[i] as readonly unknown[];
    if (meta === null) return [];
    return { key, ...parseMeta(meta, key), session: parseState(fields, key), user };
  });
}
