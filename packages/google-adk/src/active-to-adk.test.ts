import {
  type CompactedEvent,
  createEvent,
  type Event,
  isCompactedEvent,
  LlmAgent,
  LlmSummarizer,
  Runner,
  TokenBasedContextCompactor,
} from '@google/adk';
import { appendSummary } from '@holdfast/history';
import { describe, expect, it } from 'vitest';
import { ScriptedModel, text } from './scripted-model.fixture.ts';
import { takeTurn } from './shop.fixture.ts';
import { openTalk, SUMMARY, said, userContent, wordsIn, wordsOf } from './talk.fixture.ts';

const now = Date.now();

describe('a summary for ADK', () => {
  it('is a CompactedEvent with its text, and says what it covers as before', async () => {
    const { store, key, append, read } = await openTalk();
    await append(said('one', { timestamp: 7 }), said('two', { timestamp: 9 }), said('three'));
    const content = {
      role: 'model',
      parts: [{ text: 'thinking', thought: true }, { text: 'One.' }, { text: 'Two.' }],
    };
    const stored = await appendSummary(store, { ...key, throughSeq: 2, content });
    const [event] = (await read()).events as [Event];
    expect(isCompactedEvent(event)).toBe(true);
    expect(event).toMatchObject({ id: stored.id, compactedContent: 'One.\nTwo.', content });
    expect(event.actions).toEqual(stored.actions);
    expect(event.actions).toMatchObject({
      compaction: { fromSeq: 1, throughSeq: 2, startTimestamp: 7, endTimestamp: 9 },
    });
  });

  it.each<[string, readonly number[]]>([
    ['of the same millisecond', [now, now, now, now]],
    ['of the beginning of time', [0, 0, 0, 0]],
    ['in any order', [now + 9, 5, 0, now + 3]],
    ['from a clock that is ahead', [now + 3_600_000, now + 3_600_000, now, now]],
  ])('leaves out nothing that it does not cover, for events %s', async (_, times) => {
    const { store, key, append, say, asked } = await openTalk();
    const words = ['one', 'two', 'three', 'four'];
    await append(...words.map((each, i) => said(each, { timestamp: times[i] })));
    await appendSummary(store, { ...key, throughSeq: 2, content: userContent('A summary.') });
    await append(said('five', { timestamp: 0 }));
    await say('six');
    expect(asked()).toEqual([`${SUMMARY}A summary.`, 'three', 'four', 'five', 'six']);
  });

  it('is a content of the user if it is more than text', async () => {
    const { store, key, append, say, asked, read } = await openTalk();
    await append(said('one'), said('two'));
    const inlineData = { mimeType: 'image/png', data: 'AAECAw==' };
    const content = { role: 'model', parts: [{ text: '' }, { text: 'A plan.' }, { inlineData }] };
    await appendSummary(store, { ...key, throughSeq: 1, content });
    await say('three');
    const [event] = (await read()).events as [Event];
    expect(isCompactedEvent(event)).toBe(false);
    expect(event.content).toEqual({ role: 'user', parts: [{ text: 'A plan.' }, { inlineData }] });
    expect(asked()).toEqual(['A plan.', 'data', 'two', 'three']);
  });

  it('is read by the compaction of ADK, whose own summary then tells of both', async () => {
    const { service, store, key, append, read } = await openTalk();
    const words = ['one', 'two', 'three', 'four'];
    // ADK leaves out what has the time of the last event that it covers.
    await append(...words.map((each, i) => said(each, { timestamp: i + 1 })));
    await appendSummary(store, { ...key, throughSeq: 2, content: userContent('Ours.') });
    const prompts: string[] = [];
    const summarizer = new ScriptedModel(({ text: prompt = '' }) => {
      prompts.push(prompt);
      return [text('Theirs.')];
    });
    const model = new ScriptedModel(() => [text('well')]);
    const compactor = new TokenBasedContextCompactor({
      tokenThreshold: 1,
      eventRetentionSize: 1,
      summarizer: new LlmSummarizer({ llm: summarizer }),
    });
    const agent = new LlmAgent({ name: 'shop', model, contextCompactors: [compactor] });
    const runner = new Runner({ appName: 'shop', agent, sessionService: service });
    await takeTurn({ runner, sessionId: key.sessionId, parts: [text('five')] });
    expect(prompts).toHaveLength(1);
    for (const each of ['Ours.', 'three', 'four']) expect(prompts[0]).toContain(each);
    expect(wordsOf(model.requests[0] ?? [])).toEqual([`${SUMMARY}Theirs.`, 'five']);
    expect((await read()).events.filter(isCompactedEvent)).toHaveLength(1);
  });
});

describe('a CompactedEvent of ADK', () => {
  const compacted = (times: { readonly startTime: number; readonly endTime: number }) => {
    const content = { role: 'model', parts: [{ text: 'Theirs.' }] };
    const event = createEvent({ author: 'system', content });
    const compactedContent = 'Theirs.';
    return { ...event, isCompacted: true, ...times, compactedContent } satisfies CompactedEvent;
  };

  it('comes back to the byte, and stands for what ADK says', async () => {
    const { service, append, say, asked, read } = await openTalk();
    await append(said('one', { timestamp: 1 }), said('two', { timestamp: 2 }));
    const event = compacted({ startTime: 1, endTime: 1 });
    const json = JSON.stringify(event);
    await service.appendEvent({ session: await read(), event });
    expect(JSON.stringify((await read()).events[2])).toBe(json);
    await say('three');
    expect(asked()).toEqual([`${SUMMARY}Theirs.`, 'two', 'three']);
  });

  it('does not keep away a summary of more than it knows of', async () => {
    const { service, store, key, append, say, asked, read } = await openTalk();
    const words = ['one', 'two', 'three', 'four'];
    await append(...words.map((each, i) => said(each, { timestamp: i + 1 })));
    const session = await read();
    await appendSummary(store, { ...key, throughSeq: 3, content: userContent('Up to three.') });
    await service.appendEvent({ session, event: compacted({ startTime: 1, endTime: 2 }) });
    await say('five');
    expect(asked()).toEqual([`${SUMMARY}Theirs.`, 'Up to three.', 'four', 'five']);
  });

  it('is covered by a summary like any other event', async () => {
    const { service, store, key, append, read } = await openTalk();
    await append(said('one', { timestamp: 1 }));
    await service.appendEvent({
      session: await read(),
      event: compacted({ startTime: 1, endTime: 1 }),
    });
    await service.appendEvent({ session: await read(), event: createEvent({ author: 'shop' }) });
    await appendSummary(store, { ...key, throughSeq: 2, content: userContent('Ours.') });
    const session = await read();
    expect(wordsIn(session)).toEqual(['Ours.']);
    expect(session.events.map(isCompactedEvent)).toEqual([true, false]);
  });
});
