import { readTexts } from '../read-reply.ts';
import { type ScriptCall, script } from './script.ts';

const READS = [
  ...'EVALSHA GET HGET HGETALL HLEN HMGET LINDEX LLEN LRANGE'.split(' '),
  ...'ZCARD ZCOUNT ZRANGE ZRANGEBYSCORE ZREVRANGE ZSCORE'.split(' '),
];
const WRITES = 'HDEL HSET HSETNX RPOP RPUSH SET UNLINK ZADD ZREM'.split(' ');

// KEYS: one that the commands would be about. ARGV: their names. Answers pairs of a command that
// cannot be run and why: 'unknown' or 'denied'. Nothing is run. Before Redis 7 a script cannot ask
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
  return lacking
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
  const list = readTexts(reply);
  return list.flatMap((name, i) => {
    if (i % 2 === 1) return [];
    const isWrite = !READS.includes(name) && name !== 'TIME';
    return [{ name, isUnknown: list[i + 1] === 'unknown', isWrite }];
  });
}
