import type { JsonValue, SessionKey } from '@holdfast/core';
import { type ScopedChanges, stateRecord } from '@holdfast/state';
import { memberOf, type RedisKeys } from '../redis-keys.ts';
import { formatTime } from '../session-meta.ts';
import { encodeChanges } from './encode-changes.ts';
import { RESERVED, type Reservation } from './reserved.ts';
import { PUT, type ScriptCall, SPLIT, script } from './script.ts';

// KEYS: the bucket's sessions and metas, the user's sessions, the session's state and initial
// state, the user's state, and that of the app where it is here. ARGV: member, time, nonce,
// initial state or '', and what is set in the session's, the user's and the app's state.
//
// The nonce stays until the first append. A driver may send a call again whose answer was lost:
// then the session that is there is the one that it has made.
const READ = `
  local meta = redis.call('HGET', KEYS[2], ARGV[1])
  local fresh = ARGV[2] .. ':' .. ARGV[2] .. ':-0:' .. ARGV[3]
  local user, app = redis.call('HGETALL', KEYS[6]), {}
  if scopes > 6 then app = redis.call('HGETALL', KEYS[7]) end
  if meta == fresh then return {user, app, ''} end
  if meta then return 0 end
  redis.call('ZCARD', KEYS[3])
  redis.call('HLEN', KEYS[4])
`;

const WRITE = `
  redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
  redis.call('HSET', KEYS[2], ARGV[1], fresh)
  redis.call('ZADD', KEYS[3], ARGV[2], ARGV[1])
  if ARGV[4] ~= '' then redis.call('SET', KEYS[5], ARGV[4]) end
  put('HSET', KEYS[4], split(ARGV[5]))
  put('HSET', KEYS[6], split(ARGV[6]))
  if scopes > 6 then put('HSET', KEYS[7], split(ARGV[7])) end
`;

const create = script(SPLIT, PUT, 'local scopes = #KEYS', READ, WRITE, "return {user, app, ''}");

const createReserved = script(
  SPLIT,
  PUT,
  'local scopes = #KEYS - 2',
  READ,
  RESERVED.check,
  WRITE,
  RESERVED.write,
  'return {user, app, stamp}',
);

export interface NewSession {
  readonly key: SessionKey;
  readonly changes: ScopedChanges;
  /** Epoch ms. */
  readonly time: number;
  /** Told from all other calls by this. It has no colon. */
  readonly nonce: string;
}

export interface CreateRun {
  readonly create: NewSession;
  readonly keys: RedisKeys;
  /** Whether the app's state is elsewhere, is here, or is changed later in another slot. */
  readonly app: 'elsewhere' | 'here' | Reservation;
}

/** What a creation has met; the states are as they were before, names and values in turn. */
export type CreateOutcome =
  | { readonly type: 'exists' }
  | { readonly type: 'stale' }
  | {
      readonly type: 'created';
      readonly user: unknown;
      readonly app: unknown;
      readonly stamp: string;
    };

export function createSession({ create: prepared, keys, app }: CreateRun): ScriptCall {
  const { key, changes, time, nonce } = prepared;
  const { bucket, user, session } = keys.session(key);
  const names = [
    bucket.sessions,
    bucket.metas,
    user.sessions,
    session.state,
    session.initial,
    user.state,
  ];
  const initial = changes.session as ReadonlyMap<string, JsonValue>; // a creation only sets
  const args = [
    memberOf(key),
    formatTime(time),
    nonce,
    initial.size === 0 ? '' : JSON.stringify(stateRecord(initial)),
    encodeChanges(changes.session).sets,
    encodeChanges(changes.user).sets,
    app === 'here' ? encodeChanges(changes.app).sets : '',
  ];
  if (app === 'here') names.push(keys.app(key.appName).state);
  if (typeof app === 'string') return { script: create, keys: names, args };
  names.push(bucket.outbox, bucket.versions);
  args.push(app.version, app.low, app.changes);
  return { script: createReserved, keys: names, args };
}

export function readCreateOutcome(reply: unknown): CreateOutcome {
  if (reply === 0) return { type: 'exists' };
  const [user, app, stamp] = reply as readonly unknown[];
  if (user === 'stale') return { type: 'stale' };
  return { type: 'created', user, app, stamp: stamp as string };
}
