import type { Order } from '@holdfast/session';
import { corrupt, type Labels, type ListPosition } from '@holdfast/session/store';
import type { ListPart } from '../join-parts.ts';
import { integerOf, readInteger, readList, readText } from '../read-reply.ts';
import { splitMember } from '../redis-keys.ts';
import { labelLine } from '../stored-text.ts';
import { LABELLED } from './labelled-sessions.ts';
import { type ScriptCall, SPLIT, script } from './script.ts';
import { PEEK } from './session-meta.ts';

/**
 * `startOf(key, total)`: the rank in a list of sessions at which to begin, counted in the order of
 * the list. ARGV begins with the order, how many, the score and member behind which to begin, or
 * '', `now`, and the lines of labels that all sessions must have, or ''. `isBefore(a, b)` compares
 * bytes: Lua compares strings by the server's locale.
 */
export const START = `
  local command = ARGV[1] == 'asc' and 'ZRANGE' or 'ZREVRANGE'
  local count, score, member, now = tonumber(ARGV[2]), ARGV[3], ARGV[4], tonumber(ARGV[5])
  local function isBefore(a, b)
    for i = 1, math.min(#a, #b) do
      local x, y = string.byte(a, i), string.byte(b, i)
      if x ~= y then return x < y end
    end
    return #a < #b
  end
  local function rankOf(key)
    local low = redis.call('ZCOUNT', key, '-inf', '(' .. score)
    local high = low + redis.call('ZCOUNT', key, score, score)
    while low < high do
      local middle = math.floor((low + high) / 2)
      if isBefore(redis.call('ZRANGE', key, middle, middle)[1], member) then
        low = middle + 1
      else
        high = middle
      end
    end
    return low
  end
  local function startOf(key, total)
    if score == '' then return 0 end
    local start = rankOf(key)
    if ARGV[1] == 'desc' then return total - start end
    if tonumber(redis.call('ZSCORE', key, member) or '-1') == tonumber(score) then start = start + 1 end
    return start
  end
`;

/** How many sessions that have expired a script passes over: others want their turn. */
export const MAX_PASSED = 2_000;

// KEYS: a list of sessions, its expiries, the metas and the details of its bucket; then, if `ARGV[6]`
// has labels, those of the user; then the state of the user, and those of some of the user's
// sessions, whose members follow in ARGV after the user. With them, the states of what was found
// are answered, too, unless there is a session among it that is not one of those. Sessions that
// have expired are passed over; after many in one go, it stops, and answers behind which score and
// member to go on.
const list = script(`
  ${START}${SPLIT}${PEEK}${LABELLED}
  local members, times, metas, details, total, passed, stop = {}, {}, {}, {}, 0, 0, false
  local function take(name, time, meta)
    local isMore = meta and byte(meta, -1) == 10
    if isMore and isExpired(meta, now) then
      passed = passed + 1
      if passed == ${MAX_PASSED} then stop = {time, name} end
      return
    end
    local at = #members + 1
    members[at], times[at], metas[at] = name, time, meta
    details[at] = isMore and hasDetails(meta) and redis.call('HGET', KEYS[4], name)
  end
  local more = 5
  if ARGV[6] ~= '' then
    more = 6
    local place = {sessions = KEYS[1], expiries = KEYS[2], labels = KEYS[5]}
    local found, updates = labelled(place, ARGV[7], split(ARGV[6]))
    total = #found
    local at, step = startAmong(found, updates)
    while found[at] and #members < count do
      take(found[at], updates[at], redis.call('HGET', KEYS[3], found[at]))
      at = at + step
    end
  else
    local size = redis.call('ZCARD', KEYS[1])
    local start = startOf(KEYS[1], size)
    total = size - redis.call('ZCOUNT', KEYS[2], '-inf', now)
    local share = count
    while #members < count and start < size and not stop do
      local found = redis.call(command, KEYS[1], start, start + share - 1, 'WITHSCORES')
      local names = {}
      for i = 1, #found, 2 do names[#names + 1] = found[i] end
      local texts = redis.call('HMGET', KEYS[3], unpack(names))
      for i, name in ipairs(names) do
        if #members < count and not stop then take(name, found[2 * i], texts[i]) end
      end
      start, share = start + share, math.min(2 * share, 1000)
    end
  end
  if #KEYS < more then return {total, members, times, metas, details, stop} end
  local keys, states = {}, {}
  for i = 8, #ARGV do keys[ARGV[i]] = KEYS[more + i - 7] end
  for i, name in ipairs(members) do
    if not keys[name] then return {total, members, times, metas, details, stop} end
    states[i] = redis.call('HGETALL', keys[name])
  end
  return {total, members, times, metas, details, stop, redis.call('HGETALL', KEYS[more]), states}
`);

