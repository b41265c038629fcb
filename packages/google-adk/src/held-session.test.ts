import { createEvent, type Session } from '@google/adk';
import { appendSummary, compact } from '@holdfast/history';
import { describe, expect, it } from 'vitest';
import { describeStores } from './stores.fixture.ts';
import { openTalk, said, type Talk, userContent, wordsIn } from './talk.fixture.ts';

/** Appends by way of an object, as a runner does in a run. */
async function append(
  { service }: Talk,
  { session, run, words }: { readonly session: Session; readonly run: string; words: string },
) {
  const content = { role: 'user', parts: [{ text: words }] };
  const event = createEvent({ author: 'user', invocationId: run, content });
  await service.appendEvent({ session, event });
  return event;
}

describe('a session object that is held while others change the past', () => {
  describeStores((open) => {
    it('loses what was taken back at the start of its next run, and not before', async () => {
      const talk = await openTalk(await open());
      const { store, key } = talk;
      const session = await talk.read();
      await append(talk, { session, run: 'a', words: 'one' });
      await append(talk, { session, run: 'a', words: 'two' });
      await talk.append(said('theirs', { actions: { stateDelta: { n: 1, m: 1 } } }));
      await store.rewind({ ...key, toSeq: 1 });
      await talk.append(said('after', { actions: { stateDelta: { n: 2 } } }));
      await append(talk, { session, run: 'a', words: 'three' });
      expect(wordsIn(session)).toEqual(['one', 'two', 'three']);

      const event = await append(talk, { session, run: 'b', words: 'four' });
      expect(wordsIn(session)).toEqual(['one', 'after', 'three', 'four']);
      expect(session.events.at(-1)).toBe(event);
      expect(session.state).toEqual({ 'user:name': 'Ada', n: 2 });
      const { events, state } = await talk.read();
      expect(JSON.stringify(events)).toBe(JSON.stringify(session.events));
      expect(state).toEqual(session.state);
    });

    it('gets a summary in place of what it covers, and what is appended after it', async () => {
      const talk = await openTalk(await open());
      const { store, key } = talk;
      const session = await talk.read();
      for (const words of ['one', 'two', 'three']) {
        await append(talk, { session, run: 'a', words });
      }
      await appendSummary(store, { ...key, throughSeq: 2, content: userContent('summary') });
      await talk.append(said('theirs'));
      await append(talk, { session, run: 'a', words: 'four' });
      expect(wordsIn(session)).toEqual(['one', 'two', 'three', 'four']);
      await append(talk, { session, run: 'b', words: 'five' });
      expect(wordsIn(session)).toEqual(['summary', 'three', 'theirs', 'four', 'five']);
      expect(session.events[0]).toMatchObject({ isCompacted: true, compactedContent: 'summary' });

      await append(talk, { session, run: 'b', words: 'six' });
      await append(talk, { session, run: 'c', words: 'seven' });
      expect(wordsIn(session)).toEqual(wordsIn(await talk.read()));
      await store.rewind({ ...key, toSeq: 3 });
      await append(talk, { session, run: 'd', words: 'eight' });
      expect(wordsIn(session)).toEqual(['one', 'two', 'three', 'eight']);
    });

    it('has no events of earlier than it was read with, but what stands for them', async () => {
      const talk = await openTalk(await open());
      const { store, key } = talk;
      await talk.append(...['e1', 'e2', 'e3', 'e4', 'e5'].map((words) => said(words)));
      const session = await talk.read({ numRecentEvents: 2 });
      await append(talk, { session, run: 'a', words: 'one' });
      await store.retract({ ...key, eventIds: [session.events[1]?.id ?? ''] });
      await append(talk, { session, run: 'b', words: 'two' });
      expect(wordsIn(session)).toEqual(['e4', 'one', 'two']);
      await compact(store, { ...key, summarize: () => userContent('s'), keep: { events: 1 } });
      await append(talk, { session, run: 'c', words: 'three' });
      expect(wordsIn(session)).toEqual(['s', 'two', 'three']);
    });

    it('keeps what it has of its own if it is a copy, but for what was taken back', async () => {
      const talk = await openTalk(await open());
      const { store, key } = talk;
      await talk.append(said('e1'), said('e2'), said('e3'));
      const session = structuredClone(await talk.read({ numRecentEvents: 2 }));
      await append(talk, { session, run: 'a', words: 'one' });
      await store.retract({ ...key, eventIds: [session.events[0]?.id ?? ''] });
      await append(talk, { session, run: 'b', words: 'two' });
      expect(wordsIn(session)).toEqual(['e3', 'one', 'two']);
    });
  });

  it('gets what others have covered while its first event was being stored', async () => {
    const talk = await openTalk();
    const { store, key } = talk;
    const session = await talk.read();
    await append(talk, { session, run: 'a', words: 'one' });
    await talk.append(said('theirs'), { actions: { retract: { eventIds: ['none'] } } });
    const get = store.get.bind(store);
    store.get = async (request) => {
      store.get = get;
      await talk.append(said('later'));
      await appendSummary(store, { ...key, throughSeq: 2, content: userContent('summary') });
      return get(request);
    };
    await append(talk, { session, run: 'b', words: 'two' });
    expect(wordsIn(session)).toEqual(['summary', 'two']);
    await append(talk, { session, run: 'c', words: 'three' });
    expect(wordsIn(session)).toEqual(['summary', 'two', 'later', 'three']);
  });
});
