import { type Event, HoldfastError, StreamingMode } from '@holdfast/core';
import { InMemorySessionService } from '@holdfast/in-memory';
import type { Session, SessionService } from '@holdfast/session';
import { isTempKey } from '@holdfast/state';
import { expect, test, vi } from 'vitest';
import { Agent, type AgentStep, type RunRequest } from './agent.ts';
import { createExampleAgent } from './example-agent.ts';
import type { Model, ModelChunk } from './model.ts';
import { ModelError } from './model-error.ts';
import { OfflineModel } from './offline-model.ts';
import type { Tool } from './tool.ts';

const callLook: ModelChunk = {
  kind: 'part',
  part: { functionCall: { id: '1', name: 'look', args: {} } },
};

function say(text: string): ModelChunk {
  return { kind: 'part', part: { text } };
}

interface World {
  readonly service: SessionService;
  readonly session: Session;
}

async function createWorld(): Promise<World> {
  const service = new InMemorySessionService();
  return { service, session: await service.create({ appName: 'example', userId: 'ada' }) };
}

async function run({
  model,
  tools = [],
  world,
  ...request
}: Omit<RunRequest, 'session' | 'message'> & {
  readonly model: Model['generate'];
  readonly tools?: readonly Tool[];
  readonly world?: World;
}) {
  const { service, session } = world ?? (await createWorld());
  const current = await service.get(session.key);
  if (current === undefined) throw new Error('there is no session');
  const agent = new Agent({
    name: 'agent',
    instruction: 'Answer.',
    service,
    model: { name: 'test', generate: model },
    tools,
  });
  const steps: AgentStep[] = [];
  for await (const step of agent.run({ session: current, message: 'go', ...request })) {
    steps.push(step);
  }
  return { steps, events: eventsIn(steps), stored: await service.get(session.key) };
}

function eventsIn(steps: readonly AgentStep[]): readonly Event[] {
  return steps.flatMap((step) => (step.kind === 'event' ? [step.event] : []));
}

const look: Tool = {
  name: 'look',
  description: '',
  parameters: {},
  run({ state }) {
    state.set('looks', Number(state.get('looks') ?? 0) + 1);
    return { colour: 'blue' };
  },
};

/** Calls `look` once, and says what came of it. */
async function* lookOnce({
  history,
}: Parameters<Model['generate']>[0]): AsyncGenerator<ModelChunk> {
  yield history.at(-1)?.parts?.[0]?.functionResponse === undefined ? callLook : say('done');
}

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

test('the same message again brings what is stored, and the model is not asked', async () => {
  const world = await createWorld();
  const model = vi.fn(lookOnce);
  const first = await run({ world, model, tools: [look], eventId: 'one' });
  const calls = model.mock.calls.length;
  const again = await run({ world, model, tools: [look], eventId: 'one' });
  expect(again.events).toEqual(first.events);
  await run({ world, model, tools: [look], eventId: 'two' });
  const later = await run({ world, model, tools: [look], eventId: 'one' });
  expect(later.events).toEqual(first.events);
  expect(model).toHaveBeenCalledTimes(2 * calls);
  expect(later.stored?.revision).toBe(8);
});

test.each(['one', 'two'])('the id of message %s with another text is refused', async (eventId) => {
  const world = await createWorld();
  await run({ world, model: lookOnce, eventId: 'one' });
  await run({ world, model: lookOnce, eventId: 'two' });
  const agent = createExampleAgent({ service: world.service, model: new OfflineModel() });
  const session = (await world.service.get(world.session.key)) ?? world.session;
  const steps = agent.run({ session, message: 'something else', eventId });
  await expect(steps.next()).rejects.toMatchObject({ code: 'already_exists', path: 'eventId' });
  expect((await world.service.get(world.session.key))?.revision).toBe(8);
});

test.each([1, 2, 3])('a turn that died after event %i goes on from there', async (stored) => {
  const whole = await run({ model: lookOnce, tools: [look], eventId: 'one' });
  const world = await createWorld();
  for (const { seq: _, ...event } of whole.events.slice(0, stored)) {
    await world.service.appendEvent({ ...world.session.key, event });
  }
  const rest = await run({ world, model: lookOnce, tools: [look], eventId: 'one' });
  expect(rest.events.map(({ author, content }) => [author, content])).toEqual(
    whole.events.map(({ author, content }) => [author, content]),
  );
  // The tool was carried out once, whenever it was.
  expect(rest.stored?.state.toJSON()).toEqual({ title: 'go', looks: 1 });
});

test('a turn that died stays as it is where the conversation has gone on', async () => {
  const world = await createWorld();
  const dead = { id: 'one', invocationId: 'one', author: 'user' };
  const content = { role: 'user', parts: [{ text: 'go' }] };
  await world.service.appendEvent({ ...world.session.key, event: { ...dead, content } });
  await run({ world, model: lookOnce, tools: [look], eventId: 'two' });
  const again = await run({ world, model: lookOnce, tools: [look], eventId: 'one' });
  expect(again.events.map(({ id }) => id)).toEqual(['one']);
  expect(again.stored?.revision).toBe(5);
});

test('of two runs in one conversation, the one that is behind stores nothing more', async () => {
  const world = await createWorld();
  const late = run({
    world,
    eventId: 'one',
    async *model() {
      await run({ world, model: lookOnce, tools: [look], eventId: 'two' });
      yield say('too late');
    },
  });
  await expect(late).rejects.toMatchObject({
    code: 'conflict',
    message: 'somebody else has written into this conversation meanwhile: ask again',
  });
  const stored = await world.service.get(world.session.key);
  expect(stored?.events.map(({ invocationId }) => invocationId)).toEqual([
    'one',
    'two',
    'two',
    'two',
    'two',
  ]);
});

test('of two messages at once, the one that is behind is refused as a person can read it', async () => {
  const world = await createWorld();
  const agent = createExampleAgent({ service: world.service, model: new OfflineModel() });
  await run({ world, model: lookOnce, tools: [look] });
  const late = agent.run({ session: world.session, message: 'me, too' });
  await expect(late.next()).rejects.toMatchObject({
    code: 'conflict',
    message: 'somebody else has written into this conversation meanwhile: send it again',
  });
});

test.each([
  [10, 3],
  [5_000, 1],
])('a store that gives up after %i ms is asked %i times', async (wait, times) => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const world = await createWorld();
    const append = vi.spyOn(world.service, 'appendEvent').mockImplementation(async () => {
      vi.advanceTimersByTime(wait);
      throw new HoldfastError('unavailable', { message: 'the database is locked' });
    });
    await expect(run({ world, model: lookOnce })).rejects.toMatchObject({ code: 'unavailable' });
    expect(append).toHaveBeenCalledTimes(times);
  } finally {
    vi.useRealTimers();
  }
});

test('an append whose acknowledgement was lost is repeated, and stored once', async () => {
  const world = await createWorld();
  const append = world.service.appendEvent.bind(world.service);
  let lost = 0;
  vi.spyOn(world.service, 'appendEvent').mockImplementation(async (request) => {
    const event = await append(request);
    if (event.seq === undefined || lost >= event.seq) return event;
    lost = event.seq;
    throw new HoldfastError('unavailable', { message: 'the line is dead' });
  });
  const { events, stored } = await run({ world, model: lookOnce, tools: [look] });
  expect(lost).toBe(4);
  expect(stored?.events).toEqual(events);
  expect(stored?.state.toJSON()).toEqual({ title: 'go', looks: 1 });
});
