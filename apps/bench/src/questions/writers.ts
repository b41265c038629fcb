import type { BenchStore } from '../contestants/bench-store.ts';
import { CONTESTANTS } from '../contestants/catalogue.ts';
import { checkLoad } from './check-load.ts';
import type { Answer, Asked, Cell, Question } from './question.ts';
import { runLoad } from './run-load.ts';
import { withStore } from './with-store.ts';

const COLUMNS = [
  { at: '16 sessions', sessions: 16, app: false },
  { at: 'one session', sessions: 1, app: false },
  { at: '16 sessions, `app:` state', sessions: 16, app: true },
  { at: 'one session, `app:` state', sessions: 1, app: true },
];

/** How many appends a second 16 writers reach, and whether all of it is there afterwards. */
export const writers: Question = {
  id: 'writers',
  contestants: CONTESTANTS,
  sections: [
    {
      id: 'writers',
      title: '16 writers at once',
      unit: 'appends/s',
      axis: 'writing to',
      picture: 'bars',
      method:
        'Sixteen writers in one process append at the same time, each to a session of its own or all to one, each one append after the other. An append sets a key of its writer in the scopes of the session and the user, and in the last two columns in that of the app. Appends that were acknowledged count. Then a check looks whether they are there, whether numbers are missing between them, and whether each key has the value that was acknowledged last.',
    },
  ],
  cells: () => COLUMNS.map(({ at }) => ({ section: 'writers', at })),
  answer(asked) {
    return withStore({ asked, kinds: [] }, async (store) => {
      await runLoad(store, {
        user: 'load',
        sessions: 16,
        app: true,
        ms: asked.effort.startUpMs,
      });
      const answers: Answer[] = [];
      for (const cell of asked.cells) answers.push(await measureLoad(store, { asked, cell }));
      return answers;
    });
  },
};

async function measureLoad(
  store: BenchStore,
  { asked, cell }: { readonly asked: Asked; readonly cell: Cell },
): Promise<Answer> {
  const column = COLUMNS.find(({ at }) => at === cell.at);
  if (column === undefined) throw new Error(`there is no column ${cell.at}`);
  const { effort } = asked;
  const name = `load-${COLUMNS.indexOf(column)}`;
  await runLoad(store, { ...column, user: `${name}-warm-up`, ms: effort.loadMs / 4 });
  globalThis.gc?.({ type: 'minor' });
  const load = await runLoad(store, { ...column, user: name, ms: effort.loadMs });
  return { ...cell, value: load.rate, ...(await checkLoad(store, load)) };
}
