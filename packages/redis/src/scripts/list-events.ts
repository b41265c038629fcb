import type { EventPage, PreparedListEvents } from '@holdfast/session';
import { sessionNotFound } from '@holdfast/session';
import { corrupt, parseEvent } from '../parse-stored.ts';
import { memberOf, type RedisKeys } from '../redis-keys.ts';
import { type ScriptCall, script } from './script.ts';

// KEYS: metas, events. ARGV: member, both bounds (the upper one or ''), limit, order.
// One more than asked for tells whether there are more.
const list = script(`
  local meta = redis.call('HGET', KEYS[1], ARGV[1])
  if not meta then return false end
  local length = redis.call('LLEN', KEYS[2])
  if tonumber(string.match(meta, '^%d+:%d+:[-t](%d+)') or '-1') ~= length then return -1 end
  local from, to, limit = tonumber(ARGV[2]) + 1, length, tonumber(ARGV[4])
  if ARGV[3] ~= '' then to = math.min(to, tonumber(ARGV[3]) - 1) end
  if ARGV[5] == 'asc' then to = math.min(to, from + limit) else from = math.max(from, to - limit) end
  if from > to then return {0, {}} end
  return {from, redis.call('LRANGE', KEYS[2], from - 1, to - 1)}
`);

export function listEvents(prepared: PreparedListEvents, keys: RedisKeys): ScriptCall {
  const { key, afterSeq, beforeSeq, limit, order } = prepared;
  const { bucket, session } = keys.session(key);
  const args = [
    memberOf(key),
    String(afterSeq),
    beforeSeq === undefined ? '' : String(beforeSeq),
    String(limit),
    order,
  ];
  return { script: list, keys: [bucket.metas, session.events], args };
}

export function readEventPage(prepared: PreparedListEvents, reply: unknown): EventPage {
  const { key, limit, order } = prepared;
  if (reply === null) throw sessionNotFound(key);
  if (reply === -1) throw corrupt('the list of events', { key });
  const [first, texts] = reply as readonly [number, readonly unknown[]];
  const found = texts.map((text, i) => ({ text, seq: first + i }));
  if (order === 'desc') found.reverse();
  const page = found.slice(0, limit);
  return Object.freeze({
    events: Object.freeze(page.map(({ text, seq }) => parseEvent(text, { seq, key }))),
    hasMore: found.length > limit,
  });
}
