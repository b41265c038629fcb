import type { StateIncrements } from '@holdfast/state/internal';
import { readText } from '../read-reply.ts';

/**
 * `sumOf(text, by)`: the value after an increment as text, given the one before as text, or false
 * if there is none; nil if one of them is not a safe integer. Lua has no numbers but doubles: those
 * that are exact are written out, and no others are read.
 *
 * `findUnfit(key, increments, sums)`: adds to `sums` the names and values after increments, a list
 * of names and numbers in turn; gives the first name that does not take its increment, if any.
 */
export const SUM = `
  local function sumOf(text, by)
    local before = 0
    if text then
      if #text > 17 or not string.find(text, '^%-?%d+$') then return nil end
      before = tonumber(text)
    end
    local sum = before + by
    if math.max(before, -before, sum, -sum) > 9007199254740991 then return nil end
    return sum == 0 and '0' or string.format('%.0f', sum)
  end
  local function findUnfit(key, increments, sums)
    for i = 1, #increments, 2 do
      local name = increments[i]
      local sum = sumOf(redis.call('HGET', key, name), tonumber(increments[i + 1]))
      if not sum then return name end
      sums[#sums + 1], sums[#sums + 2] = name, sum
    end
  end
`;

/**
 * `hinderOf(state, intents, increments)`: on a Cluster, what hinders increments, a list as above, if
 * anything does: 'unfit' and the first name whose value is so; or 'busy', if one might be once all
 * has been applied that is under way. An intent has its increments behind its first line.
 */
export const HINDER = `
  local function underWay(intents)
    local up, down = {}, {}
    for _, intent in ipairs(redis.call('ZRANGE', intents, 0, -1)) do
      local lines = split(intent)
      for i = 2, #lines, 2 do
        local name, by = lines[i], tonumber(lines[i + 1])
        local sums = by > 0 and up or down
        sums[name] = (sums[name] or 0) + by
      end
    end
    return up, down
  end
  local function hinderOf(state, intents, increments)
    if #increments == 0 then return nil end
    local unfit = findUnfit(state, increments, {})
    if unfit then return {'unfit', unfit} end
    local up, down = underWay(intents)
    for i = 1, #increments, 2 do
      local name, by = increments[i], tonumber(increments[i + 1])
      local all = by + ((by > 0 and up or down)[name] or 0)
      local isSafe = math.max(all, -all) <= 9007199254740991
      if not isSafe or not sumOf(redis.call('HGET', state, name), all) then return {'busy'} end
    end
  end
`;

/** Increments as a script takes them: names and numbers in turn, a line each. */
export function encodeIncrements(increments: StateIncrements): string {
  return [...increments].flat().join('\n');
}

/** What hinders an increment: the name of a value, or what is under way. */
export type Hinder = { readonly type: 'unfit'; readonly name: string } | { readonly type: 'busy' };

/** What `hinderOf` gives; undefined if this is nothing of it. */
export function readHinder(reply: readonly unknown[]): Hinder | undefined {
  const [type, name] = reply;
  if (type === 'busy') return { type };
  return type === 'unfit' ? { type, name: readText(name) } : undefined;
}
