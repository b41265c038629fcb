import type { PreparedCreate } from '@holdfast/session/store';
import type { WriteOutcome } from '../app-state.ts';
import { readInteger, readList, readText, unexpected } from '../read-reply.ts';
import { memberOf, type RedisKeys } from '../redis-keys.ts';
import { formatDetails, formatInitialState, formatLife, formatTime } from '../stored-text.ts';
import { encodeChanges } from './encode-changes.ts';
import { type AppPlace, reservable } from './reserved.ts';
import type { ScriptCall } from './script.ts';
import { LABELS } from './session-meta.ts';

// KEYS: the bucket's sessions and metas, the user's sessions, the session's state and initial
// state, the user's state, what its life needs if it has one, and the state of the app if that is
// here. ARGV: member, time, incarnation, initial state or '', what is set in the session's, the
// user's and the app's state, the second line of the meta or '', when it expires or '', details
// or ''. For its life: details, the user's labels, the expiries of bucket and user.
//
// A driver may send a call again whose answer was lost: then the session that is there is the one
// that it has made.
const READ = `
  ${LABELS}
  local life = ARGV[8]
  local place = life == '' and 7 or 11
  local text = redis.call('HGET', KEYS[2], ARGV[1])
  local user, app = redis.call('HGETALL', KEYS[6]), {}
  if scopes >= place then app = redis.call('HGETALL', KEYS[place]) end
  if text then
    if string.match(text, '^[%d:]+[-t]%d+:([^\\n]*)') == ARGV[3] then return {user, app, ''} end
    return 0
  end
  redis.call('ZCARD', KEYS[3])
  redis.call('HLEN', KEYS[4])
  if life ~= '' then
    redis.call('HLEN', KEYS[7])
    for key = 8, 10 do redis.call('ZCARD', KEYS[key]) end
  end
`;

const WRITE = `
  redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
  text = table.concat({ARGV[2], ARGV[2], ARGV[2], '-0', ARGV[3]}, ':')
  if life ~= '' then text = text .. '\\n' .. life end
  redis.call('HSET', KEYS[2], ARGV[1], text)
  redis.call('ZADD', KEYS[3], ARGV[2], ARGV[1])
  if ARGV[4] ~= '' then redis.call('SET', KEYS[5], ARGV[4]) end
  put('HSET', KEYS[4], split(ARGV[5]))
  put('HSET', KEYS[6], split(ARGV[6]))
  if life ~= '' then
    if ARGV[10] ~= '' then
      redis.call('HSET', KEYS[7], ARGV[1], ARGV[10])
      put('ZADD', KEYS[8], labelsOf(ARGV[10], ARGV[1], true))
    end
    if ARGV[9] ~= '' then
      for key = 9, 10 do redis.call('ZADD', KEYS[key], ARGV[9], ARGV[1]) end
    end
  end
  if scopes >= place then put('HSET', KEYS[place], split(ARGV[7])) end
`;

const create = reservable({ read: READ, write: WRITE, answer: 'return {user, app, stamp}' });

export interface CreateRun extends PreparedCreate {
  readonly keys: RedisKeys;
  readonly app: AppPlace;
}

/** A session that was created; the states are as they were before, names and values in turn. */
export interface Created extends WriteOutcome {
  readonly user: unknown;
  /** Empty if it is elsewhere. */
  readonly app: unknown;
}

export function createSession(run: CreateRun): ScriptCall {
  const { key, incarnation, createTime, state, details, expireTime, keys, app } = run;
  const { bucket, user, session } = keys.session(key);
  const lists = [bucket.sessions, bucket.metas, user.sessions];
  const names = [...lists, session.state, session.initial, user.state];
  const life = formatLife({ details, expireTime });
  if (life !== '') names.push(bucket.details, user.labels, bucket.expiries, user.expiries);
  const args = [
    memberOf(key),
    formatTime(createTime),
    incarnation,
    formatInitialState(state.session),
    encodeChanges(state.session).sets,
    encodeChanges(state.user).sets,
    app === 'here' ? encodeChanges(state.app).sets : '',
    life,
    String(expireTime ?? ''),
    formatDetails(details),
  ];
  if (app === 'here') names.push(keys.app(key.appName).state);
  return create(app, { bucket, keys: names, args });
}

/** Undefined if the session exists already; 'stale' if the reservation was called off. */
export function readCreateReply(reply: unknown): Created | undefined | 'stale' {
  if (!Array.isArray(reply)) {
    if (readInteger(reply) === 0) return undefined;
    throw unexpected('a creation', reply);
  }
  const [user, app, last] = readList(reply);
  if (user === 'stale') return user;
  const stamp = readText(last);
  return { user, app, stamp, isRepeated: stamp === '' };
}
