import type { Audit, BenchStore } from '../contestants/bench-store.ts';
import type { Check } from './question.ts';
import { keysOf, type Load, type Writer } from './run-load.ts';

/** Looks whether what was acknowledged is there; nothing where the store cannot say. */
export async function checkLoad(
  store: BenchStore,
  load: Load,
): Promise<{ readonly check?: Check }> {
  if (store.audit === undefined) return {};
  const audits = new Map<string, Audit>();
  for (const { session } of load.writers) {
    if (!audits.has(session)) audits.set(session, await store.audit({ user: load.user, session }));
  }
  const check = { acknowledged: 0, lostEvents: 0, keys: 0, lostKeys: 0 };
  for (const writer of load.writers) {
    const audit = audits.get(writer.session);
    check.acknowledged += writer.acknowledged.length;
    check.lostEvents += lostEvents(writer, audit);
    const keys =
      audit?.state === undefined || writer.last === undefined ? [] : keysOf(writer, load);
    check.keys += keys.length;
    check.lostKeys += keys.filter((key) => isLost(audit?.state?.[key], writer)).length;
  }
  const numbered = [...audits.values()].flatMap(({ seqs }) => (seqs === undefined ? [] : [seqs]));
  return {
    check: {
      ...check,
      refused: load.refused,
      ...(numbered.length > 0 ? { gaps: numbered.reduce((sum, seqs) => sum + gaps(seqs), 0) } : {}),
      ...(load.failure === undefined ? {} : { failure: load.failure }),
    },
  };
}

function lostEvents({ acknowledged }: Writer, audit: Audit | undefined): number {
  const times = new Map<string, number>();
  for (const id of audit?.ids ?? []) times.set(id, (times.get(id) ?? 0) + 1);
  return acknowledged.filter((id) => times.get(id) !== 1).length;
}

/** A later value than the last acknowledged one is of an append that failed after it wrote. */
function isLost(value: unknown, { last = 0 }: Writer): boolean {
  return typeof value !== 'number' || value < last;
}

function gaps(seqs: readonly number[]): number {
  return seqs.filter((seq, i) => seq !== i + 1).length;
}
