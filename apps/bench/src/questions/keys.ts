import { CONTESTANTS } from '../contestants/catalogue.ts';
import { sampleDelta } from '../contestants/sample-event.ts';
import { measureSizes } from './measure-cells.ts';
import type { Question } from './question.ts';
import { timeCalls } from './time-calls.ts';
import { withStore } from './with-store.ts';

const user = 'user';

/** What an append costs where much state is there. */
export const keys: Question = {
  id: 'keys',
  contestants: CONTESTANTS.filter(({ kind }) => kind === 'holdfast'),
  sections: [
    {
      id: 'append-keys',
      title: 'Append where there is much state',
      unit: 'µs',
      axis: 'keys in each scope',
      picture: 'none',
      method: 'An append that changes one key in each of the three scopes, which have many others.',
    },
  ],
  cells: (effort) => [0, effort.keys].map((at) => ({ section: 'append-keys', at })),
  answer(asked) {
    const { effort } = asked;
    return withStore({ asked, kinds: ['append'] }, async (store) => {
      const { createWithState } = store;
      if (createWithState === undefined) return [];
      const sizes = [0, effort.keys].map((at) => {
        const session = `keys-${at}`;
        let n = 0;
        return {
          at,
          fill: () => createWithState({ user, session, keys: at }),
          measure: () => {
            const call = () => {
              n++;
              return store.append({ user, session, writer: 0, n, delta: sampleDelta(n) });
            };
            return timeCalls({ ...effort, call });
          },
        };
      });
      return await measureSizes({ store, asked }, sizes);
    });
  },
};
