import { expect, test } from 'vitest';
import { openSessionService } from '../store/open-session-service.ts';
import { createSteadyClock } from '../store/steady-clock.ts';
import { createTestStores } from '../store/test-stores.fixture.ts';
import { textOf } from './client.fixture.ts';
import { eventsIn } from './frame-reader.fixture.ts';
import { startServer } from './test-server.fixture.ts';

const stores = [
  { kind: 'memory' as const, url: 'memory:', missing: undefined },
  ...(await createTestStores()),
];

test.for(stores)(
  'the same conversations over $kind',
  {
    timeout: 120_000,
  },
  async ({ url, missing }, { skip }) => {
    if (missing !== undefined) skip(missing);
    await using service = await openSessionService(url, { now: createSteadyClock() });
    const server = await startServer({ service });
    const ada = server.client();
    expect(await ada.me()).toMatchObject({ userId: 'ada', appName: 'holdfast-example' });

    // Each streaming mode, in one conversation.
    const first = await ada.begin();
    const whole = await ada.say(first, 'My name is Ada and I like tea');
    expect(whole.map(({ author, seq }) => [author, seq])).toEqual([
      ['user', 1],
      ['agent', 2],
      ['agent', 3],
      ['agent', 4],
    ]);
    const streamed = await ada.speak(first, { text: 'Add milk and bread to my shopping list' });
    const frames = await streamed.rest();
    expect(frames.at(-1)).toMatchObject({ event: 'done', data: {} });
    expect(eventsIn(frames).map(({ seq }) => seq)).toEqual([5, 6, 7, 8]);
    expect(frames.filter(({ event }) => event === 'event').map(({ id }) => id)).toEqual([
      '5',
      '6',
      '7',
      '8',
    ]);
    const pieces = frames.filter(({ event }) => event === 'partial').map(({ data }) => data);
    expect(pieces.map(textOf).join('')).toBe(textOf(eventsIn(frames).at(-1)));
    expect(pieces.every(({ seq }) => seq === undefined)).toBe(true);
    const socket = await ada.socket(first);
    socket.send({ type: 'message', text: 'Announce: tea at four' });
    const spoken = await socket.until('done');
    expect(spoken.flatMap((frame) => (frame.type === 'event' ? frame.event.seq : []))).toEqual([
      9, 10, 11, 12,
    ]);
    expect(spoken.some(({ type }) => type === 'partial')).toBe(true);
    socket.raw.close();

    // What belongs to whom.
    expect(await ada.state(first)).toMatchObject({
      userId: 'ada',
      session: { id: first, title: 'My name is Ada and I like tea', revision: 12 },
      state: {
        session: { title: 'My name is Ada and I like tea', shopping: ['milk', 'bread'] },
        user: { name: 'Ada', 'likes:tea': true },
        app: { announcement: 'tea at four' },
      },
      temp: null,
      answering: false,
    });
    const second = await ada.begin();
    expect((await ada.state(second)).state).toMatchObject({
      session: {},
      user: { name: 'Ada' },
    });
    expect(await ada.ask(second, 'What is on my shopping list?')).toContain('is empty');
    expect(await ada.ask(second, 'What do you know about me?')).toBe(
      'Your name is Ada. You like tea.',
    );

    const grace = server.client();
    await grace.become('grace');
    expect(await grace.take('GET /api/state')).toEqual({
      userId: 'grace',
      state: { session: {}, user: {}, app: { announcement: 'tea at four' } },
      temp: null,
      answering: false,
    });
    expect((await grace.list()).sessions).toEqual([]);
    const hers = await grace.begin();
    expect(await grace.ask(hers, 'What is the announcement?')).toContain('tea at four');
    expect(await grace.refused(`GET /api/sessions/${first}`)).toMatchObject({ status: 404 });

    // Pages of conversations, newest first, and of events.
    const third = await ada.begin();
    await ada.say(third, 'hello');
    await ada.say(first, 'hello');
    const page = await ada.list('?limit=2');
    expect(page.sessions.map(({ id }) => id)).toEqual([first, third]);
    const rest = await ada.list(`?limit=2&cursor=${page.nextCursor}`);
    expect(rest.sessions.map(({ id, title }) => [id, title])).toEqual([
      [second, 'What is on my shopping list?'],
    ]);
    expect(rest.nextCursor).toBeUndefined();
    const view = await ada.view(first, '?recent=2');
    expect(view.events.map(({ seq }) => seq)).toEqual([15, 16]);
    expect((await ada.view(first, '?recent=0')).events).toEqual([]);
    const older = await ada.take(
      `GET /api/sessions/${first}/events?beforeSeq=15&limit=3&order=desc`,
    );
    expect(older).toMatchObject({ events: [{ seq: 14 }, { seq: 13 }, { seq: 12 }], hasMore: true });
    const newer = await ada.take(`GET /api/sessions/${first}/events?afterSeq=14`);
    expect(newer).toMatchObject({ events: [{ seq: 15 }, { seq: 16 }], hasMore: false });

    // What is deleted is gone, and what is known of the user stays.
    expect((await ada.call(`DELETE /api/sessions/${first}`)).status).toBe(204);
    expect(await ada.refused(`DELETE /api/sessions/${first}`)).toMatchObject({ status: 404 });
    expect(await ada.refused(`GET /api/sessions/${first}`)).toMatchObject({ status: 404 });
    expect((await ada.list()).sessions.map(({ id }) => id)).toEqual([third, second]);
    expect((await ada.state(second)).state.user).toEqual({ name: 'Ada', 'likes:tea': true });
  },
);

