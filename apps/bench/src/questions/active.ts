import { CONTESTANTS } from '../contestants/catalogue.ts';
import { APP } from '../contestants/sample-event.ts';
import { Filler } from './filler.ts';
import { type MeasuredSize, measureSizes } from './measure-cells.ts';
import type { Question } from './question.ts';
import { timeReads } from './time-calls.ts';
import { withStore } from './with-store.ts';

const user = 'summarizer';

/** How many events are behind what the summary covers, without it. */
const LIVE = 50;

/** In the short form, sessions are shorter than that. */
const liveOf = (events: number) => Math.min(LIVE, Math.floor(events / 2));

/** What the active part of a session costs, whose older events a summary covers. */
export const active: Question = {
  id: 'active',
  contestants: CONTESTANTS.filter(
    ({ kind, group }) => kind === 'holdfast' && group !== 'sqlite-full',
  ),
  sections: [
    {
      id: 'active',
      title: 'Read what is active behind a summary',
      unit: 'µs',
      axis: 'events in the session',
      picture: 'lines',
      method:
        'A session with its state, its summary, and the last fifty events, which the summary does not cover.',
    },
  ],
  cells: ({ histories }) => histories.map((at) => ({ section: 'active', at })),
  answer(asked) {
    const { effort } = asked;
    return withStore({ asked, kinds: ['recent'] }, async (store) => {
      const { service } = store;
      if (service === undefined) return [];
      const sizes = effort.histories.map((at): MeasuredSize => {
        const session = `summarized-${at}`;
        const key = { appName: APP, userId: user, sessionId: session };
        return {
          at,
          async fill() {
            await new Filler(store, asked).fill({ user, sessions: [session], from: 0, count: at });
            const compactedContent = { role: 'model', parts: [{ text: 'What was said.' }] };
            const compaction = { fromSeq: 1, throughSeq: at - liveOf(at), compactedContent };
            await service.appendEvent({ ...key, event: { actions: { compaction } } });
          },
          measure: () =>
            timeReads(effort, {
              expected: liveOf(at) + 1,
              read: (request) => service.get(request),
              request: { ...key, active: true },
            }),
        };
      });
      return await measureSizes({ store, asked }, sizes);
    });
  },
};
