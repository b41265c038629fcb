import type { StateIncrements } from '@holdfast/state/internal';

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

/** Increments as a script takes them: names and numbers in turn, a line each. */
export function encodeIncrements(increments: StateIncrements): string {
  return [...increments].flat().join('\n');
}
