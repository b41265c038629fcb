import type { Order } from '@holdfast/session';
import { type ScriptCall, script } from './script.ts';

// KEYS: pairs of a list of sessions and the metas of its bucket. ARGV: order, how many, the score
// and member behind which to begin or '', whether to count.
//
// Lua compares strings by the server's locale, so bytes are compared here.
const list = script(`
  local count, score, member = tonumber(ARGV[2]), ARGV[3], ARGV[4]
  local function isBefore(a, b)
    for i = 1, math.min(#a, #b) do
      local x, y = string.byte(a, i), string.byte(b, i)
      if x ~= y then return x < y end
    end
    return #a < #b
  end
  -- How many stand before the position.
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
  local reply = {}
  for i = 1, #KEYS, 2 do
    local key, start = KEYS[i], 0
    local total = redis.call('ZCARD', key)
    local command = ARGV[1] == 'asc' and 'ZRANGE' or 'ZREVRANGE'
    if score ~= '' then
      start = rankOf(key)
      if ARGV[1] == 'desc' then
        start = total - start
      elseif tonumber(redis.call('ZSCORE', key, member) or '-1') == tonumber(score) then
        start = start + 1
      end
    end
    local found = redis.call(command, key, start, start + count - 1, 'WITHSCORES')
    local members = {}
    for j = 1, #found, 2 do members[#members + 1] = found[j] end
    local metas = {}
    if #members > 0 then metas = redis.call('HMGET', KEYS[i + 1], unpack(members)) end
    reply[#reply + 1] = {total, found, metas}
  end
  return reply
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
  readonly lists: readonly SessionList[];
  readonly order: Order;
  readonly count: number;
  readonly after: Place | undefined;
}

export interface FoundSession extends Place {
  readonly meta: string;
}

/** Sessions of some lists, of each as of one moment. All keys of a run must be in one place. */
export function listSessions({ lists, order, count, after }: ListRun): ScriptCall {
  return list(
    lists.flatMap(({ sessions, metas }) => [sessions, metas]),
    [order, String(count), String(after?.score ?? ''), after?.member ?? ''],
  );
}

/** Of each list, what was found, and how many sessions there are in all. */
export function readFoundSessions(reply: unknown) {
  const lists = reply as readonly (readonly [number, readonly string[], readonly string[]])[];
  return lists.map(([total, found, metas]) => {
    const sessions = metas.map((meta, i): FoundSession => {
      return { member: found[2 * i] as string, score: Number(found[2 * i + 1]), meta };
    });
    return { total, sessions };
  });
}
