import type { Event } from '@holdfast/core';
import { expect, test, vi } from 'vitest';
import type { Model } from '../agent/model.ts';
import { OfflineModel } from '../agent/offline-model.ts';
import { textOf } from './client.fixture.ts';
import { eventsIn } from './frame-reader.fixture.ts';
import { startServer } from './test-server.fixture.ts';

const story = { text: 'tell me a story', eventId: 'story' };

/** An offline model whose calls are counted. */
function countedModel(wordDelay = 0) {
  const model = new OfflineModel({ wordDelay });
  return { model, generate: vi.spyOn(model, 'generate') };
}

/** A model that says one word, and then nothing until it is let go on. */
function haltedModel() {
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const model: Model = {
    name: 'halted',
    async *generate({ signal }) {
      yield { kind: 'part', part: { text: 'half ' } };
      yield { kind: 'part', part: { text: 'of it, ' } };
      await Promise.race([
        gate,
        new Promise((resolve) => signal.addEventListener('abort', resolve)),
      ]);
      signal.throwIfAborted();
      yield { kind: 'part', part: { text: 'and the rest' } };
    },
  };
  return { model, letGo };
}

test('the same event id again asks the agent once, in any mode', async () => {
  const { model, generate } = countedModel();
  const client = (await startServer({ model })).client();
  const id = await client.begin();
  const first = await client.say(id, story.text, story);
  expect(first[0]?.id).toBe('story');
  expect(new Set(first.map(({ invocationId }) => invocationId))).toEqual(new Set(['story']));
  await client.say(id, 'hello');
  const calls = generate.mock.calls.length;
  expect(await client.say(id, story.text, story)).toEqual(first);
  const frames = await (await client.speak(id, story)).rest();
  expect(eventsIn(frames)).toEqual(first);
  expect(frames.at(-1)?.event).toBe('done');
  const socket = await client.socket(id);
  socket.send({ type: 'message', ...story });
  const spoken = await socket.until('done');
  expect(spoken.flatMap((frame) => (frame.type === 'event' ? frame.event : []))).toEqual(first);
  expect(generate).toHaveBeenCalledTimes(calls);
});

test('the same event id while its turn runs follows the turn, from what was said on', async () => {
  const { model, letGo } = haltedModel();
  const client = (await startServer({ model })).client();
  const id = await client.begin();
  const first = await client.speak(id, story);
  await first.until(({ data }) => textOf(data) === 'of it, ');
  const second = await client.speak(id, story);
  const soFar = await second.until('partial');
  expect(eventsIn(soFar).map((event) => event.id)).toEqual(['story']);
  expect(textOf(soFar.at(-1)?.data)).toBe('half of it, ');
  const third = client.say(id, story.text, { eventId: 'story' });
  letGo();
  const [one, two] = await Promise.all([first.rest(), second.rest()]);
  expect(eventsIn(one)).toEqual(eventsIn(two));
  expect(textOf(eventsIn(two).at(-1))).toBe('half of it, and the rest');
  expect((await third).at(-1)).toEqual(eventsIn(two).at(-1));
  expect((await client.view(id)).session.revision).toBe(2);
});

test('the same event id at the same moment is one turn', async () => {
  const { model, generate } = countedModel();
  const client = (await startServer({ model })).client();
  const id = await client.begin();
  const answers = await Promise.all(
    [1, 2, 3, 4].map(() => client.say(id, story.text, { eventId: 'story' })),
  );
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(generate).toHaveBeenCalledTimes(1);
});

test('the same event id with another text is refused, and changes nothing', async () => {
  const { model, letGo } = haltedModel();
  const client = (await startServer({ model })).client();
  const id = await client.begin();
  const messages = `POST /api/sessions/${id}/messages`;
  const other = { json: { text: 'another', eventId: 'story' } };
  const running = await client.speak(id, story);
  expect(await client.refused(messages, other)).toMatchObject({
    status: 409,
    code: 'already_exists',
    path: 'eventId',
  });
  letGo();
  await running.rest();
  expect(await client.refused(messages, other)).toMatchObject({
    status: 409,
    code: 'already_exists',
    path: 'eventId',
  });
  expect((await client.view(id)).session.revision).toBe(2);
});

test('a second message while an answer is made is refused, and changes nothing', async () => {
  const { model, letGo } = haltedModel();
  const server = await startServer({ model });
  const client = server.client();
  const id = await client.begin();
  const answer = await client.speak(id, story);
  await answer.until('partial');
  const refusal = { status: 409, code: 'conflict' };
  const call = `POST /api/sessions/${id}/messages`;
  expect(await client.refused(call, { json: { text: 'too early' } })).toMatchObject(refusal);
  const socket = await client.socket(id);
  socket.send({ type: 'message', text: 'too early' });
  expect((await socket.until('error')).at(-1)).toMatchObject({ error: { code: 'conflict' } });
  // Another conversation goes on meanwhile.
  const other = await client.begin();
  const elsewhere = client.say(other, 'hello');
  letGo();
  expect(textOf((await elsewhere).at(-1))).toBe('half of it, and the rest');
  expect(eventsIn(await answer.rest()).at(-1)).toMatchObject({ turnComplete: true });
  expect((await client.view(id)).session.revision).toBe(2);
});

