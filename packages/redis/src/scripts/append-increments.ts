import type { AppendOutcome, IncrementRefused, PreparedIncrement } from '@holdfast/session/store';
import type { StoredScope } from '@holdfast/state/internal';
import type { WriteOutcome } from '../app-state.ts';
import { integerOf, readText, unexpected } from '../read-reply.ts';
import {
  APPEND,
  type AppendRun,
  appendArguments,
  readAppendReply,
  scopeArguments,
} from './append-events.ts';
import { reservable } from './reserved.ts';
import { PUT, type ScriptCall, SPLIT, script } from './script.ts';
import { SUM } from './sum.ts';

// An append whose arguments go on with the increments: the key of a state by its number, a name and
// what is added, in turn. It answers the number and the name if a value is unfit.
const ADD = `
  ${SUM}
  redis.call('ZCARD', KEYS[1])
  local sums, increments = {}, split(ARGV[2 * scopes - 5])
  for key = 9, scopes do sums[key] = {} end
  for i = 1, #increments, 3 do
    local key, name = tonumber(increments[i]), increments[i + 1]
    local sum = sumOf(redis.call('HGET', KEYS[key], name), tonumber(increments[i + 2]))
    if not sum then return {'unfit', key, name} end
    local own = sums[key]
    own[#own + 1], own[#own + 2] = name, sum
  end
`;

// Before removals: a key that they make vanish is not touched again.
const WRITE = `
  for key = 9, scopes do left[key] = left[key] + put('HSET', KEYS[key], sums[key]) end
`;

const append = reservable({
  read: APPEND.read + APPEND.check + ADD,
  write: WRITE + APPEND.write,
  answer: "return {'written', length + #texts, meta.incarnation, stamp}",
});

// What an append would be refused for, if it were not for an increment of the app's state.
const look = script(`${SPLIT}${PUT}${APPEND.read}
  return 'unfit'`);

export interface IncrementRun extends AppendRun {
  readonly append: PreparedIncrement;
}

export function appendIncrements(run: IncrementRun): ScriptCall {
  const { bucket, keys, args, scopes } = appendArguments(run);
  const { increments } = run.append;
  const lines = scopes.flatMap(({ scope }, i) =>
    [...increments[scope]].flatMap(([name, by]) => [i + FIRST_SCOPE, name, by]),
  );
  args.push(...scopeArguments(scopes), lines.join('\n'));
  return append(run.app, { bucket, keys, args });
}

/** Answers what keeps an append from being written, if anything does; and it is not written. */
export function lookAtAppend(run: IncrementRun): ScriptCall {
  const { keys, args } = appendArguments(run);
  return look(keys, args);
}

// The number of the first key of a state.
const FIRST_SCOPE = 9;

/** What became of an append with increments. */
export type IncrementOutcome = (AppendOutcome | IncrementRefused) & WriteOutcome;

export function readIncrementReply(run: IncrementRun, reply: unknown): IncrementOutcome | 'stale' {
  if (!Array.isArray(reply) || reply[0] !== 'unfit') return readAppendReply(run.append, reply);
  const { scopes } = appendArguments(run);
  const key = integerOf(reply[1]) ?? 0;
  const scope: StoredScope | undefined = scopes[key - FIRST_SCOPE]?.scope;
  if (scope === undefined) throw unexpected('a scope', reply[1]);
  return { type: 'unfit', scope, name: readText(reply[2]) };
}

/** What `lookAtAppend` answers; undefined if nothing kept the append from being written. */
export function readLookReply(
  { append: prepared }: IncrementRun,
  reply: unknown,
): (AppendOutcome & WriteOutcome) | undefined {
  const outcome = reply === 'unfit' ? undefined : readAppendReply(prepared, reply);
  if (outcome === 'stale') throw unexpected('an outcome', reply);
  return outcome;
}
