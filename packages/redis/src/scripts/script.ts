import { createHash } from 'node:crypto';

/** One run of a script: its Lua, and the name under which a server keeps that. */
export interface ScriptCall {
  readonly text: string;
  readonly sha: string;
  /** All keys that it touches. */
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

export type Script = (keys: readonly string[], args?: readonly string[]) => ScriptCall;

/**
 * A script, of Lua that may contain the parts below.
 *
 * A script must not stop half-way. So before the first write it reads each key that it will
 * write (which fails for one of a wrong type), but for the key of the first write itself. The
 * first write is one that a server without memory refuses; after it, a server refuses none. And
 * as a slot may be moving to another node, a script touches no key after it has made it
 * vanish: sets come before removals, and what is answered was read before.
 */
export function script(lua: string): Script {
  const text = trimLines(lua);
  const sha = createHash('sha1').update(text).digest('hex');
  return (keys, args = []) => ({ text, sha, keys, args });
}

// Comments and blanks would be sent with each EVAL.
function trimLines(lua: string): string {
  return lua
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('--'))
    .join('\n');
}

/**
 * Finds a session by its metas (the first key), its events (the second), and its member: its
 * `meta`, of whichever version, its `revision`, and the `length` of its list. Answers nothing if
 * there is none, and -1 if its events are not as many as its meta says.
 */
export const FIND = `
  local meta = redis.call('HGET', KEYS[1], ARGV[1])
  if not meta then return false end
  local length = redis.call('LLEN', KEYS[2])
  local revision = string.match(meta, '^[-t](%d+)', 35) or string.match(meta, '^[-t](%d+)', 52)
  if tonumber(revision or '-1') ~= length then return -1 end
`;

/** `split(text)`: the lines of `text`; none if it is empty. */
export const SPLIT = `
  local function split(text)
    local parts, from = {}, 1
    if text == '' then return parts end
    while true do
      local to = string.find(text, '\\n', from, true)
      if not to then
        parts[#parts + 1] = from == 1 and text or string.sub(text, from)
        return parts
      end
      parts[#parts + 1] = string.sub(text, from, to - 1)
      from = to + 1
    end
  end
`;

/**
 * `put(command, key, values)`: a command with any number of values, an even one for pairs; gives
 * the sum of what it answers. `drop(command, key, names, left)`: the same for a command that
 * takes away, as long as something is left. `unpack` of more than some 8,000 values fails.
 */
export const PUT = `
  local function put(command, key, values)
    local sum = 0
    for i = 1, #values, 5000 do
      sum = sum + redis.call(command, key, unpack(values, i, math.min(i + 4999, #values)))
    end
    return sum
  end
  local function drop(command, key, names, left)
    for i = 1, #names, 5000 do
      if left <= 0 then return end
      left = left - redis.call(command, key, unpack(names, i, math.min(i + 4999, #names)))
    end
  end
`;
