import type { PreparedErase } from '@holdfast/session/store';
import { formatNumbered } from '../stored-text.ts';
import { APPEND, type AppendRun, appendArguments, scopeArguments } from './append-events.ts';
import { reservable } from './reserved.ts';
import type { ScriptCall } from './script.ts';

// An append whose arguments go on with what stays of events that are stored: the `seq` and the entry
// of each in turn. Nothing is written if there is not an event at each place.
const CHECK = `
  local stubs, stubOf, most = split(ARGV[2 * scopes - 5]), {}, 0
  for i = 1, #stubs, 2 do
    local seq = tonumber(stubs[i])
    if seq > length then return -1 end
    stubOf[seq], most = stubs[i + 1], math.max(most, seq)
  end
`;

// To put many in their places one by one takes some 30 µs each. So if most of the first events go,
// the beginning of the list is made anew.
const WRITE = `
  if #stubs < 200 or 10 * #stubs < most then
    for seq, stub in pairs(stubOf) do redis.call('LSET', KEYS[4], seq - 1, stub) end
  else
    for from = 1, most, 500 do
      local to, isWhole = math.min(from + 499, most), true
      for seq = from, to do isWhole = isWhole and stubOf[seq] end
      local some = isWhole and {} or redis.call('LRANGE', KEYS[4], from - 1, to - 1)
      for i, text in ipairs(some) do
        local seq = from + i - 1
        stubOf[seq] = stubOf[seq] or text
      end
    end
    redis.call('LTRIM', KEYS[4], most, -1)
    for from = most, 1, -500 do
      local some = {}
      for seq = from, math.max(from - 499, 1), -1 do some[#some + 1] = stubOf[seq] end
      redis.call('LPUSH', KEYS[4], unpack(some))
    end
  end
`;

const append = reservable({
  read: APPEND.read + APPEND.check + CHECK,
  write: APPEND.write + WRITE,
  answer: "return {'written', length + #texts, meta.incarnation, stamp}",
});

export interface EraseRun extends AppendRun {
  readonly append: PreparedErase;
}

export function appendErasing(run: EraseRun): ScriptCall {
  const { bucket, keys, args, scopes } = appendArguments(run);
  const stubs = run.append.stubs.flatMap((stub) => [String(stub.seq), formatNumbered(stub)]);
  args.push(...scopeArguments(scopes), stubs.join('\n'));
  return append(run.app, { bucket, keys, args });
}
