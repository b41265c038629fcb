import { InMemorySessionService } from '@holdfast/in-memory';
import type { Content, SessionKey } from '@holdfast/session';
import { describe, expect, it } from 'vitest';
import { type AppendSummaryRequest, appendSummary } from './append-summary.ts';
import {
  activeOf,
  allOf,
  answers,
  asksToConfirm,
  calls,
  callsLong,
  newKey,
  newSession,
  responds,
  says,
  summary,
  turns,
} from './conversation.fixture.ts';

const service = new InMemorySessionService();
const content = summary('so far');

function summarize(key: SessionKey, more: Partial<AppendSummaryRequest>) {
  return appendSummary(service, { ...key, throughSeq: 1, content, ...more });
}

function rangeOf({ actions: { compaction } }: Awaited<ReturnType<typeof appendSummary>>) {
  return [compaction?.fromSeq, compaction?.throughSeq];
}

describe('the range of a summary', () => {
  it('ends before a call whose response it would cut off', async () => {
    const key = await newSession(service, [
      ...turns(1, 1),
      calls('a'),
      calls('b'),
      responds('b'),
      responds('a'),
      says('thanks'),
    ]);
    for (const throughSeq of [5, 4, 3]) {
      const id = `fork-${throughSeq}-${key.sessionId}`;
      const { key: fork } = await service.fork({ ...key, newSessionId: id });
      expect(rangeOf(await summarize(fork, { throughSeq }))).toEqual([1, 2]);
      expect((await activeOf(service, fork)).shown).toEqual(['1-2', 3, 4, 5, 6, 7]);
    }
    expect(rangeOf(await summarize(key, { throughSeq: 6 }))).toEqual([1, 6]);
  });

  it.each([
    ['a call in flight', [calls('a')]],
    ['a long-running call that has only begun', [callsLong('a'), responds('a', 'begun')]],
    ['a confirmation that nobody gave', [calls('a'), asksToConfirm('a'), responds('a', 'asked')]],
  ])('ends before %s', async (_, waiting) => {
    const key = await newSession(service, [...turns(1, 2), ...waiting]);
    const { revision } = await service.getOrCreate(key);
    expect(rangeOf(await summarize(key, { throughSeq: revision }))).toEqual([1, 4]);
  });

  it('goes over a call that never got a response, once the conversation has gone on', async () => {
    const key = await newSession(service, [says('hi'), calls('lost'), ...turns(1, 2)]);
    expect(rangeOf(await summarize(key, { throughSeq: 5 }))).toEqual([1, 5]);
  });

  it('may go up to the last event, be it a marker', async () => {
    const key = await newSession(service, turns(1, 2));
    await service.rewind({ ...key, toSeq: 2 });
    expect(rangeOf(await summarize(key, { throughSeq: 5 }))).toEqual([1, 5]);
    expect((await activeOf(service, key)).shown).toEqual(['1-5']);
  });

  it('has the times of the first and the last of what it covers, summaries included', async () => {
    const key = await newSession(service, [
      { ...says('one'), timestamp: 5_000 },
      { ...answers('two'), timestamp: 3_000 },
      { ...says('three'), timestamp: 4_000 },
      { ...answers('four'), timestamp: 9_000 },
    ]);
    const first = await summarize(key, { throughSeq: 2 });
    expect(first.actions.compaction).toMatchObject({ startTimestamp: 3_000, endTimestamp: 5_000 });
    const second = await summarize(key, { throughSeq: 4 });
    expect(second.actions.compaction).toMatchObject({ startTimestamp: 3_000, endTimestamp: 9_000 });
  });

  it('has times, whatever another program has put into its summaries', async () => {
    const key = await newSession(service, turns(1, 2));
    const odd = { fromSeq: 1, throughSeq: 2, compactedContent: content, startTimestamp: 'now' };
    await service.appendEvent({ ...key, event: { actions: { compaction: odd as never } } });
    const { actions } = await summarize(key, { throughSeq: 4 });
    expect(actions.compaction?.startTimestamp).toBeGreaterThan(0);
  });
});

