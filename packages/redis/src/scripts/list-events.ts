import { type ListedEvents, markOf, type PreparedListEvents } from '@holdfast/session/store';
import { readFound, readInteger, readList } from '../read-reply.ts';
import { memberOf, type RedisKeys } from '../redis-keys.ts';
import { parseEvent, parseMeta } from '../stored-text.ts';
import { FIND, type ScriptCall, script } from './script.ts';

// KEYS: metas, events. ARGV: member, both bounds, how many, order.
const list = script(`
  ${FIND}
  local from, to = tonumber(ARGV[2]) + 1, math.min(length, tonumber(ARGV[3]) - 1)
  local more = tonumber(ARGV[4]) - 1
  if ARGV[5] == 'asc' then to = math.min(to, from + more) else from = math.max(from, to - more) end
  if from > to then return {meta, 0, {}} end
  return {meta, from, redis.call('LRANGE', KEYS[2], from - 1, to - 1)}
`);

export function listEvents(prepared: PreparedListEvents, keys: RedisKeys): ScriptCall {
  const { key, afterSeq, beforeSeq, count, order } = prepared;
  const { bucket, session } = keys.session(key);
  const args = [memberOf(key), String(afterSeq), String(beforeSeq), String(count), order];
  return list([bucket.metas, session.events], args);
}

/** Undefined if there is no session. */
export function readListedEvents(
  { key, order }: PreparedListEvents,
  reply: unknown,
): ListedEvents | undefined {
  const found = readFound(reply, key);
  if (found === undefined) return undefined;
  const { revision, incarnation, expireTime } = parseMeta(found[0], key);
  const mark = markOf(incarnation);
  const first = readInteger(found[1]);
  const events = readList(found[2]).map((text, i) =>
    parseEvent(text, { seq: first + i, key, mark }),
  );
  if (order === 'desc') events.reverse();
  return { events, revision, expireTime };
}