test.each(['http', 'socket'] as const)(
  'an answer is interrupted over %s, stored as such, and the conversation goes on',
  async (way) => {
    const { model, letGo } = haltedModel();
    const client = (await startServer({ model })).client();
    const id = await client.begin();
    const socket = await client.socket(id);
    const reader = await client.stream(`GET /api/sessions/${id}/stream`);
    socket.send({ type: 'message', ...story });
    await socket.until('partial');
    if (way === 'socket') socket.send({ type: 'interrupt' });
    else expect((await client.call(`POST /api/sessions/${id}/interrupt`)).status).toBe(204);
    // The next message may follow at once: it waits for the end of the interrupted answer.
    const next = client.say(id, 'and now?');
    const last = (await socket.until('done')).findLast(({ type }) => type === 'event');
    expect(last).toMatchObject({
      event: {
        interrupted: true,
        turnComplete: true,
        content: { role: 'model', parts: [{ text: expect.stringMatching(/^half /u) }] },
      },
    });
    letGo();
    expect(textOf((await next).at(-1))).toBe('half of it, and the rest');
    const heard = eventsIn(await reader.until(({ data }) => data.seq === 4));
    expect(heard.map(({ interrupted }) => interrupted)).toEqual([
      undefined,
      true,
      undefined,
      undefined,
    ]);
    await reader.leave();
  },
);

test('an answer in mode none is interrupted, too', async () => {
  const client = (await startServer({ wordDelay: 20 })).client();
  const id = await client.begin();
  const answer = client.say(id, story.text);
  const isAnswering = async () => expect((await client.state(id)).temp?.['step']).toBe('answering');
  await vi.waitFor(isAnswering, { timeout: 10_000 });
  await client.call(`POST /api/sessions/${id}/interrupt`);
  expect((await answer).at(-1)).toMatchObject({ interrupted: true, turnComplete: true });
});

test('an interruption where nothing runs does nothing', async () => {
  const client = (await startServer()).client();
  const id = await client.begin();
  expect((await client.call(`POST /api/sessions/${id}/interrupt`)).status).toBe(204);
  expect(await client.ask(id, 'hello')).toContain('Hello');
});

test('a turn goes on to its end when its client leaves', async () => {
  for (const way of ['sse', 'socket'] as const) {
    const { model, letGo } = haltedModel();
    const server = await startServer({ model });
    const client = server.client();
    const id = await client.begin();
    if (way === 'sse') {
      const reader = await client.speak(id, story);
      await reader.until('partial');
      await reader.leave();
    } else {
      const socket = await client.socket(id);
      socket.send({ type: 'message', ...story });
      await socket.until('partial');
      socket.raw.terminate();
      await socket.closed;
    }
    letGo();
    const last = await vi.waitFor(async () => {
      const { events } = await client.view(id);
      expect(events).toHaveLength(2);
      return events.at(-1);
    }, 10_000);
    expect(last).toMatchObject({ turnComplete: true });
    expect(last).not.toHaveProperty('interrupted');
  }
});

test('what two conversations learn of their user at once is all known', async () => {
  const offline = new OfflineModel();
  let asked = 0;
  let letGo = () => {};
  const bothAsked = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const model: Model = {
    name: 'in step',
    async *generate(request) {
      asked += 1;
      if (asked === 2) letGo();
      await bothAsked;
      yield* offline.generate(request);
    },
  };
  const client = (await startServer({ model })).client();
  const [first, second] = [await client.begin(), await client.begin()];
  await Promise.all([client.say(first, 'I like tea'), client.say(second, 'I like coffee')]);
  const user = { 'likes:tea': true, 'likes:coffee': true };
  expect((await client.state(first)).state.user).toEqual(user);
  const answer = await client.ask(first, 'what do you know about me?');
  expect(answer).toMatch(/^You like (?:tea and coffee|coffee and tea)\.$/u);
  expect(await client.ask(second, 'forget what I like')).toBe('I have forgotten your likes.');
  expect((await client.state(first)).state.user).toEqual({});
});

test('a conversation that is deleted in mid-answer ends the answer with not_found', async () => {
  const { model } = haltedModel();
  const client = (await startServer({ model })).client();
  const id = await client.begin();
  const answer = await client.speak(id, story);
  await answer.until('partial');
  await client.call(`DELETE /api/sessions/${id}`);
  expect((await answer.rest()).at(-1)).toMatchObject({
    event: 'error',
    data: { code: 'not_found' },
  });
});

test('a model that fails leaves a conversation that goes on', async () => {
  let calls = 0;
  const offline = new OfflineModel();
  const model: Model = {
    name: 'failing',
    async *generate(request) {
      calls += 1;
      if (calls > 1) return yield* offline.generate(request);
      yield { kind: 'part', part: { text: 'half ' } };
      throw new Error('no connection');
    },
  };
  const client = (await startServer({ model })).client();
  const id = await client.begin();
  const failed: readonly Event[] = await client.say(id, 'my name is Ada');
  expect(failed.at(-1)).toMatchObject({
    errorCode: 'MODEL_ERROR',
    errorMessage: 'no connection',
    turnComplete: true,
    content: { parts: [{ text: 'half ' }] },
  });
  expect(await client.ask(id, 'my name is Ada')).toContain('Nice to meet you');
});