test('a message says the same in each mode, and temp: values are in no answer but theirs', async () => {
  const server = await startServer();
  const client = server.client();
  const frames = await (await client.speak(await client.begin(), { text: 'I like tea' })).rest();
  const temps = frames.filter(({ event }) => event === 'temp').map(({ data }) => data);
  expect(temps).toContainEqual({ plan: ['remember_like'], step: 'asking the model' });
  expect(temps).toContainEqual({ plan: [], step: 'calling remember_like' });
  expect(temps).toContainEqual({ plan: [], step: 'answering' });
  expect(temps.at(-1)).toEqual({});
  expect(JSON.stringify(eventsIn(frames))).not.toContain('temp:');
});

test('the temp: values of a turn that runs are in the state, and then they are not', async () => {
  const server = await startServer({ wordDelay: 20 });
  const client = server.client();
  const id = await client.begin();
  const reader = await client.speak(id, { text: 'tell me a story' });
  await reader.until('partial');
  expect(await client.state(id)).toMatchObject({
    answering: true,
    temp: { plan: [], step: 'answering' },
  });
  expect(await client.view(id)).toMatchObject({ answering: true, temp: { step: 'answering' } });
  await client.call(`POST /api/sessions/${id}/interrupt`);
  await reader.until('done');
  expect(await client.state(id)).toMatchObject({ answering: false, temp: null });
});

test('settings reach the model', async () => {
  const server = await startServer();
  const client = server.client();
  const id = await client.begin();
  const config = { maxOutputTokens: 3, temperature: 1.5, topP: 0.5, topK: 10 };
  const events = await client.say(id, 'tell me a story', { config });
  expect(textOf(events.at(-1)).trim()).toBe('A keeper of');
  expect(events.at(-1)).toMatchObject({
    finishReason: 'MAX_TOKENS',
    customMetadata: { model: 'offline', config },
  });
  const socket = await client.socket(id);
  socket.send({ type: 'message', text: 'tell me a story', config: { maxOutputTokens: 2 } });
  const frames = await socket.until('done');
  expect(frames.filter(({ type }) => type === 'partial')).toHaveLength(2);
});

test('a message costs no more reading when the conversation is long', async () => {
  const server = await startServer();
  const client = server.client();
  const id = await client.begin();
  const key = { appName: 'holdfast-example', userId: 'ada', sessionId: id };
  const content = { role: 'user', parts: [{ text: 'and then?' }] };
  const events = Array.from({ length: 1_000 }, () => ({ author: 'user', content }));
  for (let i = 0; i < 10; i++) await server.service.appendEvents({ ...key, events });
  const answer = await client.ask(id, 'what did I say?');
  expect(answer.match(/and then\?/gu)).toHaveLength(200);
  const { events: last, session } = await client.view(id);
  expect(session.revision).toBe(10_002);
  expect(last).toHaveLength(50);
});

test('of a long conversation, a model is told nothing that begins with an answer', async () => {
  const server = await startServer();
  const client = server.client();
  const id = await client.begin();
  const key = { appName: 'holdfast-example', userId: 'ada', sessionId: id };
  const said = (author: string, role: string) => ({
    author,
    content: { role, parts: [{ text: 'and then?' }] },
  });
  const question = said('user', 'user');
  const turns = Array.from({ length: 150 }, () => [question, said('agent', 'model')]);
  await server.service.appendEvents({ ...key, events: [...turns.flat(), question] });
  const questions = Array.from({ length: 100 }, () => '"and then?"');
  expect(await client.ask(id, 'what did I say?')).toBe(`You said: ${questions.join(', ')}.`);
});
