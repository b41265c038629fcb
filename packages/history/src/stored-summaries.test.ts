import { describe, expect, it } from 'vitest';
import { appendSummary } from './append-summary.ts';
import { compact } from './compact.ts';
import {
  activeOf,
  allOf,
  countTo,
  newSession,
  seqsOf,
  summary,
  turns,
} from './conversation.fixture.ts';
import { describeStores } from './stores.fixture.ts';
import { toContents } from './to-contents.ts';

const FULL = {
  role: 'model',
  parts: [
    { text: 'Ada hat zwei Bücher bestellt — 二冊 📚 \u2028 "quoted" \\ \u0000 e\u0301' },
    { text: 'thinking', thought: true, thoughtSignature: 'c2ln' },
    { inlineData: { data: 'AAECAw==', mimeType: 'image/png' } },
    { fileData: { fileUri: 'gs://shop/list.pdf', mimeType: 'application/pdf' } },
    { text: 'own', 'x-own': { deep: [1, null, true, -0.5, {}, []] } },
  ],
};

await describeStores((stores) => {
  describe('a summary', () => {
    it('comes back as it was appended, field by field', async () => {
      const [service, address] = await stores.openAt();
      const key = await newSession(service, turns(1, 3));
      const events = await allOf(service, key);
      const stored = await appendSummary(service, { ...key, throughSeq: 4, content: FULL });
      expect(stored).toMatchObject({ seq: 7, author: 'user' });
      expect(stored.actions.compaction).toEqual({
        fromSeq: 1,
        throughSeq: 4,
        compactedContent: FULL,
        startTimestamp: events[0]?.timestamp,
        endTimestamp: events[3]?.timestamp,
      });
      const readers = [service];
      if (stores.name !== 'in memory') readers.push((await stores.openAt(address))[0]);
      for (const reader of readers) {
        const { events: loaded = [] } = (await reader.get({ ...key, active: true })) ?? {};
        expect(loaded.at(-1)).toEqual(stored);
        expect(await reader.getEvent({ ...key, eventId: stored.id })).toEqual(stored);
        expect(toContents(loaded)[0]).toEqual({ ...FULL, role: 'user' });
      }
    });

    it('is followed by a second and a third, each of which covers the one before', async () => {
      const service = await stores.open();
      const key = await newSession(service, turns(1, 3));
      await appendSummary(service, { ...key, throughSeq: 4, content: summary('first') });
      expect(await activeOf(service, key)).toEqual({ loaded: [5, 6, 7], shown: ['1-4', 5, 6] });
      await service.appendEvents({ ...key, events: turns(4, 5) });
      await appendSummary(service, { ...key, throughSeq: 9, content: summary('second') });
      const { events = [] } = (await service.get({ ...key, active: true })) ?? {};
      expect(seqsOf(events)).toEqual([10, 11, 12]);
      expect(toContents(events).map(({ parts }) => parts?.[0]?.text)).toEqual([
        'second',
        'question 5',
        'answer 5',
      ]);
      await appendSummary(service, { ...key, throughSeq: 12, content: summary('third') });
      expect(await activeOf(service, key)).toEqual({ loaded: [13], shown: ['1-12'] });
      const session = await service.getOrCreate({ ...key, active: true });
      expect(seqsOf(session.events)).toEqual([13]);
      expect(seqsOf(await allOf(service, key))).toEqual(countTo(13));
    });

    it('gives way to the one before, or to none, when it is taken back', async () => {
      const service = await stores.open();
      const key = await newSession(service, turns(1, 3));
      await appendSummary(service, { ...key, throughSeq: 2, content: summary('first') });
      await service.appendEvents({ ...key, events: turns(4, 4) });
      const { id } = await appendSummary(service, {
        ...key,
        throughSeq: 6,
        content: summary('second'),
      });
      await service.appendEvents({ ...key, events: turns(5, 5) });
      expect((await activeOf(service, key)).shown).toEqual(['1-6', 8, 9, 11, 12]);
      await service.retract({ ...key, eventIds: [id] });
      expect((await activeOf(service, key)).shown).toEqual(['1-2', 3, 4, 5, 6, 8, 9, 11, 12]);
      await service.rewind({ ...key, toSeq: 12 });
      expect((await activeOf(service, key)).shown).toEqual(['1-6', 8, 9, 11, 12]);
      await service.rewind({ ...key, toSeq: 9 });
      expect((await activeOf(service, key)).shown).toEqual(['1-2', 3, 4, 5, 6, 8, 9]);
      await service.rewind({ ...key, toSeq: 5 });
      expect(await activeOf(service, key)).toMatchObject({ shown: countTo(5) });
      const { events = [] } = (await service.get({ ...key, active: true })) ?? {};
      expect(toContents(events).map(({ parts }) => parts?.[0]?.text)).toEqual([
        'question 1',
        'answer 1',
        'question 2',
        'answer 2',
        'question 3',
      ]);
    });

    it('goes with a fork that is made behind it, and not with one made before', async () => {
      const service = await stores.open();
      const key = await newSession(service, turns(1, 3));
      await appendSummary(service, { ...key, throughSeq: 4, content: summary('first') });
      await service.appendEvents({ ...key, events: turns(4, 4) });
      const behind = await service.fork(key);
      expect((await activeOf(service, behind)).shown).toEqual(['1-4', 5, 6, 8, 9]);
      const before = await service.fork({ ...key, throughSeq: 6 });
      expect((await activeOf(service, before)).shown).toEqual(countTo(6));
      const within = await service.fork({ ...key, throughSeq: 3 });
      expect((await activeOf(service, within)).shown).toEqual(countTo(3));
    });

    it('of one part of a session is read together with what lies before it', async () => {
      const service = await stores.open();
      const key = await newSession(service, turns(1, 4));
      const actions = {
        compaction: { fromSeq: 3, throughSeq: 6, compactedContent: summary('middle') },
      };
      await service.appendEvent({ ...key, event: { author: 'user', actions } });
      expect(await activeOf(service, key)).toEqual({
        loaded: countTo(9),
        shown: [1, 2, '3-6', 7, 8],
      });
      const summarize = () => summary('all');
      const result = await compact(service, { ...key, summarize, keep: { events: 2 } });
      expect(result).toMatchObject({ type: 'compacted', covered: 3 });
      expect(await activeOf(service, key)).toEqual({
        loaded: [7, 8, 9, 10],
        shown: ['1-6', 7, 8],
      });
    });
  });
});
