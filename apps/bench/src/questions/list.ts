import type { BenchStore } from '../contestants/bench-store.ts';
import { CONTESTANTS } from '../contestants/catalogue.ts';
import { Filler } from './filler.ts';
import { type MeasuredSize, measureCells } from './measure-cells.ts';
import type { Answer, Asked, Question } from './question.ts';
import { timeReads } from './time-calls.ts';
import { withStore } from './with-store.ts';

const PAGE = 50;

/** The columns. */
const FIRST = 'first 50';
const ALL = 'all';
const EMPTY = 'all, without events';

/** What it costs to list the sessions of a user. */
export const list: Question = {
  id: 'list',
  // How durable a write is does not matter to a list.
  contestants: CONTESTANTS.filter(({ group }) => group !== 'sqlite-full'),
  sections: [
    {
      id: 'list',
      title: "List a user's 1,000 sessions",
      unit: 'µs',
      axis: 'sessions listed',
      picture: 'none',
      method:
        'The sessions that changed last, without their events: the first 50, and all 1,000. They have 20 events each; in the last column none. Where events are never read, the last two columns are alike.',
    },
  ],
  cells: () => [FIRST, ALL, EMPTY].map((at) => ({ section: 'list', at })),
  answer(asked) {
    return withStore({ asked, kinds: ['list'] }, async (store) => {
      const answers: Answer[] = [];
      if (store.list === undefined) return answers;
      const filled = new Map<string, Promise<void>>();
      for (const at of [FIRST, ALL, EMPTY]) {
        answers.push(
          ...(await measureCells({ store, asked }, columnOf(at, { store, asked, filled }))),
        );
      }
      return answers;
    });
  },
};

function columnOf(
  at: string,
  context: {
    readonly store: BenchStore;
    readonly asked: Asked;
    readonly filled: Map<string, Promise<void>>;
  },
): MeasuredSize {
  const { store, asked, filled } = context;
  const count = asked.effort.listedSessions;
  const user = at === EMPTY ? 'idler' : 'lister';
  const limit = at === FIRST ? Math.min(PAGE, count) : count;
  return {
    at,
    fill() {
      const sessions = Array.from({ length: count }, (_, i) => `${user}-${i}`);
      const events = at === EMPTY ? 0 : 20;
      const known =
        filled.get(user) ??
        new Filler(store, asked).fill({ user, sessions, from: 0, count: events });
      filled.set(user, known);
      return known;
    },
    measure: () =>
      timeReads(asked.effort, {
        expected: limit,
        read: store.list,
        request: { user, limit },
      }),
  };
}
