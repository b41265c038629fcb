import type { SessionKey } from '@holdfast/core';
import type { StoredSummary } from '@holdfast/session/store';
import type { ScopeState } from '@holdfast/state/internal';
import { readList } from '../read-reply.ts';
import { memberOf, type RedisKeys } from '../redis-keys.ts';
import { parseState, summaryOf } from '../stored-text.ts';
import { type ScriptCall, script } from './script.ts';
import { PEEK } from './session-meta.ts';

// KEYS: metas, details, the user's state, and those of some of the user's sessions. ARGV: now, and
// their members. Those that have expired are answered as if they were gone.
const read = script(`
  ${PEEK}
  local reply = {redis.call('HGETALL', KEYS[3])}
  for i = 2, #ARGV do
    local meta = redis.call('HGET', KEYS[1], ARGV[i])
    if meta and isExpired(meta, ARGV[1]) then meta = false end
    local details = meta and hasDetails(meta) and redis.call('HGET', KEYS[2], ARGV[i])
    reply[i] = {meta, details, redis.call('HGETALL', KEYS[i + 2])}
  end
  return reply
`);

export interface StatesRun {
  /** Of one user. */
  readonly sessions: readonly SessionKey[];
  readonly keys: RedisKeys;
  readonly now: number;
}

export function readStates({ sessions, keys, now }: StatesRun): ScriptCall {
  const { bucket, user } = keys.user(sessions[0] as SessionKey);
  const states = sessions.map((key) => keys.session(key).session.state);
  const names = [bucket.metas, bucket.details, user.state, ...states];
  return read(names, [String(now), ...sessions.map(memberOf)]);
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
    const [meta, details, fields] = readList(rows[i]);
    if (meta === null) return [];
    const state = { session: parseState(fields, key), user, app };
    return { ...summaryOf({ key, meta, details }), state };
  });
}
