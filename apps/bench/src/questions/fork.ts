import { CONTESTANTS } from '../contestants/catalogue.ts';
import { Filler } from './filler.ts';
import { type MeasuredSize, measureSizes } from './measure-cells.ts';
import type { Question } from './question.ts';
import { timeCalls } from './time-calls.ts';
import { withStore } from './with-store.ts';

const user = 'forker';
const MAX_FORKS = 100;

/** What a copy of a session costs. */
export const fork: Question = {
  id: 'fork',
  // How durable a write is has little to do with it.
  contestants: CONTESTANTS.filter(({ kind, group }) => kind !== 'peer' && group !== 'sqlite-full'),
  sections: [
    {
      id: 'fork',
      title: 'Fork a session',
      unit: 'µs',
      axis: 'events copied',
      picture: 'none',
      method:
        'A new session with all events of another one and its state. The limits copy the rows of the session and its events, and nothing else.',
    },
  ],
  cells: ({ histories, fullHistory }) =>
    columnsOf({ histories, fullHistory }).map((at) => ({ section: 'fork', at })),
  answer(asked) {
    const { effort } = asked;
    return withStore({ asked, kinds: [] }, async (store) => {
      const { fork: copy } = store;
      if (copy === undefined) return [];
      const sizes = columnsOf(effort).map((at): MeasuredSize => {
        const session = `forked-${at}`;
        let n = 0;
        const call = () => copy({ user, session, target: `${session}-${n++}` });
        return {
          at,
          fill: () =>
            new Filler(store, asked).fill({ user, sessions: [session], from: 0, count: at }),
          measure: () => timeCalls({ ...effort, call, maxCalls: MAX_FORKS }),
        };
      });
      return await measureSizes({ store, asked }, sizes);
    });
  },
};

function columnsOf({
  histories,
  fullHistory,
}: {
  readonly histories: readonly number[];
  readonly fullHistory: number;
}): readonly number[] {
  return [histories[0] ?? 1, fullHistory];
}
