import assert from 'node:assert/strict';
import {
  appendTurns,
  expectActiveFrom,
  newConversation,
  newTwiceSummarized,
  summaryOf,
} from '../active-part.ts';
import { casesOf } from '../conformance-case.ts';
import { textsOf, turnOf } from '../past-session.ts';
import { at, read } from '../scenario.ts';

export const activeTakenBackCases = casesOf('active', [
  {
    title: 'brings the summary before back when it is rewound behind one, or none',
    async run(context) {
      const { service } = context;
      const key = await newTwiceSummarized(context);
      await expectActiveFrom(service, { key, first: 8 });
      await service.rewind({ ...key, toSeq: 10 });
      await expectActiveFrom(service, { key, first: 8 });
      await service.rewind({ ...key, toSeq: 8 });
      const earlier = await expectActiveFrom(service, { key, first: 4 });
      assert.deepEqual(textsOf(earlier), ['t4', 't5', 't7', 't8']);
      await service.rewind({ ...key, toSeq: 4 });
      const none = await expectActiveFrom(service, { key, first: 1 });
      assert.deepEqual(textsOf(none), ['t1', 't2', 't3', 't4']);
      await service.rewind({ ...key, toSeq: 10 });
      await expectActiveFrom(service, { key, first: 8 });
      await service.rewind({ ...key, toSeq: 12 });
      await expectActiveFrom(service, { key, first: 4 });
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
      await expectActiveFrom(service, { key, first: 6 });
      await service.retract({ ...key, eventIds: [second.id] });
      const earlier = await expectActiveFrom(service, { key, first: 3 });
      assert.deepEqual(textsOf(earlier), ['t3', 't4', 't5']);
      await service.retract({ ...key, eventIds: [first.id] });
      const none = await expectActiveFrom(service, { key, first: 1 });
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
      await expectActiveFrom(service, { key, first: 5 });
      await service.retract({ ...key, throughSeq: 1 });
      await expectActiveFrom(service, { key, first: 5 });
      await service.retract({ ...key, throughSeq: 9 });
      await expectActiveFrom(service, { key, first: 10 });
      await service.rewind({ ...key, toSeq: 8 });
      await expectActiveFrom(service, { key, first: 5 });
      await service.rewind({ ...key, toSeq: 7 });
      await expectActiveFrom(service, { key, first: 3 });
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
      await expectActiveFrom(service, { key, first: 4 });
      await service.retract({ ...key, eventIds: [retraction.id], erase: true });
      const retracted = await expectActiveFrom(service, { key, first: 1 });
      assert.deepEqual(textsOf(retracted), ['t1', 't2', 't3', 't4', 't6']);

      await service.appendEvent({ ...key, event: summaryOf(4) });
      await service.rewind({ ...key, toSeq: 2 });
      const rewind = await service.rewind({ ...key, toSeq: 8 });
      await expectActiveFrom(service, { key, first: 5 });
      await service.retract({ ...key, eventIds: [rewind.id], erase: true });
      const rewound = await expectActiveFrom(service, { key, first: 1 });
      assert.deepEqual(textsOf(rewound), ['t1', 't2']);
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
        await expectActiveFrom(service, { key, first: 1 });
        assert.equal((await service.appendEvent({ ...key, event })).seq, 6);
        const onStored = 'skip' as const;
        await service.appendEvents({ ...key, events: [event, turnOf(8)], onStored });
        const active = await expectActiveFrom(service, { key, first: 1 });
        assert.deepEqual(textsOf(active), ['t1', 't2', 't3', 't4', 't5', 't8']);
      }
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
      await expectActiveFrom(service, { key, first: 4 });
      await service.retract({ ...key, eventIds: ['e5'], erase: true });
      const active = await expectActiveFrom(service, { key, first: 4 });
      assert.deepEqual(textsOf(active), ['t4', 't6']);
      await service.retract({ ...key, eventIds: [first.id], erase: true });
      await expectActiveFrom(service, { key, first: 4 });
    },
  },
]);
