import {
  type Event,
  type SessionKey,
  type SessionService,
  wrapSessionService,
} from '@holdfast/session';
import { expect, it, vi } from 'vitest';
import { activeEvents } from './active-events.ts';
import { compact } from './compact.ts';
import {
  allOf,
  countTo,
  labelsOf,
  newSession,
  says,
  summary,
  turns,
} from './conversation.fixture.ts';
import { describeStores } from './stores.fixture.ts';

const WRITERS = 8;

/** Writers that append without a pause until they are told to stop. */
function startWriters(service: SessionService, key: SessionKey) {
  const written: Event[][] = [];
  let isStopped = false;
  let wake = () => {};
  const write = async (events: Event[], name: string) => {
    while (!isStopped) {
      const event = says(`${name}: ${events.length}`);
      events.push(await service.appendEvent({ ...key, event }));
      wake();
    }
  };
  const done = Promise.all(
    countTo(WRITERS).map((n) => {
      const events: Event[] = [];
      written.push(events);
      return write(events, `writer ${n}`);
    }),
  );
  return {
    /** Waits until each has appended so many more. */
    async more(count: number): Promise<void> {
      const goals = written.map((events) => events.length + count);
      while (!isStopped && written.some((events, i) => events.length < (goals[i] ?? 0))) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async stop(): Promise<readonly Event[]> {
      isStopped = true;
      await done;
      return written.flat();
    },
  };
}

await describeStores((stores) => {
  it('loses and covers nothing of what others append while a summary is made and appended', async () => {
    const service = await stores.open();
    const key = await newSession(service, turns(1, 20));
    const writers = startWriters(service, key);
    await writers.more(1);
    let before: readonly Event[] = [];
    const summarize = vi.fn(async (events: readonly Event[]) => {
      before = events;
      await writers.more(20);
      return summary('so far');
    });
    // More are appended before each attempt to append the summary, too.
    const busy = wrapSessionService(service, {
      async appendEvent(next, request) {
        await writers.more(1);
        return next(request);
      },
    });
    const result = await compact(busy, { ...key, summarize, keep: { events: 5 } })
      .then(async (compacted) => {
        await writers.more(2);
        return compacted;
      })
      .finally(writers.stop);
    const written = await writers.stop();

    expect(result).toMatchObject({ type: 'compacted', covered: before.length });
    const all = await allOf(service, key);
    expect(all.map(({ seq }) => seq)).toEqual(countTo(all.length));
    expect(all).toHaveLength(40 + written.length + 1);
    const bySeq = [...written].sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
    expect(all.slice(40).filter(({ actions }) => !actions.compaction)).toEqual(bySeq);
    expect(all.filter(({ actions }) => actions.compaction)).toHaveLength(1);
    const through = before.at(-1)?.seq ?? 0;
    const active = activeEvents((await service.get({ ...key, active: true })) ?? []);
    expect(labelsOf(active)).toEqual([
      `1-${through}`,
      ...all.slice(through).flatMap(({ seq, actions }) => (actions.compaction ? [] : [seq])),
    ]);
  });

  it('takes back a summary that has become wrong, though others append without a pause', async () => {
    const service = await stores.open();
    const key = await newSession(service, turns(1, 20));
    const writers = startWriters(service, key);
    const retract = { throughSeq: 3 };
    let appends = 0;
    const busy = wrapSessionService(service, {
      async appendEvent(next, request) {
        await writers.more(1);
        // Right before it is appended without looking.
        if (++appends === 5) await service.appendEvent({ ...key, event: { actions: { retract } } });
        return next(request);
      },
    });
    const request = { ...key, summarize: () => summary('so far') };
    const result = await compact(busy, request).finally(writers.stop);
    expect(result).toMatchObject({ type: 'unchanged', reason: 'changed' });
    const all = await allOf(service, key);
    expect(all.filter(({ actions }) => actions.compaction)).toHaveLength(1);
    const said = all.filter(({ seq = 0, content }) => seq > 3 && content !== undefined);
    expect(activeEvents((await service.get({ ...key, active: true })) ?? [])).toEqual(said);
  });
});
