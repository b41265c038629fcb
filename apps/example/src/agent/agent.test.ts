import { StreamingMode } from '@holdfast/core';
import { isTempKey } from '@holdfast/state';
import { expect, test, vi } from 'vitest';
import { callLook, createWorld, look, lookOnce, run, say } from './agent.fixture.ts';
import { createExampleAgent } from './example-agent.ts';
import type { Model } from './model.ts';
import { ModelError } from './model-error.ts';
import { OfflineModel } from './offline-model.ts';
import type { Tool } from './tool.ts';

test('a run ends at maxLlmCalls, and says so in its last event', async () => {
  let calls = 0;
  const { events } = await run({
    runConfig: { maxLlmCalls: 2 },
    async *model() {
      calls += 1;
      yield callLook;
    },
  });
  expect(calls).toBe(2);
  expect(events.at(-1)).toMatchObject({ errorCode: 'MAX_LLM_CALLS', turnComplete: true });
});

test('a maxLlmCalls of 0 bounds nothing', async () => {
  let calls = 0;
  const { events } = await run({
    runConfig: { maxLlmCalls: 0 },
    async *model() {
      calls += 1;
      yield calls > 600 ? say('done') : callLook;
    },
  });
  expect(events.at(-1)?.content?.parts).toEqual([{ text: 'done' }]);
});

test('a tool sees the plan in temp: state, and what it changes is stored with its response', async () => {
  const seen: unknown[] = [];
  const peek: Tool = {
    ...look,
    run({ state }) {
      seen.push([state.get('temp:plan'), state.get('temp:step')]);
      state.set('looked', true);
      return { title: state.get('title') ?? null };
    },
  };
  const { events, stored, steps } = await run({
    tools: [peek],
    runConfig: { streamingMode: StreamingMode.None },
    async *model({ history }) {
      yield history.length === 1 ? callLook : say('done');
      if (history.length === 1) yield callLook;
    },
  });
  expect(seen).toEqual([
    [['look'], 'calling look'],
    [[], 'calling look'],
  ]);
  expect(events).toHaveLength(4);
  expect(events[2]?.content?.parts?.[0]?.functionResponse?.response).toEqual({ title: 'go' });
  expect(events[2]?.actions.stateDelta).toEqual({ looked: true });
  expect(stored?.state.toJSON()).toEqual({ looked: true, title: 'go' });
  const temps = steps.flatMap((step) => (step.kind === 'temp' ? [step.temp] : []));
  expect(temps).toContainEqual({ plan: ['look', 'look'], step: 'asking the model' });
  expect(temps.at(-1)).toEqual({});
});

test('temp: state reaches no stored event and no session', async () => {
  const { service, session } = await createWorld();
  const agent = createExampleAgent({ service, model: new OfflineModel() });
  const append = vi.spyOn(service, 'appendEvent');
  for (const message of ['my name is Ada', 'add milk to my list', 'announce: tea at four']) {
    const current = (await service.get(session.key)) ?? session;
    for await (const _ of agent.run({ session: current, message })) void _;
  }
  const given = append.mock.calls.flatMap(([{ event }]) =>
    Object.keys(event.actions?.stateDelta ?? {}),
  );
  expect(given.filter(isTempKey)).toEqual(expect.arrayContaining(['temp:plan', 'temp:step']));
  const stored = await service.get(session.key);
  const keys = stored?.events.flatMap(({ actions }) => [
    ...Object.keys(actions.stateDelta),
    ...(actions.removedStateKeys ?? []),
  ]);
  expect(keys).toEqual(['title', 'user:name', 'shopping', 'app:announcement']);
  expect([...(stored?.state.keys() ?? [])].filter(isTempKey)).toEqual([]);
});

