import { type Event, HoldfastError } from '@holdfast/core';
import {
  type AppendOutcome,
  corrupt,
  markOf,
  type PreparedAppend,
  type PreparedIncrement,
} from '@holdfast/session/store';
import type { StateChanges, StoredScope } from '@holdfast/state/internal';
import type { WriteOutcome } from '../app-state.ts';
import { integerOf, readInteger, readText, unexpected } from '../read-reply.ts';
import { memberOf, type RedisKeys } from '../redis-keys.ts';
import { formatEvent, formatTime, parseEvent } from '../stored-text.ts';
import { appendOne } from './append-one-event.ts';
import { addChanges, encodeChanges } from './encode-changes.ts';
import { type AppPlace, reservable } from './reserved.ts';
import type { ScriptCall } from './script.ts';
import { META } from './session-meta.ts';

// KEYS: the bucket's sessions and metas, the user's sessions, events, ids, times, the expiries of
// bucket and user, and the state of each scope that changes. ARGV: member, expected revision or '',
// latest time, whether events that are there are to be written again, ids, events, `=` and the
// expected incarnation or '', now, the turn or '', what `activeFrom` becomes or '', and sets and
// removals of each scope. The answers begin with their type, the revision, the incarnation and, if
// refused, the turn that the session is held for or ''. If ids are there, a refusal goes on with
// the `seq` or 0 and the event or '' of each. One event that was written is answered in short: the
// revision, a colon and the mark.
const READ = `
  ${META}
  local text = redis.call('HGET', KEYS[2], ARGV[1])
  if not text then return 0 end
  local meta = readMeta(text)
  local length = redis.call('LLEN', KEYS[4])
  if not meta or tonumber(meta.revision) ~= length then return -1 end
  if isGone(meta, ARGV[8]) then return 0 end

  local ids = split(ARGV[5])
  local reply, found = {'refused', length, meta.incarnation, meta.turn}, false
  if ARGV[7] ~= '' and ARGV[7] ~= '=' .. meta.incarnation then return reply end
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
      local seq = reply[i + 4]
      reply[#reply + 1] = seq ~= '0' and redis.call('LINDEX', KEYS[4], seq - 1) or ''
    end
    return reply
  end
  if ARGV[2] ~= '' and tonumber(ARGV[2]) ~= length then return reply end
  if ARGV[9] ~= '' and ARGV[9] ~= meta.turn then return reply end
`;

// As long as events come in the order of time, their list is the index by time. From the first
// that does not, all go to another one.
const CHECK = `
  if meta.idle ~= '' then
    for key = 7, 8 do redis.call('ZCARD', KEYS[key]) end
  end
  redis.call('ZCARD', KEYS[3])
  local left = {}
  for key = 9, scopes do left[key] = redis.call('HLEN', KEYS[key]) end

  local texts, rows, times = split(ARGV[6]), {}, {}
  local high = tonumber(meta.updated)
  for i = 1, #texts do
    rows[2 * i - 1], rows[2 * i] = ids[i], length + i
    local time = tonumber(string.match(texts[i], '^%d+'))
    if meta.timed == 't' or time < high then
      meta.timed = 't'
      times[#times + 1], times[#times + 2] = time, length + i
    else
      high = time
    end
  end
  if meta.timed == 't' then redis.call('ZCARD', KEYS[6]) end
`;

const WRITE = `
  redis.call('ZADD', KEYS[1], 'GT', ARGV[3], ARGV[1])
  put('RPUSH', KEYS[4], texts)
  put('HSET', KEYS[5], rows)
  if tonumber(ARGV[3]) > tonumber(meta.updated) then meta.updated = ARGV[3] end
  meta.touched, meta.revision = ARGV[8], length + #texts
  if ARGV[10] ~= '' then meta.active = ARGV[10] end
  if meta.idle ~= '' then
    meta.expires = string.format('%.0f', ARGV[8] + meta.idle)
    for key = 7, 8 do redis.call('ZADD', KEYS[key], meta.expires, ARGV[1]) end
  end
  redis.call('HSET', KEYS[2], ARGV[1], writeMeta(meta))
  redis.call('ZADD', KEYS[3], 'GT', ARGV[3], ARGV[1])
  put('ZADD', KEYS[6], times)
  for key = 9, scopes do
    local added = put('HSET', KEYS[key], split(ARGV[2 * key - 7]))
    drop('HDEL', KEYS[key], split(ARGV[2 * key - 6]), left[key] + added)
  end
`;

/** The parts of the script, for those that write more with an append. */
export const APPEND = { read: READ, check: CHECK, write: WRITE };

const append = reservable({
  read: READ + CHECK,
  write: WRITE,
  answer: "return {'written', length + #texts, meta.incarnation, stamp}",
});

