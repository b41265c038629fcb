import { InMemorySessionService } from '@holdfast/in-memory';
import {
  type Event,
  type EventInput,
  type SessionKey,
  wrapSessionService,
} from '@holdfast/session';
import { describe, expect, it, vi } from 'vitest';
import { type CompactRequest, compact } from './compact.ts';
import {
  activeOf,
  allOf,
  answers,
  asksToConfirm,
  calls,
  callsLong,
  countTo,
  newKey,
  newSession,
  responds,
  says,
  summary,
  turns,
} from './conversation.fixture.ts';
import { toContents } from './to-contents.ts';

const service = new InMemorySessionService();

function run(key: SessionKey, more: Partial<CompactRequest> = {}) {
  const summarize = (events: readonly Event[]) => summary(`of ${events.length} events`);
  return compact(service, { ...key, summarize, keep: { events: 2 }, ...more });
}

describe('what is compacted', () => {
  it('is all but the last events, and is told', async () => {
    const key = await newSession(service, turns(1, 5));
    const summarize = vi.fn((_: readonly Event[]) => summary('so far'));
    const result = await run(key, { summarize, keep: { events: 4 } });
    expect(summarize.mock.calls).toEqual([[(await allOf(service, key)).slice(0, 6)]]);
    expect(result).toEqual({
      type: 'compacted',
      event: (await allOf(service, key))[10],
      covered: 6,
      givenUp: [],
      waiting: [],
    });
    expect(await activeOf(service, key)).toEqual({
      loaded: [7, 8, 9, 10, 11],
      shown: ['1-6', 7, 8, 9, 10],
    });
  });

  it('leaves ten events, if nothing else is said', async () => {
    const key = await newSession(service, turns(1, 10));
    await run(key, { keep: undefined });
    expect((await activeOf(service, key)).shown).toEqual(['1-10', ...countTo(20, 11)]);
  });

  it('leaves a part that begins with something that the user said', async () => {
    const key = await newSession(service, turns(1, 5));
    expect(await run(key, { keep: { events: 3 } })).toMatchObject({ covered: 6 });
    expect((await activeOf(service, key)).shown).toEqual(['1-6', 7, 8, 9, 10]);
  });

  it('has the summary before among what is summarized', async () => {
    const key = await newSession(service, turns(1, 4));
    await run(key);
    await service.appendEvents({ ...key, events: turns(5, 6) });
    const seen: unknown[] = [];
    await run(key, {
      summarize: (events) => {
        seen.push(...toContents(events).map(({ parts }) => parts?.[0]?.text));
        return summary('again');
      },
    });
    expect(seen).toEqual(['of 6 events', 'question 4', 'answer 4', 'question 5', 'answer 5']);
    expect((await activeOf(service, key)).shown).toEqual(['1-11', 12, 13]);
  });

  it('is bounded over many turns, each of which compacts to some effect or says why it does not', async () => {
    const key = await newSession(service, []);
    const summarize = vi.fn(() => summary('so far'));
    let written = 0;
    for (let n = 1; n <= 30; n++) {
      await service.appendEvents({
        ...key,
        events: [...turns(n, n), calls(`c${n}`), responds(`c${n}`)],
      });
      const before = (await activeOf(service, key)).shown.length;
      const result = await run(key, { summarize, when: { events: 16 }, keep: { events: 6 } });
      const after = (await activeOf(service, key)).shown.length;
      if (result.type === 'unchanged')
        expect([result.reason, before < 16]).toEqual(['not_due', true]);
      else written++;
      expect(after).toBeLessThan(16);
      expect(before - after).toBe(result.type === 'compacted' ? result.covered - 1 : 0);
    }
    expect(summarize).toHaveBeenCalledTimes(written);
    expect(written).toBeGreaterThan(5);
    expect(written).toBeLessThan(16);
  });
});

