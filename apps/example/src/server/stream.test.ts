import { InMemorySessionService } from '@holdfast/in-memory';
import { expect, test, vi } from 'vitest';
import { createSteadyClock } from '../store/steady-clock.ts';
import { textOf } from './client.fixture.ts';
import { eventsIn } from './frame-reader.fixture.ts';
import { appName, startServer } from './test-server.fixture.ts';

const patiently = { timeout: 20_000 };

const isEnd = ({ data }: { readonly data: { readonly turnComplete?: boolean } }) =>
  data.turnComplete === true;

test('a reader gets what is stored behind its last event, and then what comes', async () => {
  const client = (await startServer()).client();
  const id = await client.begin();
  await client.say(id, 'my name is Ada');
  const headers = { 'Last-Event-ID': '2' };
  const readers = await Promise.all([
    client.stream(`GET /api/sessions/${id}/stream`, { headers }),
    client.stream(`GET /api/sessions/${id}/stream?after=2`),
    client.stream(`GET /api/sessions/${id}/stream?after=0`, { headers }),
  ]);
  for (const reader of readers) {
    expect(reader.response.headers.get('Content-Type')).toBe('text/event-stream');
    expect(reader.response.headers.get('X-Accel-Buffering')).toBe('no');
    const stored = await reader.until(isEnd);
    expect(stored.map(({ event, id: seq }) => [event, seq])).toEqual([
      ['event', '3'],
      ['event', '4'],
    ]);
  }
  await client.say(id, 'hello');
  for (const reader of readers) {
    const come = eventsIn(await reader.until(isEnd));
    expect(come.map(({ seq }) => seq)).toEqual([5, 6, 7, 8]);
    await reader.leave();
  }
});

test('many readers are no reason for a warning', async () => {
  const warn = vi.fn();
  process.on('warning', warn);
  try {
    const client = (await startServer()).client();
    const id = await client.begin();
    const calls = Array.from({ length: 12 }, () => client.stream(`GET /api/sessions/${id}/stream`));
    const readers = await Promise.all(calls);
    await client.say(id, 'hello');
    for (const reader of readers) {
      await reader.until(isEnd);
      await reader.leave();
    }
    expect(warn).not.toHaveBeenCalled();
  } finally {
    process.off('warning', warn);
  }
});

test('without a last event a reader begins at the first', async () => {
  const client = (await startServer()).client();
  const id = await client.begin();
  await client.say(id, 'tell me a story');
  const reader = await client.stream(`GET /api/sessions/${id}/stream`);
  expect(eventsIn(await reader.until(isEnd)).map(({ seq }) => seq)).toEqual([1, 2]);
  await reader.leave();
});

test('a reader hears an answer while it is made, also who comes in its midst', async () => {
  const client = (await startServer({ wordDelay: 20 })).client();
  const id = await client.begin();
  const early = await client.stream(`GET /api/sessions/${id}/stream`);
  const answer = client.say(id, 'tell me a story', { streamingMode: 'none' });
  // In mode none there are no pieces, for nobody.
  expect((await early.until(isEnd)).filter(({ event }) => event === 'partial')).toEqual([]);
  await answer;

  const streamed = await client.speak(id, { text: 'tell me a story' });
  const heard = await streamed.until(({ data }) => textOf(data).startsWith('lighthouse'));
  const late = await client.stream(`GET /api/sessions/${id}/stream?after=2`);
  const frames = await late.until(isEnd);
  const pieces = frames.filter(({ event }) => event === 'partial').map(({ data }) => textOf(data));
  const whole = textOf(eventsIn(frames).at(-1));
  expect(frames.slice(0, 2).map(({ event }) => event)).toEqual(['event', 'temp']);
  expect(pieces.join('')).toBe(whole);
  const before = heard.filter(({ event }) => event === 'partial').map(({ data }) => textOf(data));
  expect(pieces[0]?.startsWith(before.join(''))).toBe(true);
  expect((await late.until('done')).map(({ event }) => event)).toEqual(['done']);
  await Promise.all([early.leave(), late.leave(), streamed.rest()]);
});

test('a reader hears what another process stores', async () => {
  const service = new InMemorySessionService({ now: createSteadyClock() });
  const here = await startServer({ service });
  const there = await startServer({ service });
  const client = here.client();
  const id = await client.begin();
  const reader = await client.stream(`GET /api/sessions/${id}/stream`);
  const other = there.client();
  await other.say(id, 'my name is Ada');
  expect(eventsIn(await reader.until(isEnd)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  // And then what this one says, each once.
  await client.say(id, 'hello');
  expect(eventsIn(await reader.until(isEnd)).map(({ seq }) => seq)).toEqual([5, 6, 7, 8]);
  await reader.leave();
});

test('a long history is streamed whole, in order, and each event once', async () => {
  const server = await startServer();
  const client = server.client();
  const id = await client.begin();
  const key = { appName, userId: 'ada', sessionId: id };
  const events = Array.from({ length: 1_000 }, (_, i) => ({ author: 'user', output: i }));
  await server.service.appendEvents({ ...key, events });
  const reader = await client.stream(`GET /api/sessions/${id}/stream?after=10`);
  const answer = client.say(id, 'hello');
  const frames = eventsIn(await reader.until(isEnd));
  await answer;
  expect(frames.map(({ seq }) => seq)).toEqual(Array.from({ length: 994 }, (_, i) => i + 11));
  await reader.leave();
});

test('a stream ends where its conversation is deleted', async () => {
  const client = (await startServer()).client();
  const id = await client.begin();
  const reader = await client.stream(`GET /api/sessions/${id}/stream`);
  await client.call(`DELETE /api/sessions/${id}`);
  expect((await reader.rest()).at(-1)).toMatchObject({
    event: 'error',
    data: { code: 'not_found' },
  });
});

test('readers who have left are forgotten', async () => {
  const server = await startServer();
  const client = server.client();
  const id = await client.begin();
  const list = vi.spyOn(server.service, 'listEvents');
  const asked = (sessionId: string) =>
    list.mock.calls.filter(([request]) => request.sessionId === sessionId).length;
  const asksAgain = async (sessionId: string) => {
    const before = asked(sessionId);
    await vi.waitFor(() => expect(asked(sessionId)).toBeGreaterThan(before + 2), patiently);
  };
  const readers = await Promise.all(
    [1, 2, 3].map(() => client.stream(`GET /api/sessions/${id}/stream`)),
  );
  await asksAgain(id);
  for (const reader of readers) await reader.leave();
  // Nobody asks the store for it any more, while somebody who reads another one goes on asking.
  const other = await client.begin();
  const reader = await client.stream(`GET /api/sessions/${other}/stream`);
  await vi.waitFor(async () => {
    const before = asked(id);
    await asksAgain(other);
    expect(asked(id)).toBe(before);
  }, patiently);
  await reader.leave();
});

test('a server that ends, ends its streams', async () => {
  const server = await startServer({ wordDelay: 20 });
  const client = server.client();
  const id = await client.begin();
  const reader = await client.stream(`GET /api/sessions/${id}/stream`);
  const answer = await client.speak(id, { text: 'tell me a story' });
  await answer.until('partial');
  await server.close();
  await reader.rest();
  const frames = await answer.rest();
  expect(eventsIn(frames).at(-1)).toMatchObject({ interrupted: true });
  expect(frames.at(-1)?.event).toBe('done');
});
