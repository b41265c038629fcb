import type { BenchStore } from '../contestants/bench-store.ts';
import { CONTESTANTS } from '../contestants/catalogue.ts';
import { eventId } from '../contestants/sample-event.ts';
import { timeAppends } from './appender.ts';
import { Filler } from './filler.ts';
import { type MeasuredSize, measureSizes } from './measure-cells.ts';
import type { Asked, Question } from './question.ts';
import { timeReads } from './time-calls.ts';
import { withStore } from './with-store.ts';

const user = 'user';
const MAX_APPENDS = 20_000;

/** What appends and reads cost in a session of some length. */
export const history: Question = {
  id: 'history',
  contestants: CONTESTANTS,
  sections: [
    {
      id: 'append',
      title: 'Append an event',
      unit: 'µs',
      axis: 'events before',
      picture: 'lines',
      method:
        'One writer, one append after the other. The event has a text and a function call, about 400 bytes as JSON, and sets one key of state in each of the three scopes. A session grows by a tenth while it is measured (by 50 events at least), then another one has its turn.',
    },
    {
      id: 'recent',
      title: 'Read the last 20 events',
      unit: 'µs',
      axis: 'events in the session',
      picture: 'lines',
      method: 'A session with its state and its last 20 events, one read after the other.',
    },
    {
      id: 'full',
      title: 'Read a whole session',
      unit: 'µs',
      axis: 'events in the session',
      picture: 'none',
      method: 'A session with its state and all its events, one read after the other.',
    },
  ],
  // Reads come first: an append changes the session.
  cells: ({ histories, fullHistory }) => [
    ...histories.map((at) => ({ section: 'recent', at })),
    { section: 'full', at: fullHistory },
    ...histories.map((at) => ({ section: 'append', at })),
  ],
  answer(asked) {
    return withStore({ asked, kinds: ['recent', 'append'] }, async (store) => {
      const sizes = asked.effort.histories.map((at) => sizeOf(store, { ...asked, at }));
      return await measureSizes({ store, asked }, sizes);
    });
  },
};

function sizeOf(store: BenchStore, asked: Asked & { readonly at: number }): MeasuredSize {
  const { at, effort } = asked;
  const filler = new Filler(store, asked);
  const session = `s${at}`;
  return {
    at,
    fill: () => filler.fill({ user, sessions: [session], from: 0, count: at }),
    measure: async ({ section }) => {
      switch (section) {
        case 'recent':
          return timeReads(effort, {
            expected: Math.min(20, at),
            read: store.recent,
            request: { user, session, count: 20 },
            ids: [eventId(at - 1), eventId(Math.max(0, at - 20))],
          });
        case 'full':
          return timeReads(effort, {
            expected: at,
            read: store.full,
            request: { user, session },
          });
        default:
          return timeAppends({
            ...{ store, filler, user, session, history: at },
            ...{ effort, maxCalls: MAX_APPENDS },
          });
      }
    },
  };
}
