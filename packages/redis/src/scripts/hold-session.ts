import type { TurnOutcome } from '@holdfast/session/store';
import { corrupt, type PreparedReleaseTurn, type PreparedTurn } from '@holdfast/session/store';
import { integerOf, unexpected } from '../read-reply.ts';
import { memberOf, type RedisKeys } from '../redis-keys.ts';
import { readDeleteReply } from './delete-session.ts';
import { type ScriptCall, script } from './script.ts';
import { META } from './session-meta.ts';

// KEYS: metas. ARGV: member, turn, now, until when, whether it must be held already.
const acquire = script(`
  ${META}
  local text = redis.call('HGET', KEYS[1], ARGV[1])
  if not text then return 'missing' end
  local meta = readMeta(text)
  if not meta then return -1 end
  if isGone(meta, ARGV[3]) then return 'missing' end
  if meta.turn ~= ARGV[2] then
    if ARGV[5] == '1' then return 'refused' end
    if meta.turn ~= '' and tonumber(meta.held) > tonumber(ARGV[3]) then return 'refused' end
  end
  meta.turn, meta.held = ARGV[2], ARGV[4]
  redis.call('HSET', KEYS[1], ARGV[1], writeMeta(meta))
  return 'held'
`);

// KEYS: metas. ARGV: member, turn, now.
const release = script(`
  ${META}
  local text = redis.call('HGET', KEYS[1], ARGV[1])
  if not text then return 0 end
  local meta = readMeta(text)
  if not meta then return -1 end
  if meta.turn ~= ARGV[2] or isGone(meta, ARGV[3]) then return 0 end
  meta.turn, meta.held = '', ''
  redis.call('HSET', KEYS[1], ARGV[1], writeMeta(meta))
  return 1
`);

export function acquireTurn(
  { key, turn, now, until, extend }: PreparedTurn,
  keys: RedisKeys,
): ScriptCall {
  const args = [memberOf(key), turn, String(now), String(until), extend ? '1' : ''];
  return acquire([keys.user(key).bucket.metas], args);
}

export function readTurnReply({ key }: PreparedTurn, reply: unknown): TurnOutcome {
  if (reply === 'held' || reply === 'refused' || reply === 'missing') return reply;
  if (integerOf(reply) === -1) throw corrupt('the session', { key });
  throw unexpected('an outcome', reply);
}

export function releaseTurn({ key, turn, now }: PreparedReleaseTurn, keys: RedisKeys): ScriptCall {
  return release([keys.user(key).bucket.metas], [memberOf(key), turn, String(now)]);
}

export function readReleaseReply({ key }: PreparedReleaseTurn, reply: unknown): boolean {
  if (integerOf(reply) === -1) throw corrupt('the session', { key });
  return readDeleteReply(reply);
}
