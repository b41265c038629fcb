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

type Kind = 'recent' | 'list' | 'append';

/**
 * Opens the store of a contestant, lets it do for a while the `kinds` of calls that it will be
 * asked for, so that their code is compiled before anything counts, and closes it after `work`.
 */
export async function withStore<Result>(
  { asked, kinds }: { readonly asked: Asked; readonly kinds: readonly Kind[] },
  work: (store: BenchStore) => Promise<Result>,
): Promise<Result> {
  const store = await asked.contestant.open(asked.place);
  try {
    // Who cannot be filled in time is not to be measured, either, and says so there.
    await orMissing(() => warmUp(store, { asked, kinds }));
    return await work(store);
  } finally {
    await store.close();
  }
}

async function warmUp(
  store: BenchStore,
  { asked, kinds }: { readonly asked: Asked; readonly kinds: readonly Kind[] },
): Promise<void> {
  const { effort } = asked;
  const filler = new Filler(store, asked);
  const others = Array.from({ length: SESSIONS - 1 }, (_, i) => `${user}-${i + 1}`);
  await filler.fill({ user, sessions: others, from: 0, count: 0 });
  await filler.fill({ user, sessions: [session], from: 0, count: HISTORY });
  const limits = { warmUpMs: 0, measureMs: effort.startUpMs, maxCalls: CALLS };
  const calls: Record<Kind, () => Promise<unknown>> = {
    recent: () =>
      timeReads(limits, {
        expected: 20,
        read: store.recent,
        request: { user, session, count: 20 },
      }),
    list: () =>
      timeReads(limits, {
        expected: SESSIONS,
        read: store.list,
        request: { user, limit: SESSIONS },
      }),
    append: () =>
      timeAppends({
        ...{ store, filler, user, session, history: HISTORY },
        ...{ effort: { ...effort, ...limits }, maxCalls: CALLS },
      }),
  };
  for (const kind of kinds) await calls[kind]();
}
