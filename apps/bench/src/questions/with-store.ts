import type { BenchStore } from '../contestants/bench-store.ts';
import { timeAppends } from './appender.ts';
import { Filler, orMissing } from './filler.ts';
import type { Asked } from './question.ts';
import { timeReads } from './time-calls.ts';

const user = 'warm-up';
const session = 'warm-up-0';
const SESSIONS = 50;
const HISTORY = 100;

/** Of each kind. After so many, code that is to be compiled is compiled. */
const CALLS = 3_000;

/**
 * Opens the store of a contestant, lets it do for a while what it will be asked for, so that its
 * code is compiled before anything counts, and closes it after `work`.
 */
export async function withStore<Result>(
  asked: Asked,
  work: (store: BenchStore) => Promise<Result>,
): Promise<Result> {
  const store = await asked.contestant.open(asked.place);
  try {
    // Who cannot be filled in time is not to be measured, either, and says so there.
    await orMissing(() => warmUp(store, asked));
    return await work(store);
  } finally {
    await store.close();
  }
}

async function warmUp(store: BenchStore, asked: Asked): Promise<void> {
  const { effort } = asked;
  const filler = new Filler(store, asked);
  const others = Array.from({ length: SESSIONS - 1 }, (_, i) => `${user}-${i + 1}`);
  await filler.fill({ user, sessions: others, from: 0, count: 0 });
  await filler.fill({ user, sessions: [session], from: 0, count: HISTORY });
  const limits = { warmUpMs: 0, measureMs: effort.startUpMs / 3, maxCalls: CALLS };
  await timeReads(limits, {
    expected: 20,
    read: store.recent,
    request: { user, session, count: 20 },
  });
  await timeReads(limits, {
    expected: SESSIONS,
    read: store.list,
    request: { user, limit: SESSIONS },
  });
  await timeAppends({
    ...{ store, filler, user, session, history: HISTORY },
    ...{ effort: { ...effort, ...limits }, maxCalls: CALLS },
  });
}
