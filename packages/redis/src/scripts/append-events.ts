import { type Event, HoldfastError } from '@holdfast/core';
import type { PreparedAppend } from '@holdfast/session';
import type { StateChanges } from '@holdfast/state';
import { corrupt, formatEvent, parseEvent } from '../parse-stored.ts';
import { memberOf, type RedisKeys } from '../redis-keys.ts';
import { formatTime } from '../session-meta.ts';
import { appendOne } from './append-one-event.ts';
import { addChanges, encodeChanges } from './encode-changes.ts';
import { RESERVED, type Reservation } from './reserved.ts';
import { PUT, type ScriptCall, SPLIT, script } from './script.ts';

// KEYS: the bucket's sessions and metas, the user's sessions, events, ids, times, and the state
// of each scope that changes. ARGV: member, expected revision or '', latest time, whether events
// that are there are to be written again, ids, events, and sets and removals of each scope.
const READ = `
  local meta = redis.call('HGET', KEYS[2], ARGV[1])
  if not meta then return 0 end
  local created, updated, timed, revision = string.match(meta, '^(%d+):(%d+):([-t])(%d+)')
  local length = redis.call('LLEN', KEYS[4])
  if not revision or tonumber(revision) ~= length then return -1 end

  local ids = split(ARGV[5])
  local reply, found = {'stored'}, false
  for i = 1, #ids, 5000 do
    local seqs = redis.call('HMGET', KEYS[5], unpack(ids, i, math.min(i + 4999, #ids)))
    for j, seq in ipairs(seqs) do
      reply[#reply + 1] = seq or '0'
      if seq then
        found = true
        if ARGV[4] == '1' then redis.call('HSET', KEYS[5], ids[i + j - 1], seq) end
      end
    end
  end
  if found then
    for i = 1, #ids do
      reply[#reply + 1] = reply[i + 1] ~= '0' and redis.call('LINDEX', KEYS[4], reply[i + 1] - 1) or ''
    end
    return reply
  end
  if ARGV[2] ~= '' and tonumber(ARGV[2]) ~= length then return {'conflict', length} end
`;

// As long as events come in the order of time, their list is the index by time. From the first
// that does not, all go to another one.
const CHECK = `
  redis.call('ZCARD', KEYS[3])
  local left = {}
  for key = 7, scopes do left[key] = redis.call('HLEN', KEYS[key]) end

  local texts, rows, times = split(ARGV[6]), {}, {}
  local high = tonumber(updated)
  for i = 1, #texts do
    rows[2 * i - 1], rows[2 * i] = ids[i], length + i
    local time = tonumber(string.match(texts[i], '^%d+'))
    if timed == 't' or time < high then
      timed = 't'
      times[#times + 1], times[#times + 2] = time, length + i
    else
      high = time
    end
  end
  if timed == 't' then redis.call('ZCARD', KEYS[6]) end
`;

const WRITE = `
  redis.call('ZADD', KEYS[1], 'GT', ARGV[3], ARGV[1])
  put('RPUSH', KEYS[4], texts)
  put('HSET', KEYS[5], rows)
  if tonumber(ARGV[3]) > tonumber(updated) then updated = ARGV[3] end
  redis.call('HSET', KEYS[2], ARGV[1], created .. ':' .. updated .. ':' .. timed .. (length + #texts))
  redis.call('ZADD', KEYS[3], 'GT', ARGV[3], ARGV[1])
  put('ZADD', KEYS[6], times)
  for key = 7, scopes do
    local added = put('HSET', KEYS[key], split(ARGV[2 * key - 7]))
    drop('HDEL', KEYS[key], split(ARGV[2 * key - 6]), left[key] + added)
  end
`;

const append = script(
  SPLIT,
  PUT,
  'local scopes = #KEYS',
  READ,
  CHECK,
  WRITE,
  'return length + #texts',
);

const appendReserved = script(
  SPLIT,
  PUT,
  'local scopes = #KEYS - 2',
  READ,
  CHECK,
  RESERVED.check,
  WRITE,
  RESERVED.write,
  "return {'written', length + #texts, stamp}",
);

