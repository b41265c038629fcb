import assert from 'node:assert/strict';
import type { Content, SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectSameEvents, newPastSession, textsOf, turnOf, wholeOf } from '../past-session.ts';
import { at, newSession, read, seqsOf, upTo } from '../scenario.ts';

/** A summary of all events through a `seq`, as an event. */
function summaryOf(throughSeq: number, fromSeq = 1) {
  const compactedContent: Content = { role: 'model', parts: [{ text: `up to ${throughSeq}` }] };
  return { author: 'agent', actions: { compaction: { fromSeq, throughSeq, compactedContent } } };
}

/** A session with so many events. */
async function newConversation(
  context: Parameters<typeof newSession>[0],
  count: number,
): Promise<SessionKey> {
  const key = await newSession(context);
  await context.service.appendEvents({ ...key, events: upTo(count).map(turnOf) });
  return key;
}

async function appendTurns(service: SessionService, { key, numbers }: Turns): Promise<void> {
  for (const n of numbers) await service.appendEvent({ ...key, event: turnOf(n) });
}

interface Turns {
  readonly key: SessionKey;
  readonly numbers: readonly number[];
}

/** Fails unless the active part begins with this `seq`, and is the end of the whole. */
async function expectActiveFrom(service: SessionService, key: SessionKey, first: number) {
  const whole = await read(service, key);
  const active = await service.get({ ...key, active: true });
  assert.ok(active !== undefined);
  assert.deepEqual(seqsOf(active.events)[0], first <= whole.revision ? first : undefined);
  expectSameEvents(active.events, whole.events.slice(first - 1));
  assert.deepEqual([active.activeFrom, whole.activeFrom], [first, first]);
  assert.deepEqual(
    [active.revision, active.state.toJSON()],
    [whole.revision, whole.state.toJSON()],
  );
  return active;
}