/** Where a session stands: its last update, and its member. */
export interface Place {
  readonly score: number;
  readonly member: string;
}

/** A sorted set of sessions and when they expire, and the metas and details of its bucket. */
export interface SessionList {
  readonly sessions: string;
  readonly expiries: string;
  readonly metas: string;
  readonly details: string;
}

export interface ListRun {
  readonly list: SessionList;
  readonly order: Order;
  readonly count: number;
  readonly after: Place | undefined;
  readonly now: number;
  /** Labels that all sessions must have; the list is that of the user. */
  readonly labelled?:
    | { readonly labels: Labels; readonly userId: string; readonly key: string }
    | undefined;
  /** The key of the state of the list's user, and that of each of some of the user's sessions. */
  readonly states?:
    | { readonly user: string; readonly sessions: ReadonlyMap<string, string> }
    | undefined;
}

/** A session that was found, and its state as fields: names and values in turn. */
export interface FoundSession extends Place {
  readonly meta: unknown;
  /** As they are stored; null if there are none. */
  readonly details: unknown;
  readonly state?: unknown;
}

/** Sessions of a list, as of one moment unless it has stopped. */
export interface FoundSessions extends ListPart<FoundSession> {
  /** The fields of the user's state. Absent if the states were not answered. */
  readonly user?: unknown;
}

export function listSessions({ list: place, states, labelled, ...run }: ListRun): ScriptCall {
  const { order, count, after, now } = run;
  const keys = [place.sessions, place.expiries, place.metas, place.details];
  if (labelled !== undefined) keys.push(labelled.key);
  const args = [order, String(count), String(after?.score ?? ''), after?.member ?? '', String(now)];
  args.push(labelLines(labelled?.labels), labelled?.userId ?? '');
  if (states !== undefined) {
    keys.push(states.user, ...states.sessions.values());
    args.push(...states.sessions.keys());
  }
  return list(keys, args);
}

/** Labels as a script takes them: a line each, '' if there are none. */
export function labelLines(labels: Labels | undefined): string {
  return Object.entries(labels ?? {})
    .map(([name, value]) => labelLine(name, value))
    .join('\n');
}

export function readFoundSessions(reply: unknown, appName: string): FoundSessions {
  const [total, members, times, metas, details, stop, user, states] = readList(reply);
  const [scores, texts, more] = [readList(times), readList(metas), readList(details)];
  const stateOf = states === undefined ? () => undefined : (i: number) => readList(states)[i];
  const sessions = readList(members).map((member, i): FoundSession => {
    const score = integerOf(scores[i]);
    if (score === undefined) throw corrupt('the list of sessions', { key: { appName } });
    return { member: readText(member), score, meta: texts[i], details: more[i], state: stateOf(i) };
  });
  return { total: readInteger(total), sessions, stoppedAt: readStop(stop), user };
}

/** Where a script has stopped; undefined if it has not. */
export function readStop(stop: unknown): ListPosition | undefined {
  if (stop === null) return undefined;
  const [score, member] = readList(stop);
  return { lastUpdateTime: readInteger(score), key: splitMember(readText(member)) };
}
