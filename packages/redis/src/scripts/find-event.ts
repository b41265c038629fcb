import { corrupt, type EventKey, type FoundEvent, markOf } from '@holdfast/session/store';
import { integerOf, readFound } from '../read-reply.ts';
import { memberOf, type RedisKeys } from '../redis-keys.ts';
import { parseEvent, parseMeta } from '../stored-text.ts';
import { FIND, type ScriptCall, script } from './script.ts';

// KEYS: metas, events, ids. ARGV: member, the event's id.
const find = script(`
  ${FIND}
  local seq = redis.call('HGET', KEYS[3], ARGV[2])
  if not seq then return {meta} end
  return {meta, seq, redis.call('LINDEX', KEYS[2], seq - 1)}
`);

export function findEvent({ key, eventId }: EventKey, keys: RedisKeys): ScriptCall {
  const { bucket, session } = keys.session(key);
  return find([bucket.metas, session.events, session.ids], [memberOf(key), eventId]);
}

/** Undefined if there is no session. */
export function readFoundEvent({ key, eventId }: EventKey, reply: unknown): FoundEvent | undefined {
  const found = readFound(reply, key);
  if (found === undefined) return undefined;
  const { incarnation, expireTime } = parseMeta(found[0], key);
  if (found.length === 1) return { event: undefined, expireTime };
  const seq = integerOf(found[1]);
  if (seq === undefined) throw corrupt(`the place of event ${JSON.stringify(eventId)}`, { key });
  return { event: parseEvent(found[2], { seq, key, mark: markOf(incarnation) }), expireTime };
}