describe('a call that never got a response', () => {
  it('is covered once the conversation has gone on, and is named', async () => {
    const key = await newSession(service, [says('look'), calls('lost'), ...turns(1, 4)]);
    const result = await run(key);
    expect(result).toMatchObject({
      type: 'compacted',
      covered: 8,
      givenUp: [{ call: { id: 'lost' }, seq: 2, waitsFor: 'response' }],
      waiting: [],
    });
    expect((await activeOf(service, key)).shown).toEqual(['1-8', 9, 10]);
  });

  it('stays while it is the last event, however little is kept', async () => {
    const key = await newSession(service, [...turns(1, 2), calls('now')]);
    const result = await run(key, { keep: { events: 0 } });
    expect(result).toMatchObject({ covered: 4, givenUp: [], waiting: [{ call: { id: 'now' } }] });
    await service.appendEvent({ ...key, event: responds('now') });
    expect(toContents((await service.getOrCreate({ ...key, active: true })).events)).toMatchObject([
      { parts: [{ text: 'of 4 events' }] },
      { parts: [{ functionCall: { id: 'now' } }] },
      { parts: [{ functionResponse: { id: 'now' } }] },
    ]);
  });
});

it('keeps a call in flight while other branches are summarized behind it', async () => {
  const key = await newSession(service, [calls('now')]);
  for (const n of [1, 2, 3]) {
    const events = turns(n, n).map((event) => ({ ...event, branch: 'root.other' }));
    await service.appendEvents({ ...key, events });
    await run(key, { keep: { events: 0 } });
    expect((await activeOf(service, key)).shown).toEqual([1, `2-${3 * n}`]);
  }
});

describe.each([
  ['a long-running call', [callsLong('w'), responds('w', 'begun')], 'result'],
  ['a call to be confirmed', [calls('w'), asksToConfirm('w'), responds('w', 'asked')], 'person'],
] as const)('%s that waits', (_, waiting, waitsFor) => {
  const first = 3;
  const last = first + waiting.length - 1;
  const open = Array.from(waiting, (__, i) => first + i);

  it('stays, is named, and does not keep what is behind it from being summarized', async () => {
    const key = await newSession(service, [...turns(1, 1), ...waiting, ...turns(2, 6)]);
    const result = await run(key);
    expect(result).toMatchObject({ type: 'compacted', covered: 8, waiting: [{ waitsFor }] });
    const { shown } = await activeOf(service, key);
    expect(shown).toEqual([1, 2, ...open, `${last + 1}-${last + 8}`, last + 9, last + 10]);

    const rest = await run(key);
    expect(rest).toMatchObject({ type: 'compacted', covered: 2, waiting: [{ waitsFor }] });
    expect(await run(key)).toMatchObject({ reason: 'nothing_new', waiting: [{ waitsFor }] });

    await service.appendEvents({ ...key, events: turns(7, 9) });
    expect(await run(key)).toMatchObject({ covered: 7, waiting: [{ waitsFor }] });
    const end = last + 18;
    expect((await activeOf(service, key)).shown).toEqual([
      '1-2',
      ...open,
      `${last + 1}-${end - 2}`,
      end - 1,
      end,
    ]);
  });

  it('is whole when its result comes, and is covered by a later summary', async () => {
    const key = await newSession(service, [...turns(1, 1), ...waiting, ...turns(2, 6)]);
    await run(key);
    const confirmed = {
      ...responds('confirm-w', 'yes', 'user'),
      content: {
        role: 'user',
        parts: [
          {
            functionResponse: {
              id: 'confirm-w',
              name: 'adk_request_confirmation',
              response: { confirmed: true },
            },
          },
        ],
      },
    };
    if (waitsFor === 'person') await service.appendEvent({ ...key, event: confirmed });
    await service.appendEvents({ ...key, events: [responds('w', 'done', 'user'), says('good')] });
    const { events } = await service.getOrCreate({ ...key, active: true });
    const parts = toContents(events).flatMap((content) => content.parts ?? []);
    const at = parts.findIndex(({ functionCall }) => functionCall?.id === 'w');
    expect(parts.slice(at, at + 2)).toMatchObject([
      { functionCall: { id: 'w' } },
      { functionResponse: { id: 'w', response: { output: 'done' } } },
    ]);
    expect(parts.filter(({ functionCall }) => functionCall)).toHaveLength(1);

    await service.appendEvents({ ...key, events: turns(7, 8) });
    const all = await run(key);
    expect(all).toMatchObject({ type: 'compacted', waiting: [], givenUp: [] });
    expect((await activeOf(service, key)).shown).toHaveLength(3);
  });
});

