import type { BenchStore } from '../contestants/bench-store.ts';
import { CONTESTANTS } from '../contestants/catalogue.ts';
import { Filler, orMissing } from './filler.ts';
import type { Answer, Question } from './question.ts';

const COLUMNS = [
  { at: 'a session without events', user: 'idler', events: 0 },
  { at: 'a session of 10 events', user: 'talker', events: 10 },
];

/** What sessions and events weigh where they are kept in memory. */
export const memoryUse: Question = {
  id: 'memory',
  contestants: CONTESTANTS.filter(({ group }) => group === 'memory' || group === 'redis'),
  sections: [
    {
      id: 'memory',
      title: 'Memory',
      unit: 'bytes',
      axis: 'each',
      picture: 'none',
      method:
        'The mean of 10,000 sessions. In memory it is what the process uses after a collection of garbage, in Redis what MEMORY USAGE says of all keys.',
    },
  ],
  cells: () => COLUMNS.map(({ at }) => ({ section: 'memory', at })),
  async answer(asked) {
    const { contestant, place, effort, cells } = asked;
    const count = effort.memorySessions;
    const sessions = Array.from({ length: count }, (_, i) => `session-${i}`);
    const store = await contestant.open(place);
    try {
      // So that what a first call makes once is there before.
      await store.fill({ user: 'first', sessions: ['session'], from: 0, count: 10 });
      const answers: Answer[] = [];
      for (const { at, user, events } of COLUMNS) {
        const cell = cells.find((each) => each.at === at);
        if (cell === undefined) continue;
        const outcome = await orMissing(async () => {
          const before = await bytesOf(store);
          await new Filler(store, asked).fill({ user, sessions, from: 0, count: events });
          return { value: ((await bytesOf(store)) - before) / count };
        });
        answers.push({ ...cell, ...outcome });
      }
      return answers;
    } finally {
      await store.close();
    }
  },
};

async function bytesOf(store: BenchStore): Promise<number> {
  if (store.bytes !== undefined) return store.bytes();
  if (globalThis.gc === undefined) throw new Error('needs node --expose-gc');
  for (let i = 0; i < 3; i++) {
    // What waits for a turn of the event loop can hold memory.
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
