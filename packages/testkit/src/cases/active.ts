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
import { at, newSession, read, seqsOf, upTo } from '../scenario.ts';

/** What is loaded for a model. */
export const activeCases = casesOf('active', [
  {
    title: 'loads all events of a session that has no summary',
    async run(context) {
      const { service } = context;
      const empty = await newSession(context);
      await expectActiveFrom(service, { key: empty, first: 1 });
      const key = await newConversation(context, 5);
      await expectActiveFrom(service, { key, first: 1 });
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
      const active = await expectActiveFrom(service, { key, first: 5 });
      assert.deepEqual(seqsOf(active.events), [5, 6, 7, 8, 9]);
      assert.deepEqual(active.events[2], summary);
      assert.deepEqual(textsOf(active), ['t5', 't6', 't8', 't9']);
    },
  },
  {
    title: 'loads it by getOrCreate, too, and all of a session that it creates',
    async run(context) {
      const { service } = context;
      const key = await newConversation(context, 6);
      await service.appendEvent({ ...key, event: summaryOf(4) });
      const found = await service.getOrCreate({ ...key, active: true });
      assert.deepEqual(seqsOf(found.events), [5, 6, 7]);
      assert.deepEqual(seqsOf((await service.getOrCreate(key)).events), upTo(7));
      const created = await service.getOrCreate({ ...context.newKey(), active: true });
      assert.deepEqual([created.revision, created.activeFrom], [0, 1]);
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
      await expectActiveFrom(service, { key, first: 7 });
      await service.appendEvent({ ...key, event: summaryOf(10) });
      await expectActiveFrom(service, { key, first: 11 });
      await appendTurns(service, { key, numbers: [12] });
      const active = await expectActiveFrom(service, { key, first: 11 });
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
      await expectActiveFrom(service, { key, first: 7 });
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
        ...[
          { fromSeq: 1, throughSeq: 3 },
          { fromSeq: 1, throughSeq: 3, compactedContent: {} },
        ],
        { fromSeq: 1, throughSeq: 3, compactedContent: 'what was said' },
        { startTimestamp: 1, endTimestamp: 2, compactedContent: { parts: [] } },
      ];
      for (const compaction of odd) {
        await service.appendEvent({ ...key, event: { actions: { compaction } as never } });
        await expectActiveFrom(service, { key, first: 1 });
      }
      assert.deepEqual(textsOf(await read(service, key)), ['t1', 't2', 't3', 't4']);
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
      const active = await expectActiveFrom(service, { key, first: 1791 });
      assert.equal(active.events.length, 11);
      await service.rewind({ ...key, toSeq: 1800 });
      await expectActiveFrom(service, { key, first: 1 });
    },
  },
  {
    title: 'is taken along by a fork, with the summary that was in force there',
    needs: 'fork',
    async run(context) {
      const { service } = context;
      const key = await newTwiceSummarized(context);
      const points: readonly (readonly [number, number])[] = [
        ...([[10, 8] as const, [9, 8] as const, [8, 4] as const, [6, 4] as const] as const),
        ...([[5, 1] as const, [0, 1] as const] as const),
      ];
      for (const [throughSeq, first] of points) {
        const fork = await service.fork({ ...key, throughSeq });
        await expectActiveFrom(service, { key: fork.key, first });
        assert.equal(fork.activeFrom, first);
        await appendTurns(service, { key: fork.key, numbers: [20] });
        await expectActiveFrom(service, { key: fork.key, first });
      }
      await service.delete(key);
      await service.create(key);
      await appendTurns(service, { key, numbers: [1, 2] });
      await expectActiveFrom(service, { key, first: 1 });
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
      await expectActiveFrom(reopened, { key, first: 4 });
      await reopened.rewind({ ...key, toSeq: 2 });
      await expectActiveFrom(reopened, { key, first: 1 });
    },
  },
]);