test('the config and the settings of a run reach the model, and the last event names them', async () => {
  let asked: Parameters<Model['generate']>[0] | undefined;
  const signal = new AbortController().signal;
  const { events } = await run({
    config: { temperature: 0.5, maxOutputTokens: 7 },
    signal,
    tools: [look],
    async *model(request) {
      asked = request;
      yield say('yes');
      yield { kind: 'end', end: { finishReason: 'STOP', modelVersion: 'test-1' } };
    },
  });
  expect(asked?.config).toMatchObject({
    temperature: 0.5,
    maxOutputTokens: 7,
    systemInstruction: 'Answer.',
    tools: [{ functionDeclarations: [{ name: 'look' }] }],
  });
  expect(asked?.config.abortSignal).toBe(signal);
  expect(events.at(-1)).toMatchObject({
    finishReason: 'STOP',
    modelVersion: 'test-1',
    customMetadata: { model: 'test', config: { temperature: 0.5, maxOutputTokens: 7 } },
  });
});

test.each([
  ['an Error', new Error('no connection'), 'MODEL_ERROR'],
  ['a ModelError', new ModelError('RESOURCE_EXHAUSTED', 'no connection'), 'RESOURCE_EXHAUSTED'],
])('%s of a model becomes part of the conversation, which goes on', async (_, thrown, code) => {
  const world = await createWorld();
  const failing = await run({
    world,
    async *model() {
      yield say('half ');
      yield callLook;
      throw thrown;
    },
  });
  expect(failing.events.at(-1)).toMatchObject({
    errorCode: code,
    errorMessage: 'no connection',
    content: { parts: [{ text: 'half ' }] },
    turnComplete: true,
  });
  expect(failing.stored?.revision).toBe(2);
  const next = await run({ world, tools: [look], model: lookOnce });
  expect(next.events.at(-1)?.content?.parts).toEqual([{ text: 'done' }]);
});

test('a model is told of a tool that is not there, and of one that throws', async () => {
  const { events } = await run({ model: lookOnce });
  expect(events[2]?.content?.parts?.[0]?.functionResponse?.response).toEqual({
    error: 'there is no tool look',
  });
  const broken: Tool = {
    ...look,
    run() {
      throw new Error('it is dark');
    },
  };
  const thrown = await run({ model: lookOnce, tools: [broken] });
  expect(thrown.events[2]?.content?.parts?.[0]?.functionResponse?.response).toEqual({
    error: 'it is dark',
  });
});

test('an answer that was cut off at maxOutputTokens says so, and is no failure', async () => {
  const { events } = await run({
    async *model() {
      yield say('so far');
      yield { kind: 'end', end: { finishReason: 'MAX_TOKENS' } };
    },
  });
  expect(events.at(-1)).toMatchObject({
    content: { parts: [{ text: 'so far' }] },
    finishReason: 'MAX_TOKENS',
    turnComplete: true,
  });
  expect(events.at(-1)).not.toHaveProperty('errorCode');
});

test('an interrupted answer is stored as such, without the calls that nobody answers', async () => {
  const interruption = new AbortController();
  const { events, steps } = await run({
    signal: interruption.signal,
    async *model({ signal }) {
      yield say('half ');
      yield callLook;
      interruption.abort();
      signal.throwIfAborted();
    },
  });
  expect(steps.filter(({ kind }) => kind === 'partial')).toHaveLength(1);
  expect(events.at(-1)).toMatchObject({
    interrupted: true,
    turnComplete: true,
    content: { parts: [{ text: 'half ' }] },
  });
  expect(events.at(-1)).not.toHaveProperty('errorCode');
});

test('parts with a signature are stored as they came, and plain texts are joined', async () => {
  const signed = { functionCall: { name: 'look', args: {} }, thoughtSignature: 'c2ln' };
  const { events } = await run({
    tools: [look],
    async *model({ history }) {
      if (history.length > 1) {
        yield say('it is ');
        yield say('blue');
        yield { kind: 'part', part: { text: '', thoughtSignature: 'ZW5k' } };
        return;
      }
      yield { kind: 'part', part: { text: 'I look', thought: true } };
      yield { kind: 'part', part: { text: ' at it', thought: true } };
      yield { kind: 'part', part: signed };
    },
  });
  expect(events[1]?.content?.parts).toEqual([{ text: 'I look at it', thought: true }, signed]);
  expect(events[3]?.content?.parts).toEqual([
    { text: 'it is blue' },
    { text: '', thoughtSignature: 'ZW5k' },
  ]);
});
