import type { Order } from '@holdfast/session';
import { corrupt } from '@holdfast/session/store';
import { integerOf, readInteger, readList, readText } from '../read-reply.ts';
import { type ScriptCall, script } from './script.ts';

/**
 * `startOf(key, total)`: the rank in a list of sessions at which to begin, counted in the order of
 * the list. ARGV begins with the order, how many, and the score and member behind which to begin,
 * or ''. `isBefore(a, b)` compares bytes: Lua compares strings by the server's locale.
 */
export const START = `
  local command = ARGV[1] == 'asc' and 'ZRANGE' or 'ZREVRANGE'
  local count, score, member = tonumber(ARGV[2]), ARGV[3], ARGV[4]
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

// KEYS: a list of sessions and the metas of its bucket; then the state of its user, and those of
// some of the user's sessions, whose members follow in ARGV. With them, the states of what was
// found are answered, too, unless there is a session among it that is not one of those.
const list = script(`
  ${START}
  local total = redis.call('ZCARD', KEYS[1])
  local start = startOf(KEYS[1], total)
  local found = redis.call(command, KEYS[1], start, start + count - 1, 'WITHSCORES')
  local members = {}
  for i = 1, #found, 2 do members[#members + 1] = found[i] end
  local metas = {}
  if #members > 0 then metas = redis.call('HMGET', KEYS[2], unpack(members)) end
  if #KEYS < 3 then return {total, found, metas} end
  local keys, states = {}, {}
  for i = 5, #ARGV do keys[ARGV[i]] = KEYS[i - 1] end
  for i, name in ipairs(members) do
    if not keys[name] then return {total, found, metas} end
    states[i] = redis.call('HGETALL', keys[name])
  end
  return {total, found, metas, redis.call('HGETALL', KEYS[3]), states}
`);

/** Where a session stands: its last update, and its member. */
export interface Place {
  readonly score: number;
  readonly member: string;
}

/** A sorted set of sessions, and the metas of its bucket. */
export interface SessionList {
  readonly sessions: string;
  readonly metas: string;
}

export interface ListRun {
  readonly list: SessionList;
  readonly order: Order;
  readonly count: number;
  readonly after: Place | undefined;
  /** The key of the state of the list's user, and that of each of some of the user's sessions. */
  readonly states?:
    | { readonly user: string; readonly sessions: ReadonlyMap<string, string> }
    | undefined;
}

/** A session that was found, and its state as fields: names and values in turn. */
export interface FoundSession extends Place {
  readonly meta: unknown;
  readonly state?: unknown;
}

/** Sessions of a list, as of one moment. */
export interface FoundSessions {
  readonly total: number;
  readonly sessions: readonly FoundSession[];
  /** The fields of the user's state. Absent if the states were not answered. */
  readonly user?: unknown;
}

export function listSessions({ list: { sessions, metas }, states, ...run }: ListRun): ScriptCall {
  const { order, count, after } = run;
  const keys = [sessions, metas];
  const args = [order, String(count), String(after?.score ?? ''), after?.member ?? ''];
  if (states !== undefined) {
    keys.push(states.user, ...states.sessions.values());
    args.push(...states.sessions.keys());
  }
  return list(keys, args);
}

export function readFoundSessions(reply: unknown, appName: string): FoundSessions {
  const [total, places, metas, user, states] = readList(reply);
  const found = readList(places);
  const stateOf = states === undefined ? () => undefined : (i: number) => readList(states)[i];
  const sessions = readList(metas).map((meta, i): FoundSession => {
    const score = integerOf(found[2 * i + 1]);
    if (score === undefined) throw corrupt('the list of sessions', { key: { appName } });
    return { member: readText(found[2 * i]), score, meta, state: stateOf(i) };
  });
  return { total: readInteger(total), sessions, user };
}
