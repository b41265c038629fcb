import type { SessionKey } from '@holdfast/core';
import type { PreparedSweep } from '@holdfast/session/store';
import { readList, readText, readTexts } from '../read-reply.ts';
import { splitMember } from '../redis-keys.ts';
import { type ScriptCall, script } from './script.ts';
import { META } from './session-meta.ts';

// KEYS: expiries. ARGV: now, how many. Answers members.
const expired = script(
  `return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])`,
);

// KEYS: metas, and the sessions of a user if only those are looked at. ARGV: where to go on, how
// many to look at, now, since when sessions are untouched. Answers where the next look goes on, 0
// at the end, and members.
const untouched = script(`
  ${META}
  local from, count, found = ARGV[1], tonumber(ARGV[2]), {}
  local next, rows
  if KEYS[2] then
    local members = redis.call('ZRANGE', KEYS[2], from, from + count - 1)
    next, rows = #members < count and '0' or string.format('%d', from + count), {}
    for i, member in ipairs(members) do
      rows[2 * i - 1], rows[2 * i] = member, redis.call('HGET', KEYS[1], member) or ''
    end
  else
    local reply = redis.call('HSCAN', KEYS[1], from, 'COUNT', count)
    next, rows = reply[1], reply[2]
  end
  for i = 1, #rows, 2 do
    local meta = readMeta(rows[i + 1])
    if meta and (isGone(meta, ARGV[3]) or tonumber(meta.touched) <= tonumber(ARGV[4])) then
      found[#found + 1] = rows[i]
    end
  end
  return {next, found}
`);

export function findExpired(expiries: string, { now, limit }: PreparedSweep): ScriptCall {
  return expired([expiries], [String(now), String(limit)]);
}

export interface UntouchedRun extends PreparedSweep {
  readonly untouchedSince: number;
  readonly metas: string;
  /** The sessions of the user. */
  readonly sessions?: string | undefined;
  /** Where the last look ended; '0' at the start. */
  readonly from: string;
}

// So many metas are read in less time than a long append takes.
const LOOK = 500;

export function findUntouched(run: UntouchedRun): ScriptCall {
  const { metas, sessions, from, now, untouchedSince } = run;
  const keys = sessions === undefined ? [metas] : [metas, sessions];
  return untouched(keys, [from, String(LOOK), String(now), String(untouchedSince)]);
}

export function readUntouched(
  reply: unknown,
  appName: string,
): { readonly next: string; readonly found: readonly SessionKey[] } {
  const [next, members] = readList(reply);
  return { next: readText(next), found: readMembers(members, appName) };
}

/** The keys of members. */
export function readMembers(reply: unknown, appName: string): readonly SessionKey[] {
  return readTexts(reply).map((member) => ({ appName, ...splitMember(member) }));
}