/** What is loaded for a model. */
export const activeCases = casesOf('active', [
  {
    title: 'loads all events of a session that has no summary',
    async run(context) {
      const { service } = context;
      const empty = await newSession(context);
      await expectActiveFrom(service, empty, 1);
      const key = await newConversation(context, 5);
      await expectActiveFrom(service, key, 1);
      assert.equal(await service.get({ ...context.newKey(), active: true }), undefined);
    },
  },
  {
    title: 'loads the last summary and what is behind what it covers',
    async run(context) {
      const { service } = context;
      const key = await newConversation(context, 6);
      // An event came between what the summary was made of and the summary.
      const summary = await service.appendEvent({ ...key, event: summaryOf(4) });
      await appendTurns(service, { key, numbers: [8, 9] });
      const active = await expectActiveFrom(service, key, 5);
      assert.deepEqual(seqsOf(active.events), [5, 6, 7, 8, 9]);
      assert.deepEqual(active.events[2], summary);
      assert.deepEqual(textsOf(active), ['t5', 't6', 't8', 't9']);
    },
  },
  {
    title: 'goes on with a second summary, and a third, alone and in a batch',
    async run(context) {
      const { service } = context;
      const key = await newConversation(context, 4);
      await service.appendEvent({ ...key, event: summaryOf(3) });
      await appendTurns(service, { key, numbers: [6, 7] });
      await service.appendEvents({ ...key, events: [turnOf(8), summaryOf(6), turnOf(10)] });
      await expectActiveFrom(service, key, 7);
      await service.appendEvent({ ...key, event: summaryOf(10) });
      await expectActiveFrom(service, key, 11);
      await appendTurns(service, { key, numbers: [12] });
      const active = await expectActiveFrom(service, key, 11);
      assert.deepEqual(textsOf(active), ['t12']);
    },
  },
  {
    title: 'keeps what is appended while a summary is made, and a summary that comes late',
    async run(context) {
      const { service } = context;
      const key = await newConversation(context, 8);
      await service.appendEvent({ ...key, event: summaryOf(6) });
      await service.appendEvent({ ...key, event: summaryOf(2) });
      await expectActiveFrom(service, key, 7);
    },
  },
  {
    title: 'brings the summary before back when it is rewound behind one, or none',
    async run(context) {
      const { service } = context;
      const key = await newConversation(context, 5);
      await service.appendEvent({ ...key, event: summaryOf(3) });
      await appendTurns(service, { key, numbers: [7, 8] });
      await service.appendEvent({ ...key, event: summaryOf(7) });
      await appendTurns(service, { key, numbers: [10] });
      await expectActiveFrom(service, key, 8);
      await service.rewind({ ...key, toSeq: 10 });
      await expectActiveFrom(service, key, 8);
      await service.rewind({ ...key, toSeq: 8 });
      const earlier = await expectActiveFrom(service, key, 4);
      assert.deepEqual(textsOf(earlier), ['t4', 't5', 't7', 't8']);
      await service.rewind({ ...key, toSeq: 4 });
      const none = await expectActiveFrom(service, key, 1);
      assert.deepEqual(textsOf(none), ['t1', 't2', 't3', 't4']);
      await service.rewind({ ...key, toSeq: 10 });
      await expectActiveFrom(service, key, 8);
      await service.rewind({ ...key, toSeq: 12 });
      await expectActiveFrom(service, key, 4);
    },
  },
  {
    title: 'loads everything again after a rewind that a program appended by itself',
    async run(context) {
      const { service } = context;
      const key = await newConversation(context, 5);
      await service.appendEvent({ ...key, event: summaryOf(4) });
      await service.appendEvent({ ...key, event: { actions: { rewind: { toSeq: 2 } } } });
      const active = await service.get({ ...key, active: true });
      assert.deepEqual(active && textsOf(active), ['t1', 't2']);
      assert.deepEqual(textsOf(await read(service, key)), ['t1', 't2']);
    },
  },
  {
    title: 'loads everything again after a retraction that a program appended by itself',
    async run(context) {
      const { service } = context;
      const key = await newConversation(context, 3);
      const { id } = await service.appendEvent({ ...key, event: summaryOf(3) });
      await service.appendEvent({ ...key, event: { actions: { retract: { eventIds: [id] } } } });
      const active = await service.get({ ...key, active: true });
      assert.deepEqual(active && textsOf(active), ['t1', 't2', 't3']);
      assert.deepEqual(textsOf(await read(service, key)), ['t1', 't2', 't3']);
    },
  },
  {
    title: 'brings the summary before back when one is retracted, by its id',
    async run(context) {
      const { service } = context;
      const key = await newConversation(context, 5);
      const first = await service.appendEvent({ ...key, event: summaryOf(2) });
      const second = await service.appendEvent({ ...key, event: summaryOf(5) });
      await service.retract({ ...key, eventIds: ['e1'] });
      await expectActiveFrom(service, key, 6);
      await service.retract({ ...key, eventIds: [second.id] });
      const earlier = await expectActiveFrom(service, key, 3);
      assert.deepEqual(textsOf(earlier), ['t3', 't4', 't5']);
      await service.retract({ ...key, eventIds: [first.id] });
      const none = await expectActiveFrom(service, key, 1);
      assert.deepEqual(textsOf(none), ['t2', 't3', 't4', 't5']);
    },
  },
  {
    title: 'does not load what was retracted through a `seq`, until a rewind brings it back',
    async run(context) {
      const { service } = context;
      const key = await newConversation(context, 6);
      await service.appendEvent({ ...key, event: summaryOf(2) });
      await service.retract({ ...key, throughSeq: 4 });
      await expectActiveFrom(service, key, 5);
      await service.retract({ ...key, throughSeq: 1 });
      await expectActiveFrom(service, key, 5);
      await service.retract({ ...key, throughSeq: 9 });
      await expectActiveFrom(service, key, 10);
      await service.rewind({ ...key, toSeq: 8 });
      await expectActiveFrom(service, key, 5);
      await service.rewind({ ...key, toSeq: 7 });
      await expectActiveFrom(service, key, 3);
    },
  },
  {
    title: 'loads what an erased marker had taken back',
    needs: 'erase',
    async run(context) {
      const { service } = context;
      const key = await newConversation(context, 4);
      const retraction = await service.retract({ ...key, throughSeq: 3 });
      await appendTurns(service, { key, numbers: [6] });
      await expectActiveFrom(service, key, 4);
      await service.retract({ ...key, eventIds: [retraction.id], erase: true });
      const retracted = await expectActiveFrom(service, key, 1);
      assert.deepEqual(textsOf(retracted), ['t1', 't2', 't3', 't4', 't6']);

      await service.appendEvent({ ...key, event: summaryOf(4) });
      await service.rewind({ ...key, toSeq: 2 });
      const rewind = await service.rewind({ ...key, toSeq: 8 });
      await expectActiveFrom(service, key, 5);
      await service.retract({ ...key, eventIds: [rewind.id], erase: true });
      const rewound = await expectActiveFrom(service, key, 1);
      assert.deepEqual(textsOf(rewound), ['t1', 't2']);
    },
  },
  {
    title: 'intersects with the other windows',
    async run(context) {
      const { service } = context;
      const key = await newConversation(context, 8);
      await service.appendEvent({ ...key, event: { ...summaryOf(5), timestamp: at(9) } });
      const seqs = async (window: object) => {
        const session = await service.get({ ...key, active: true, ...window });
        return seqsOf(session?.events ?? []);
      };
      assert.deepEqual(await seqs({}), [6, 7, 8, 9]);
      assert.deepEqual(await seqs({ numRecentEvents: 2 }), [8, 9]);
      assert.deepEqual(await seqs({ numRecentEvents: 0 }), []);
      assert.deepEqual(await seqs({ numRecentEvents: 7 }), [6, 7, 8, 9]);
      assert.deepEqual(await seqs({ afterTimestamp: at(7) }), [7, 8, 9]);
      assert.deepEqual(await seqs({ afterTimestamp: at(2) }), [6, 7, 8, 9]);
      assert.deepEqual(await seqs({ numRecentEvents: 3, afterTimestamp: at(8) }), [8, 9]);
      assert.deepEqual(await seqs({ active: false }), upTo(9));
    },
  },
  {
    title: 'shows all events to who does not ask for the active ones',
    async run(context) {
      const { service } = context;
      const key = await newConversation(context, 6);
      await service.appendEvent({ ...key, event: summaryOf(6) });
      assert.deepEqual(seqsOf((await read(service, key)).events), upTo(7));
      const page = await service.listEvents({ ...key });
      assert.deepEqual(seqsOf(page.events), upTo(7));
      const recent = await service.get({ ...key, numRecentEvents: 3 });
      assert.deepEqual(seqsOf(recent?.events ?? []), [5, 6, 7]);
      const got = await service.getOrCreate({ ...key, numRecentEvents: 2 });
      assert.deepEqual(seqsOf(got.events), [6, 7]);
      const again = await service.appendEvent({ ...key, event: turnOf(1) });
      assert.equal(again.seq, 1);
    },
  },
  {
    title: 'is not moved by what is no summary of all that is there',
    async run(context) {
      const { service } = context;
      const key = await newConversation(context, 4);
      const odd: readonly unknown[] = [
        ...[summaryOf(3, 2).actions.compaction, summaryOf(0).actions.compaction, null, 'x', 7, []],
        ...[{}, { fromSeq: 1 }, { fromSeq: 1, throughSeq: '3' }, { fromSeq: 1, throughSeq: 1.5 }],
        ...[
          { fromSeq: 1, throughSeq: -1 },
          { fromSeq: '1', throughSeq: 3 },
        ],
        { fromSeq: 1, throughSeq: 1000, compactedContent: { parts: [] } },
        { startTimestamp: 1, endTimestamp: 2, compactedContent: { parts: [] } },
      ];
      for (const compaction of odd) {
        await service.appendEvent({ ...key, event: { actions: { compaction } as never } });
        await expectActiveFrom(service, key, 1);
      }
      assert.deepEqual(textsOf(await read(service, key)), ['t1', 't2', 't3', 't4']);
    },
  },
  {
    title: 'is not moved by a summary that is stored already, and was rewound or retracted since',
    async run(context) {
      const { service } = context;
      for (const isRewound of [true, false]) {
        const key = await newConversation(context, 5);
        const event = { ...summaryOf(4), id: 'summary', timestamp: at(6) };
        await service.appendEvent({ ...key, event });
        if (isRewound) await service.rewind({ ...key, toSeq: 5 });
        else await service.retract({ ...key, eventIds: ['summary'] });
        await expectActiveFrom(service, key, 1);
        assert.equal((await service.appendEvent({ ...key, event })).seq, 6);
        const onStored = 'skip' as const;
        await service.appendEvents({ ...key, events: [event, turnOf(8)], onStored });
        const active = await expectActiveFrom(service, key, 1);
        assert.deepEqual(textsOf(active), ['t1', 't2', 't3', 't4', 't5', 't8']);
      }
    },
  },
  {
    title: 'reads the end of a long conversation, as it does of a short one',
    async run(context) {
      const { service } = context;
      const key = await newConversation(context, 900);
      await service.appendEvents({
        ...key,
        events: upTo(900).map((n) => turnOf(n + 900)),
      });
      await service.appendEvent({ ...key, event: summaryOf(1790) });
      const active = await expectActiveFrom(service, key, 1791);
      assert.equal(active.events.length, 11);
      await service.rewind({ ...key, toSeq: 1800 });
      await expectActiveFrom(service, key, 1);
    },
  },
  {
    title: 'is taken along by a fork, with the summary that was in force there',
    needs: 'fork',
    async run(context) {
      const { service } = context;
      const key = await newConversation(context, 5);
      await service.appendEvent({ ...key, event: summaryOf(3) });
      await appendTurns(service, { key, numbers: [7, 8] });
      await service.appendEvent({ ...key, event: summaryOf(7) });
      await appendTurns(service, { key, numbers: [10] });
      const points: readonly (readonly [number, number])[] = [
        ...([[10, 8] as const, [9, 8] as const, [8, 4] as const, [6, 4] as const] as const),
        ...([[5, 1] as const, [0, 1] as const] as const),
      ];
      for (const [throughSeq, first] of points) {
        const fork = await service.fork({ ...key, throughSeq });
        await expectActiveFrom(service, fork.key, first);
        assert.equal(fork.activeFrom, first);
        await appendTurns(service, { key: fork.key, numbers: [20] });
        await expectActiveFrom(service, fork.key, first);
      }
      await service.delete(key);
      await service.create(key);
      await appendTurns(service, { key, numbers: [1, 2] });
      await expectActiveFrom(service, key, 1);
    },
  },
  {
    title: 'goes on over what was erased',
    needs: 'erase',
    async run(context) {
      const { service } = context;
      const key = await newConversation(context, 6);
      const first = await service.appendEvent({ ...key, event: summaryOf(3) });
      await service.retract({ ...key, throughSeq: 3, erase: true });
      await expectActiveFrom(service, key, 4);
      await service.retract({ ...key, eventIds: ['e5'], erase: true });
      const active = await expectActiveFrom(service, key, 4);
      assert.deepEqual(textsOf(active), ['t4', 't6']);
      await service.retract({ ...key, eventIds: [first.id], erase: true });
      await expectActiveFrom(service, key, 4);
    },
  },
  {
    title: 'is there when the storage is opened again',
    needs: 'persistent',
    async run(context) {
      const { service, reopen } = context;
      const key = await newConversation(context, 5);
      await service.appendEvent({ ...key, event: summaryOf(3) });
      await service.close();
      const reopened = await reopen(service);
      await expectActiveFrom(reopened, key, 4);
      await reopened.rewind({ ...key, toSeq: 2 });
      await expectActiveFrom(reopened, key, 1);
    },
  },
]);

