import { HoldfastError } from '@holdfast/core';
import { integerOf, isQueued, readTexts } from '../read-reply.ts';
import { type ScriptCall, script } from './script.ts';

const READS = [
  ...'EVALSHA EXISTS GET HGET HGETALL HLEN HMGET HSCAN LINDEX LLEN LRANGE'.split(' '),
  ...'ZCARD ZCOUNT ZLEXCOUNT ZMSCORE ZRANGE ZRANGEBYLEX ZRANGEBYSCORE ZREVRANGE ZSCORE'.split(' '),
];
const WRITES = 'COPY HDEL HSET HSETNX LPUSH LSET LTRIM RPOP RPUSH SET UNLINK ZADD ZREM'.split(' ');

// KEYS: one that the commands would be about. ARGV: their names. Answers pairs of a command that
// cannot be run and why: 'unknown' or 'denied'; and a number, a text and nothing, by which it shows
// whether the client gives replies as they are. Nothing is run. Before Redis 7 a script cannot ask
// for permissions: only that a command is unknown shows in what is said about its missing arguments.
const probe = script(`
  local lacking = {}
  for _, name in ipairs(ARGV) do
    local problem
    if redis.acl_check_cmd then
      local isKnown, isAllowed = pcall(redis.acl_check_cmd, name, KEYS[1])
      if not isKnown then problem = 'unknown' elseif not isAllowed then problem = 'denied' end
    elseif string.find(tostring(redis.pcall(name).err), 'nknown Redis command') then
      problem = 'unknown'
    end
    if problem then lacking[#lacking + 1], lacking[#lacking + 2] = name, problem end
  end
  return {lacking, 10, 'text', false}
`);

/** A command that scripts need, and cannot run. */
export interface LackingCommand {
  readonly name: string;
  readonly isUnknown: boolean;
  readonly isWrite: boolean;
}

export interface ProbeRun {
  readonly key: string;
  readonly isCluster: boolean;
  /** Whether writes wait for replicas. */
  readonly waits: boolean;
}

export function probeCommands({ key, isCluster, waits }: ProbeRun): ScriptCall {
  const more = [...(isCluster ? ['TIME', 'ZREMRANGEBYSCORE'] : []), ...(waits ? ['WAIT'] : [])];
  return probe([key], [...READS, ...WRITES, ...more]);
}

export function readLackingCommands(reply: unknown): readonly LackingCommand[] {
  const list = readProbe(reply);
  return list.flatMap((name, i) => {
    if (i % 2 === 1) return [];
    const isWrite = !READS.includes(name) && name !== 'TIME';
    return [{ name, isUnknown: list[i + 1] === 'unknown', isWrite }];
  });
}

function readProbe(reply: unknown): readonly string[] {
  const [lacking, number, text, nothing] = Array.isArray(reply) ? reply : [];
  if (integerOf(number) === 10 && text === 'text' && nothing === null) return readTexts(lacking);
  throw new HoldfastError('misconfigured', {
    message: isQueued(reply)
      ? 'the client has begun a transaction (MULTI), and runs no calls before its EXEC'
      : 'the client changes what the server answers: it must give replies as text, numbers and null',
  });
}
