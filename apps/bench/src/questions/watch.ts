import { CONTESTANTS } from '../contestants/catalogue.ts';
import { APP, sampleEvent } from '../contestants/sample-event.ts';
import type { Answer, Question } from './question.ts';
import { withStore } from './with-store.ts';

const user = 'watched';

/** What those who watch cost, and how soon they are told. */
export const watch: Question = {
  id: 'watch',
  contestants: CONTESTANTS.filter(
    ({ kind, group }) => kind === 'holdfast' && group !== 'sqlite-full',
  ),
  sections: [
    {
      id: 'watch-idle',
      title: 'Watch sessions in which nothing happens',
      unit: 'ms',
      axis: 'watchers, each of a session',
      picture: 'none',
      method:
        'Time of the processor that the process takes in a second: what it costs to ask again and again whether anything has changed.',
    },
    {
      id: 'watch-told',
      title: 'From an append to its watcher',
      unit: 'µs',
      axis: 'watchers, each of a session',
      picture: 'none',
      method:
        'An append, and the arrival of its event at the watcher in the same process, one after the other. The append is a part of it.',
    },
  ],
  cells: ({ watchers }) =>
    ['watch-idle', 'watch-told'].flatMap((section) => [1, watchers].map((at) => ({ section, at }))),
  answer(asked) {
    const { effort } = asked;
    return withStore({ asked, kinds: ['append'] }, async ({ service }): Promise<Answer[]> => {
      if (service === undefined) return [];
      const answers: Answer[] = [];
      for (const at of [1, effort.watchers]) {
        const keys = Array.from({ length: at }, (_, i) => ({
          appName: APP,
          userId: user,
          sessionId: `watched-${at}-${i}`,
        }));
        for (const key of keys) await service.create(key);
        const ending = new AbortController();
        const watching = keys.map((key) =>
          service.watch({ ...key, signal: ending.signal })[Symbol.asyncIterator](),
        );
        const next = watching.map((iterator) => iterator.next());
        // By then all of them wait.
        await pause(effort.warmUpMs);
        const before = process.cpuUsage();
        const start = performance.now();
        await pause(5 * effort.measureMs);
        const { user: own, system } = process.cpuUsage(before);
        const seconds = (performance.now() - start) / 1000;
        answers.push({ section: 'watch-idle', at, value: (own + system) / 1000 / seconds });

        let [n, took] = [0, 0];
        while (took < effort.measureMs) {
          const i = n % at;
          const began = performance.now();
          await service.appendEvent({
            ...(keys[i] as (typeof keys)[number]),
            event: sampleEvent(n),
          });
          await next[i];
          took += performance.now() - began;
          next[i] = (watching[i] as (typeof watching)[number]).next();
          n++;
        }
        answers.push({ section: 'watch-told', at, value: (took * 1000) / n });
        ending.abort();
        await Promise.allSettled(next);
      }
      return answers;
    });
  },
};

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