it('covers nothing of the run of a workflow that waits for an answer', async () => {
  const inRun = (event: EventInput) => ({ ...event, invocationId: 'run', nodeInfo: { path: 'a' } });
  const key = await newSession(service, [
    ...turns(1, 2),
    ...[says('go'), answers('first node'), callsLong('w')].map(inRun),
    ...turns(3, 5),
  ]);
  for (;;) if ((await run(key)).type === 'unchanged') break;
  expect((await activeOf(service, key)).shown).toEqual(['1-4', 5, 6, 7, '8-11', 12, 13]);
});

it('summarizes what lies between the reports of a long-running call', async () => {
  const more = (n: number) => {
    const functionResponse = { id: 'w', name: 'look', response: { n }, willContinue: true };
    return { author: 'agent', content: { role: 'user', parts: [{ functionResponse }] } };
  };
  const key = await newSession(service, [
    ...[says('look'), callsLong('w'), more(1), ...turns(1, 5), more(2), ...turns(6, 10)],
    ...[more(3), says('well?')],
  ]);
  for (;;) if ((await run(key)).type === 'unchanged') break;
  const { shown } = await activeOf(service, key);
  expect(shown).toEqual(['1-1', 2, '3-24', 25, 26]);
});

describe('what does nothing says why', () => {
  it('is not due with less than `when` asks for, and is with either of both', async () => {
    const key = await newSession(service, turns(1, 4));
    const summarize = vi.fn(() => summary('so far'));
    const countTokens = () => 10;
    const not = { type: 'unchanged', reason: 'not_due', waiting: [] };
    const tell = (when: CompactRequest['when']) => run(key, { summarize, when, countTokens });
    expect(await tell({ events: 9 })).toEqual(not);
    expect(await tell({ tokens: 81 })).toEqual(not);
    expect(await tell({ events: 9, tokens: 81 })).toEqual(not);
    expect(summarize).not.toHaveBeenCalled();
    expect(await allOf(service, key)).toHaveLength(8);
    expect(await tell({ events: 9, tokens: 80 })).toMatchObject({ type: 'compacted' });
    expect(await tell({ events: 3, tokens: 800 })).toMatchObject({ reason: 'nothing_new' });
  });

  it('does not summarize a summary alone, nor what is kept, nor nothing', async () => {
    const summarize = vi.fn(() => summary('so far'));
    const nothing = { type: 'unchanged', reason: 'nothing_new', waiting: [] };
    const key = await newSession(service, turns(1, 4));
    expect(await run(key, { summarize, keep: { events: 8 } })).toEqual(nothing);
    expect(await run(key, { summarize, keep: { events: 1_000 } })).toEqual(nothing);
    expect(await run(await newSession(service, []), { summarize })).toEqual(nothing);
    expect(summarize).not.toHaveBeenCalled();
    await run(key, { summarize });
    expect(await run(key, { summarize })).toEqual(nothing);
    expect(summarize).toHaveBeenCalledTimes(1);
  });
});

it('runs once if it is called many times at once', async () => {
  const key = await newSession(service, turns(1, 10));
  const summarize = vi.fn(async () => summary('so far'));
  const results = await Promise.all(
    Array.from({ length: 5 }, () => run(key, { summarize, when: { events: 10 } })),
  );
  expect(summarize).toHaveBeenCalledTimes(1);
  expect(
    results.map((result) => (result.type === 'unchanged' ? result.reason : result.type)),
  ).toEqual(['compacted', ...Array.from({ length: 4 }, () => 'not_due')]);
  const wrapped = wrapSessionService(service, {});
  expect(await compact(wrapped, { ...key, summarize, when: { events: 10 } })).toMatchObject({
    reason: 'not_due',
  });
  await expect(run(newKey())).rejects.toMatchObject({ code: 'not_found' });
});

it('does not wait for the summary of another session', async () => {
  const slow = await newSession(service, turns(1, 4));
  const other = await newSession(service, turns(1, 4));
  let goOn = (): void => {};
  const summarize = async () => {
    await new Promise<void>((resolve) => {
      goOn = resolve;
    });
    return summary('so far');
  };
  const first = run(slow, { summarize });
  const second = run(slow);
  expect(await run(other)).toMatchObject({ type: 'compacted' });
  expect((await activeOf(service, slow)).shown).toEqual(countTo(8));
  goOn();
  expect(await first).toMatchObject({ type: 'compacted' });
  expect(await second).toMatchObject({ reason: 'nothing_new' });
});