describe('a summary that cannot be', () => {
  it.each([
    [{ throughSeq: 0 }, 'throughSeq', 'of at least 1, got 0'],
    [{ throughSeq: 1.5 }, 'throughSeq', 'must be an integer'],
    [{ throughSeq: Number.NaN }, 'throughSeq', 'must be an integer'],
    [{ throughSeq: '3' }, 'throughSeq', 'must be an integer'],
    [{ throughSeq: 6 }, 'throughSeq', 'is beyond the last event, 5'],
    [{ throughSeq: 2 }, 'throughSeq', /is covered by the summary "[^"]+" already/],
    [{ content: 'text' }, 'content', 'must be a plain object, got a string'],
    [{ content: undefined }, 'content', 'must be a plain object, got undefined'],
    [{ content: {} }, 'content.parts', 'must be an array, got undefined'],
    [{ content: { parts: [] } }, 'content.parts', 'must say something'],
    [{ content: { parts: [{ text: ' \n' }, {}] } }, 'content.parts', 'must say something'],
    [
      { content: { parts: [{ text: 'hm', thought: true }] } },
      'content.parts',
      'must say something',
    ],
    [{ content: { parts: ['text'] } }, 'content.parts[0]', 'must be a part, got a string'],
    [{ content: { parts: [{ text: 'a', n: 1n }] } }, 'content.parts[0].n', 'must be JSON'],
    [
      { content: { parts: [{ text: 'a', at: new Date() }] } },
      'content.parts[0].at',
      'must be JSON',
    ],
    [
      { content: { parts: [{ text: 'a' }, { functionCall: { name: 'look' } }] } },
      'content.parts[1].functionCall',
      'cannot be in a summary',
    ],
    [{ sessionId: '' }, 'sessionId', 'must'],
    [{ expectedRevision: -1 }, 'expectedRevision', 'must be an integer'],
    [{ turn: 7 }, 'turn', 'must be a string'],
  ])('is refused with its path, and nothing is written: %o', async (wrong, path, problem) => {
    const key = await newSession(service, turns(1, 2));
    await summarize(key, { throughSeq: 3 });
    await expect(summarize(key, { throughSeq: 4, ...(wrong as object) })).rejects.toMatchObject({
      code: 'invalid_argument',
      path,
      message:
        problem instanceof RegExp
          ? expect.stringMatching(problem)
          : expect.stringContaining(problem),
    });
    expect(await allOf(service, key)).toHaveLength(5);
  });

  it('is refused if all of it still waits', async () => {
    const key = await newSession(service, [calls('a')]);
    await expect(summarize(key, {})).rejects.toMatchObject({
      code: 'invalid_argument',
      path: 'throughSeq',
    });
  });

  it('is a conflict if the session has moved on, or is another one', async () => {
    const key = await newSession(service, turns(1, 2));
    const { incarnation } = await service.getOrCreate(key);
    const old = { ...key, throughSeq: 4, expectedRevision: 3 };
    await expect(summarize(key, old)).rejects.toMatchObject({
      code: 'conflict',
      path: 'expectedRevision',
    });
    const other = { throughSeq: 4, expectedIncarnation: `${incarnation.slice(0, -1)}_` };
    await expect(summarize(key, other)).rejects.toMatchObject({
      code: 'conflict',
      path: 'expectedIncarnation',
    });
    expect((await activeOf(service, key)).shown).toEqual([1, 2, 3, 4]);
    expect(
      (
        await summarize(key, {
          throughSeq: 4,
          expectedRevision: 4,
          expectedIncarnation: incarnation,
        })
      ).seq,
    ).toBe(5);
  });

  it('is not found if there is no session', async () => {
    const key = newKey();
    await expect(summarize(key, {})).rejects.toMatchObject({ code: 'not_found', key });
  });
});

it('is what it was when the call was made', async () => {
  const key = await newSession(service, turns(1, 2));
  const parts = [{ text: 'before' }];
  const appended = summarize(key, { throughSeq: 4, content: { role: 'user', parts } as Content });
  parts[0] = { text: 'after' };
  expect((await appended).actions.compaction?.compactedContent.parts).toEqual([{ text: 'before' }]);
});
