import type { PreparedErase } from '@holdfast/session/store';
import { formatNumbered } from '../stored-text.ts';
import { APPEND, type AppendRun, appendArguments, scopeArguments } from './append-events.ts';
import { reservable } from './reserved.ts';
import type { ScriptCall } from './script.ts';

// An append whose arguments go on with what stays of events that are stored: the `seq` and the entry
// of each in turn. Nothing is written if there is not an event at each place.
const CHECK = `
  local stubs = split(ARGV[2 * scopes - 5])
  for i = 1, #stubs, 2 do
    if tonumber(stubs[i]) > length then return -1 end
  end
`;

const WRITE = `
  for i = 1, #stubs, 2 do redis.call('LSET', KEYS[4], stubs[i] - 1, stubs[i + 1]) end
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
