import type { BenchStore } from '../contestants/bench-store.ts';
import { CONTESTANTS } from '../contestants/catalogue.ts';
import { eventId } from '../contestants/sample-event.ts';
import { timeAppends } from './appender.ts';
import { Filler } from './filler.ts';
import { type MeasuredSize, measureSizes } from './measure-cells.ts';
import type { Asked, Question } from './question.ts';
import { timeReads } from './time-calls.ts';
import { withStore } from './with-store.ts';

const user = 'many';
const PAGE = 50;
const HISTORY = 100;
const MAX_APPENDS = 20_000;

const columns = { unit: 'µs', axis: 'sessions of the user' } as const;

/** What pages, reads and appends cost for a user with many sessions. */
export const among: Question = {
  id: 'among',
  contestants: CONTESTANTS.filter(({ group }) => group !== 'sqlite-full'),
  sections: [
    {
      ...columns,
      id: 'page',
      title: 'List a page of 50 sessions',
      picture: 'lines',
      method: 'The 50 sessions of a user that changed last, without their events.',
    },
    {
      ...columns,
      id: 'append-among',
      title: 'Append among many sessions',
      picture: 'lines',
      method: 'An append to a session of 100 events, whose user has that many others.',
    },
    {
      ...columns,
      id: 'recent-among',
      title: 'Read the last 20 events among many sessions',
      picture: 'none',
      method: 'Of a session of 100 events, whose user has that many others.',
    },
  ],
  // Reads come first: an append changes the session.
  cells: ({ sessionCounts }) =>
    ['page', 'recent-among', 'append-among'].flatMap((section) =>
      sessionCounts.map((at) => ({ section, at })),
    ),
  answer(asked) {
    return withStore({ asked, kinds: ['list', 'recent', 'append'] }, async (store) => {
      const { sessionCounts } = asked.effort;
      const sizes = sessionCounts.map((at, i) =>
        sizeOf(store, { ...asked, at, before: sessionCounts[i - 1] ?? 0 }),
      );
      return await measureSizes({ store, asked }, sizes);
    });
  },
};

function sizeOf(
  store: BenchStore,
  asked: Asked & { readonly at: number; readonly before: number },
): MeasuredSize {
  const { at, before, effort } = asked;
  const filler = new Filler(store, asked);
  const session = `target-${at}`;
  return {
    at,
    async fill() {
      const sessions = Array.from({ length: at - before }, (_, i) => `many-${before + i}`);
      await filler.fill({ user, sessions, from: 0, count: 0 });
      await filler.fill({ user, sessions: [session], from: 0, count: HISTORY });
    },
    canAnswer: ({ section }) => section !== 'page' || store.list !== undefined,
    measure: async ({ section }) => {
      switch (section) {
        case 'page':
          return timeReads(effort, {
            expected: Math.min(PAGE, at + 1),
            read: store.list,
            request: { user, limit: PAGE },
          });
        case 'recent-among':
          return timeReads(effort, {
            expected: 20,
            read: store.recent,
            request: { user, session, count: 20 },
            ids: [eventId(HISTORY - 1), eventId(HISTORY - 20)],
          });
        default:
          return timeAppends({
            ...{ store, filler, user, session, history: HISTORY },
            ...{ effort, maxCalls: MAX_APPENDS },
          });
      }
    },
  };
}
