import { InMemorySessionService } from '@holdfast/in-memory';
import { describe, expect, it } from 'vitest';
import { answers, asksToConfirm, calls, newSession, says } from './conversation.fixture.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { toContents } from './to-contents.ts';

const service = new InMemorySessionService();

async function sessionOf(events: Parameters<typeof newSession>[1]) {
  return service.getOrCreate(await newSession(service, events));
}

const confirms = {
  author: 'user',
  content: {
    role: 'user',
    parts: [
      {
        functionResponse: {
          id: 'confirm-pay',
          name: 'adk_request_confirmation',
          response: { confirmed: true },
        },
      },
    ],
  },
};

describe('a budget', () => {
  it('is not used up by events that only change the state', async () => {
    const step = { author: 'agent', actions: { stateDelta: { step: 1 } } };
    const session = await sessionOf([says('hello?'), step, step, step]);
    expect(toContents(session, { maxEvents: 1 })).toEqual([
      { role: 'user', parts: [{ text: 'hello?' }] },
    ]);
  });

  it('is not used up by a request to a person and the answer to it', async () => {
    const events = [says('pay'), calls('pay'), asksToConfirm('pay'), confirms];
    const contents = toContents(await sessionOf(events), { maxEvents: 2 });
    expect(contents.map(({ parts }) => Object.keys(parts?.[0] ?? {}))).toEqual([
      ['text'],
      ['functionCall'],
      ['functionResponse'],
    ]);
  });

  it('keeps a call that a person is asked about, before older and newer events', async () => {
    const events = [says('pay'), calls('pay'), asksToConfirm('pay')];
    const more = [answers('please confirm'), says('wait'), answers('I do'), says('and now?')];
    const contents = toContents(await sessionOf([...events, ...more]), { maxEvents: 3 });
    const parts = contents.flatMap((content) => content.parts ?? []);
    expect(parts).toMatchObject([
      { text: '(The conversation began earlier.)' },
      { functionCall: { id: 'pay' } },
      { functionResponse: { id: 'pay', response: { status: 'pending' } } },
      { text: 'and now?' },
    ]);
  });

  it.each([100, 1_000, 4_000])('of %i tokens has room for made-up responses', async (maxTokens) => {
    const lost = Array.from({ length: 300 }, (_, i) => calls(`lost-${i}`));
    const contents = toContents(await sessionOf([says('hi'), ...lost]), { maxTokens });
    const tokens = contents.reduce((sum, content) => sum + estimateTokens(content), 0);
    expect(contents.length).toBeGreaterThan(2);
    // What says that the conversation began earlier is not counted.
    expect(tokens).toBeLessThanOrEqual(maxTokens + 15);
  });
});

it('gives the contents of a session that was written as JSON, with an erased event', async () => {
  const key = await newSession(service, [says('my number is 7'), says('hello')]);
  const session = await service.getOrCreate(key);
  await service.retract({ ...key, eventIds: [session.events[0]?.id ?? ''], erase: true });
  const json = JSON.parse(JSON.stringify(await service.getOrCreate(key)));
  expect(toContents(json)).toEqual([{ role: 'user', parts: [{ text: 'hello' }] }]);
});