export interface AppendRun {
  readonly append: PreparedAppend & Partial<Pick<PreparedIncrement, 'increments'>>;
  readonly keys: RedisKeys;
  /** Whether events that are there are written again, so that replicas can be waited for. */
  readonly touch: boolean;
  readonly app: AppPlace;
}

// `unpack` takes only so many.
const MAX_UNPACKED = 1_000;

export function appendEvents(run: AppendRun): ScriptCall {
  const { app } = run;
  const { bucket, keys, args, scopes } = appendArguments(run);
  const isSmall =
    run.append.events.length === 1 && scopes.every(({ changes }) => changes.size <= MAX_UNPACKED);
  if (typeof app === 'string' && isSmall) {
    for (const { changes } of scopes) addChanges(args, changes);
    return appendOne(keys, args);
  }
  args.push(...scopeArguments(scopes));
  return append(app, { bucket, keys, args });
}

/** A scope that an append changes, beside its session. */
export interface AppendedScope {
  readonly scope: StoredScope;
  readonly changes: StateChanges;
}

/** The keys of an append, and the arguments but for those of its scopes. */
export function appendArguments({ append: prepared, keys, touch, app }: AppendRun) {
  const { key, events, changes, increments, latestTimestamp } = prepared;
  const { expectedRevision, expectedIncarnation, now, turn, activeFrom } = prepared;
  const { bucket, user, session } = keys.session(key);
  const names = [bucket.sessions, bucket.metas, user.sessions];
  names.push(session.events, session.ids, session.times, bucket.expiries, user.expiries);
  const scopes: AppendedScope[] = [];
  const addScope = (scope: StoredScope, name: string) => {
    const isChanged = changes[scope].size > 0 || (increments?.[scope].size ?? 0) > 0;
    if (!isChanged) return;
    names.push(name);
    scopes.push({ scope, changes: changes[scope] });
  };
  addScope('session', session.state);
  addScope('user', user.state);
  if (app === 'here') addScope('app', keys.app(key.appName).state);
  const args = [
    memberOf(key),
    String(expectedRevision ?? ''),
    formatTime(latestTimestamp),
    touch ? '1' : '',
    events.map(({ id }) => id).join('\n'),
    joinEvents(prepared),
    expectedIncarnation === undefined ? '' : `=${expectedIncarnation}`,
    formatTime(now),
    turn ?? '',
    String(activeFrom ?? ''),
  ];
  return { bucket, keys: names, args, scopes };
}

/** Sets and removals of each scope. */
export function scopeArguments(scopes: readonly AppendedScope[]): readonly string[] {
  return scopes.flatMap(({ changes }) => {
    const { sets, removals } = encodeChanges(changes);
    return [sets, removals];
  });
}

// A server takes 512 MiB at once, and its script needs as much again.
const MAX_BATCH_LENGTH = 128 * 1024 * 1024;

function joinEvents({ key, events }: PreparedAppend): string {
  const [only] = events;
  if (only !== undefined && events.length === 1) return formatEvent(only);
  let length = 0;
  const texts = events.map((event) => {
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

/** What became of an append; 'stale' if its reservation was called off. */
export function readAppendReply(
  { key, events }: PreparedAppend,
  reply: unknown,
): (AppendOutcome & WriteOutcome) | 'stale' {
  if (typeof reply === 'string' && reply.includes(':')) {
    const [revision, mark = ''] = reply.split(':');
    return { type: 'written', revision: readInteger(revision), mark: markOf(mark) };
  }
  if (!Array.isArray(reply)) {
    const revision = readInteger(reply);
    if (revision === -1) throw corrupt('the list of events', { key });
    if (revision === 0) return { type: 'missing' };
    throw unexpected('an outcome', reply);
  }
  const [type, found, made, last, ...rest] = reply as unknown as readonly unknown[];
  if (type === 'stale') return type;
  if (type !== 'written' && type !== 'refused') throw unexpected('an outcome', type);
  const revision = readInteger(found);
  const incarnation = readText(made);
  const mark = markOf(incarnation);
  if (type === 'written') return { type, revision, mark, stamp: readText(last) };
  const turn = readText(last) || undefined;
  const stored = new Map<string, Event>();
  events.forEach(({ id }, i) => {
    // A refusal for its revision alone says nothing of ids.
    const seq = rest.length === 0 ? 0 : integerOf(rest[i]);
    if (seq === undefined) throw corrupt(`the place of event ${JSON.stringify(id)}`, { key });
    if (seq > 0) stored.set(id, parseEvent(rest[events.length + i], { seq, key, mark }));
  });
  const findEvent = (id: string) => stored.get(id);
  return { type, revision, incarnation, turn, isRepeated: stored.size > 0, findEvent };
}