/** The state that a session began with. */
export const initialStateCases = casesOf('get', [
  {
    title: 'gives the state that the session began with, for `includeInitialState`',
    async run(context) {
      const { service } = context;
      const { key, states } = await newPastSession(context);
      const session = await service.get({ ...key, includeInitialState: true });
      assert.deepEqual(session?.initialState, states[0]);
      const empty = await newSession(context);
      const window = { numRecentEvents: 0, active: true, includeInitialState: true };
      assert.deepEqual((await service.get({ ...empty, ...window }))?.initialState, {});
      await service.rewind({ ...key, toSeq: 2 });
      assert.deepEqual((await service.get({ ...key, ...window }))?.initialState, states[0]);
    },
  },
  {
    title: 'gives no initial state, and not only the active events, to who does not ask for it',
    async run(context) {
      const { service } = context;
      const { key, count } = await newPastSession(context);
      for (const options of [{}, { includeInitialState: false, active: false }]) {
        const session = await service.get({ ...key, ...options });
        assert.deepEqual([session?.initialState, session?.events.length], [null, count]);
      }
      assert.ok(!('initialState' in (await read(service, key)).toJSON()));
    },
  },
  {
    title: 'gives the initial state of the session that is there, and of a fork',
    async run(context) {
      const { service } = context;
      const { key, states } = await newPastSession(context);
      const initialOf = async (of: SessionKey) =>
        (await service.get({ ...of, includeInitialState: true }))?.initialState;
      const fork = service.capabilities.fork ? await service.fork(key) : undefined;
      await service.delete(key);
      await service.create({ ...key, state: { again: null, 'user:theirs': 1 } });
      assert.deepEqual(await initialOf(key), { again: null });
      if (fork !== undefined) assert.deepEqual(await initialOf(fork.key), states[0]);
      const before = await wholeOf(service, key);
      await service.getOrCreate({ ...key, state: { never: 1 } });
      assert.deepEqual(await wholeOf(service, key), before);
    },
  },
]);
