import {
  type SessionKey,
  type SessionService,
  takeTurn,
  wrapSessionService,
} from '@holdfast/session';
import { beforeAll, describe, expect, it } from 'vitest';
import { appendSummary } from './append-summary.ts';
import { type CompactRequest, compact } from './compact.ts';
import {
  activeOf,
  allOf,
  countTo,
  newSession,
  says,
  summary,
  turns,
} from './conversation.fixture.ts';
import { describeStores } from './stores.fixture.ts';
import { toContents } from './to-contents.ts';

/** What somebody else does with a session of ten events, while a summary of its first eight is made. */
const deeds = {
  rewind: (service, key) => service.rewind({ ...key, toSeq: 5 }),
  'rewind and go on': async (service, key) => {
    await service.rewind({ ...key, toSeq: 5 });
    await service.appendEvents({ ...key, events: turns(6, 7) });
  },
  retract: async (service, key) => {
    const { events } = await service.listEvents({ ...key, afterSeq: 2, limit: 1 });
    await service.retract({ ...key, eventIds: events.map(({ id }) => id) });
  },
  'retract the beginning': (service, key) => service.retract({ ...key, throughSeq: 3 }),
  erase: async (service, key) => {
    const { events } = await service.listEvents({ ...key, afterSeq: 2, limit: 1 });
    await service.retract({ ...key, eventIds: events.map(({ id }) => id), erase: true });
  },
  summarize: (service, key) =>
    appendSummary(service, { ...key, throughSeq: 6, content: summary('of another') }),
  delete: (service, key) => service.delete(key),
  recreate: async (service, key) => {
    await service.delete(key);
    await service.create(key);
    await service.appendEvents({ ...key, events: turns(1, 1) });
  },
  'recreate a longer one': async (service, key) => {
    await service.delete(key);
    await service.create(key);
    await service.appendEvents({ ...key, events: turns(1, 20) });
  },
} satisfies Record<string, (service: SessionService, key: SessionKey) => Promise<unknown>>;

type Deed = keyof typeof deeds;

const outcomes: Readonly<Record<Deed, object>> = {
  rewind: { reason: 'changed' },
  'rewind and go on': { reason: 'changed' },
  retract: { reason: 'changed' },
  'retract the beginning': { reason: 'changed' },
  erase: { reason: 'changed' },
  summarize: { reason: 'superseded' },
  delete: { code: 'not_found' },
  recreate: { code: 'conflict', path: 'expectedIncarnation' },
  'recreate a longer one': { code: 'conflict', path: 'expectedIncarnation' },
};

/** What is loaded from then on: at most what is behind what these cover. */
const ACTIVE_FROM: Partial<Record<Deed, number>> = { summarize: 7, 'retract the beginning': 4 };

/** When it is done: while the summary is made, or before an append, counted from 1. */
const moments: Readonly<Record<string, { appends: number; isBusy: boolean; isHeld?: boolean }>> = {
  'while the summary is made': { appends: 0, isBusy: false },
  'while the summary is made in a turn': { appends: 0, isBusy: false, isHeld: true },
  'before the summary is appended': { appends: 1, isBusy: false },
  'while others append all the time': { appends: 0, isBusy: true },
  'while others append all the time, in a turn': { appends: 5, isBusy: true, isHeld: true },
  'right before the last attempt to append, others appending all the time': {
    appends: 5,
    isBusy: true,
  },
};

await describeStores((stores) => {
  let service: SessionService;
  beforeAll(async () => {
    service = await stores.open();
  });

  describe.each(Object.entries(moments))('%s', (_, { appends, isBusy, isHeld }) => {
    it.each(Object.keys(deeds) as Deed[])(
      'a summary leaves nothing wrong behind: %s',
      async (deed) => {
        const key = await newSession(service, turns(1, 5));
        let asked = 0;
        let isDone = false;
        const act = async () => {
          isDone = true;
          await deeds[deed](service, key);
        };
        const others = async () => {
          if (!isBusy) return;
          await service.appendEvent({ ...key, event: says('meanwhile') }).catch(() => {});
        };
        const watched = wrapSessionService(service, {
          async appendEvent(next, request) {
            await others();
            if (++asked === appends) await act();
            return next(request);
          },
          async retract(next, request) {
            await others();
            return next(request);
          },
        });
        const request: CompactRequest = {
          ...key,
          keep: { events: 2 },
          async summarize() {
            if (appends === 0) await act();
            return summary('of what was there');
          },
        };
        const outcome = await (isHeld === true
          ? takeTurn(service, key, ({ token }) => compact(watched, { ...request, turn: token }))
          : compact(watched, request)
        ).catch((error) => error);
        expect(isDone).toBe(true);
        expect(outcome).toMatchObject(outcomes[deed]);

        const active = await service.get({ ...key, active: true });
        const told = JSON.stringify(toContents(active ?? []));
        expect(told).not.toContain('of what was there');
        const { shown } = await activeOf(service, key);
        const summaries = shown.filter((label) => typeof label === 'string');
        expect(summaries).toEqual(deed === 'summarize' ? ['1-6'] : []);
        // Nor is less loaded, as if it were there.
        const { events: all = [], activeFrom = 1 } = (await service.get(key)) ?? {};
        expect(activeFrom).toBe(appends === 5 ? 1 : (ACTIVE_FROM[deed] ?? 1));
        expect(all.map(({ seq }) => seq)).toEqual(countTo(all.length));
      },
    );
  });

  it.each([false, true])(
    'a summary is taken back if it cannot be told whether it is right, if that fails: %s',
    async (fails) => {
      const key = await newSession(service, turns(1, 5));
      const error = new Error('unreachable');
      let asked = 0;
      const busy = wrapSessionService(service, {
        async appendEvent(next, request) {
          await service.appendEvent({ ...key, event: says('meanwhile') });
          asked++;
          return next(request);
        },
        async listEvents(next, request) {
          if (asked === 5) throw error;
          return next(request);
        },
        async retract(next, request) {
          if (fails) throw new Error('neither can that');
          return next(request);
        },
      });
      const summarize = () => summary('so far');
      await expect(compact(busy, { ...key, summarize, keep: { events: 2 } })).rejects.toBe(error);
      expect((await activeOf(service, key)).shown).toEqual(
        fails ? ['1-8', ...countTo(15, 9)] : countTo(15),
      );
    },
  );

  it.each([false, true])(
    'a summary is part of the turn that it is made in, busy: %s',
    async (isBusy) => {
      const key = await newSession(service, turns(1, 5));
      const watched = wrapSessionService(service, {
        async appendEvent(next, request) {
          if (isBusy) await service.appendEvent({ ...key, event: says('meanwhile') });
          return next(request);
        },
      });
      const request = { ...key, keep: { events: 2 }, summarize: () => summary('so far') };
      const held = await takeTurn(service, key, async ({ token }) => {
        const lost = compact(watched, {
          ...request,
          turn: token,
          async summarize() {
            await service.releaseTurn({ ...key, turn: token });
            await service.acquireTurn({ ...key, turn: 'another' });
            return summary('too late');
          },
        });
        await expect(lost).rejects.toMatchObject({ code: 'conflict', path: 'turn' });
        await service.releaseTurn({ ...key, turn: 'another' });
        await service.acquireTurn({ ...key, turn: token });
        return compact(watched, { ...request, turn: token });
      });
      expect(held).toMatchObject({ type: 'compacted' });
      const events = await allOf(service, key);
      expect(events.filter(({ actions }) => actions.compaction)).toHaveLength(1);
    },
  );
});