/** What an append has met. */
export type AppendOutcome =
  /** `stamp` is that of the changes of the app's state, where they were reserved. */
  | { readonly type: 'written'; readonly revision: number; readonly stamp: string }
  /** Some or all of its ids are there. */
  | { readonly type: 'stored'; readonly events: ReadonlyMap<string, Event> }
  | { readonly type: 'conflict'; readonly found: number }
  | { readonly type: 'missing' }
  /** The reservation was called off. */
  | { readonly type: 'stale' };

export interface AppendRun {
  readonly append: PreparedAppend;
  readonly keys: RedisKeys;
  /** Whether events that are there are written again, so that replicas can be waited for. */
  readonly touch: boolean;
  /** How the app's state is changed: not at all, here, or later in another slot. */
  readonly app: 'none' | 'here' | Reservation;
}

// What `unpack` takes has an end.
const MAX_UNPACKED = 1_000;

export function appendEvents({ append: prepared, keys, touch, app }: AppendRun): ScriptCall {
  const { key, events, changes } = prepared;
  const { bucket, user, session } = keys.session(key);
  const scopes: StateChanges[] = [];
  const names = [
    bucket.sessions,
    bucket.metas,
    user.sessions,
    session.events,
    session.ids,
    session.times,
  ];
  if (changes.session.size > 0) {
    names.push(session.state);
    scopes.push(changes.session);
  }
  if (changes.user.size > 0) {
    names.push(user.state);
    scopes.push(changes.user);
  }
  if (app === 'here' && changes.app.size > 0) {
    names.push(keys.app(key.appName).state);
    scopes.push(changes.app);
  }
  const args = eventArgs(prepared, touch);
  const isSmall = events.length === 1 && scopes.every(({ size }) => size <= MAX_UNPACKED);
  if (typeof app === 'string' && isSmall) {
    for (const scope of scopes) addChanges(args, scope);
    return { script: appendOne, keys: names, args };
  }
  for (const scope of scopes) {
    const { sets, removals } = encodeChanges(scope);
    args.push(sets, removals);
  }
  if (typeof app === 'string') return { script: append, keys: names, args };
  names.push(bucket.outbox, bucket.versions);
  args.push(app.version, app.low, app.changes);
  return { script: appendReserved, keys: names, args };
}

function eventArgs(prepared: PreparedAppend, touch: boolean): string[] {
  const { key, events, expectedRevision } = prepared;
  const expected = expectedRevision === undefined ? '' : String(expectedRevision);
  const [first, ...rest] = events;
  const event = first?.event as Event; // an append without events is not made
  let time = event.timestamp;
  let ids = event.id;
  for (const { event: later } of rest) {
    time = Math.max(time, later.timestamp);
    ids += `\n${later.id}`;
  }
  return [memberOf(key), expected, formatTime(time), touch ? '1' : '', ids, joinEvents(prepared)];
}

// A server takes 512 MiB at once, and its script needs as much again.
const MAX_BATCH_LENGTH = 128 * 1024 * 1024;

function joinEvents({ key, events }: PreparedAppend): string {
  const [only] = events;
  if (only !== undefined && events.length === 1) return formatEvent(only.event);
  let length = 0;
  const texts = events.map(({ event }) => {
    const text = formatEvent(event);
    length += text.length;
    if (length <= MAX_BATCH_LENGTH) return text;
    throw new HoldfastError('too_large', {
      message: `the batch has more than ${MAX_BATCH_LENGTH} characters as JSON`,
      path: 'events',
      key,
    });
  });
  return texts.join('\n');
}

export function readAppendOutcome({ key, events }: PreparedAppend, reply: unknown): AppendOutcome {
  if (reply === 0) return { type: 'missing' };
  if (reply === -1) throw corrupt('the list of events', { key });
  if (typeof reply === 'number') return { type: 'written', revision: reply, stamp: '' };
  const [type, ...rest] = reply as readonly [string, ...unknown[]];
  switch (type) {
    case 'written':
      return { type, revision: rest[0] as number, stamp: rest[1] as string };
    case 'conflict':
      return { type, found: rest[0] as number };
    case 'stale':
      return { type };
    default: {
      const found = new Map<string, Event>();
      events.forEach(({ event: { id } }, i) => {
        const seq = Number(rest[i]);
        if (seq > 0) found.set(id, parseEvent(rest[events.length + i], { seq, key }));
      });
      return { type: 'stored', events: found };
    }
  }
}
