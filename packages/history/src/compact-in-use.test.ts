import { InMemorySessionService } from '@holdfast/in-memory';
import type { Event, EventInput } from '@holdfast/session';
import { describe, expect, it, vi } from 'vitest';
import { type CompactRequest, compact } from './compact.ts';
import {
  activeOf,
  answers,
  calls,
  callsLong,
  newSession,
  responds,
  says,
  summary,
  turns,
} from './conversation.fixture.ts';

const service = new InMemorySessionService();
const summarize = vi.fn((_: readonly Event[]) => summary('so far'));

/** How often a session is summarized if that is asked for after each of some turns. */
async function summariesIn(
  events: readonly (readonly EventInput[])[],
  request: Partial<CompactRequest>,
): Promise<number> {
  const key = await newSession(service, [says('hello')]);
  summarize.mockClear();
  for (const turn of events) {
    await service.appendEvents({ ...key, events: turn });
    await compact(service, { ...key, summarize, ...request });
  }
  return summarize.mock.calls.length;
}

describe('a summary is written only if it is worth it', () => {
  it('keeps less than ten events if these are much, so that it is not due again at once', async () => {
    const long = 'word '.repeat(400);
    const run = (n: number) => [
      ...[says(`question ${n}`), calls(`c-${n}`), responds(`c-${n}`, long), answers(`answer ${n}`)],
    ];
    const events = Array.from({ length: 24 }, (_, n) => run(n));
    expect(await summariesIn(events, { when: { tokens: 3_000 } })).toBeLessThanOrEqual(6);
  });

  it('does not cover event after event while many calls wait', async () => {
    const begun = Array.from({ length: 8 }, (_, n) => [callsLong(`job-${n}`), ...turns(n, n)]);
    const events = [...begun, ...Array.from({ length: 24 }, (_, n) => turns(n + 8, n + 8))];
    const request = { when: { events: 12 }, keep: { events: 4 } };
    expect(await summariesIn(events, request)).toBeLessThanOrEqual(events.length / 2);
  });
});

it('keeps what says something, however many events only change the state', async () => {
  const step = { author: 'agent', actions: { stateDelta: { step: 1 } } };
  const key = await newSession(service, [...turns(1, 3), says('the question'), step, step, step]);
  await compact(service, { ...key, summarize, keep: { events: 2 } });
  expect((await activeOf(service, key)).shown).toEqual(['1-4', 5, 6, 7, 8, 9, 10]);
});

describe('a summarizer that never answers', () => {
  it('is not waited for once the signal is aborted, nor by the next one', async () => {
    const key = await newSession(service, turns(1, 10));
    const stopping = new AbortController();
    const never = vi.fn(() => new Promise<never>(() => {}));
    const request = { ...key, keep: { events: 2 } };
    const first = compact(service, { ...request, summarize: never, signal: stopping.signal });
    await vi.waitFor(() => expect(never).toHaveBeenCalled());
    const next = compact(service, { ...request, summarize });
    stopping.abort(new Error('too long'));
    await expect(first).rejects.toThrow('too long');
    expect(await next).toMatchObject({ type: 'compacted' });
  });

  it('lets nobody wait whose own signal is aborted', async () => {
    const key = await newSession(service, turns(1, 10));
    const first = new AbortController();
    const never = () => new Promise<never>(() => {});
    const running = compact(service, { ...key, summarize: never, signal: first.signal });
    const waiting = compact(service, {
      ...key,
      summarize: () => expect.unreachable(),
      signal: AbortSignal.abort(new Error('gone')),
    });
    await expect(waiting).rejects.toThrow('gone');
    first.abort(new Error('too long'));
    await expect(running).rejects.toThrow('too long');
    expect(await compact(service, { ...key, summarize })).toMatchObject({ type: 'compacted' });
  });
});
