import type { SessionKey } from '@holdfast/core';
import type { PreparedCreate } from '@holdfast/session/store';
import { stateRecord } from '@holdfast/state/internal';
import type { WriteOutcome } from '../app-state.ts';
import { readInteger, readList, readText, unexpected } from '../read-reply.ts';
import { memberOf, type RedisKeys } from '../redis-keys.ts';
import { formatTime } from '../stored-text.ts';
import { encodeChanges } from './encode-changes.ts';
import { type AppPlace, reservable } from './reserved.ts';
import { type ScriptCall, script } from './script.ts';

// KEYS: the bucket's sessions and metas, the user's sessions, the session's state and initial
// state, the user's state, and that of the app if it is here. ARGV: member, time, incarnation,
// initial state or '', and what is set in the session's, the user's and the app's state.
//
// A driver may send a call again whose answer was lost: then the session that is there is the one
// that it has made.
const READ = `
  local meta = redis.call('HGET', KEYS[2], ARGV[1])
  local user, app = redis.call('HGETALL', KEYS[6]), {}
  if scopes > 6 then app = redis.call('HGETALL', KEYS[7]) end
  if meta then
    if string.match(meta, '^[%d:]+[-t]%d+:([^\\n]*)') == ARGV[3] then return {user, app, ''} end
    return 0
  end
  redis.call('ZCARD', KEYS[3])
  redis.call('HLEN', KEYS[4])
`;

const WRITE = `
  redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[2] .. ':' .. ARGV[2] .. ':-0:' .. ARGV[3])
  redis.call('ZADD', KEYS[3], ARGV[2], ARGV[1])
  if ARGV[4] ~= '' then redis.call('SET', KEYS[5], ARGV[4]) end
  put('HSET', KEYS[4], split(ARGV[5]))
  put('HSET', KEYS[6], split(ARGV[6]))
  if scopes > 6 then put('HSET', KEYS[7], split(ARGV[7])) end
`;

const create = reservable({ read: READ, write: WRITE, answer: 'return {user, app, stamp}' });

// KEYS: metas, the bucket's sessions, the user's, and what belongs to the session alone.
// It writes nothing that a server without memory would refuse.
const remove = script(`
  redis.call('ZSCORE', KEYS[2], ARGV[1])
  redis.call('ZSCORE', KEYS[3], ARGV[1])
  local there = redis.call('HDEL', KEYS[1], ARGV[1])
  if there == 0 then return 0 end
  redis.call('ZREM', KEYS[2], ARGV[1])
  redis.call('ZREM', KEYS[3], ARGV[1])
  redis.call('UNLINK', unpack(KEYS, 4))
  return there
`);

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
  const { key, incarnation, createTime, state, keys, app } = run;
  const { bucket, user, session } = keys.session(key);
  const lists = [bucket.sessions, bucket.metas, user.sessions];
  const names = [...lists, session.state, session.initial, user.state];
  const args = [
    memberOf(key),
    formatTime(createTime),
    incarnation,
    state.session.size === 0 ? '' : JSON.stringify(stateRecord(state.session)),
    encodeChanges(state.session).sets,
    encodeChanges(state.user).sets,
    app === 'here' ? encodeChanges(state.app).sets : '',
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

/** Answers 1, or 0 if there is no session. */
export function deleteSession(key: SessionKey, keys: RedisKeys): ScriptCall {
  const { bucket, user, session } = keys.session(key);
  const lists = [bucket.metas, bucket.sessions, user.sessions];
  return remove([...lists, ...Object.values(session)], [memberOf(key)]);
}

/** Whether there was a session. */
export function readDeleteReply(reply: unknown): boolean {
  const count = readInteger(reply);
  if (count !== 0 && count !== 1) throw unexpected('0 or 1', reply);
  return count === 1;
}
