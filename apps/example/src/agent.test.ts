import { type Event, StreamingMode } from '@holdfast/core';
import { InMemorySessionService } from '@holdfast/in-memory';
import { expect, test } from 'vitest';
import { Agent, type RunRequest } from './agent.ts';
import type { Model, ModelChunk } from './model.ts';
import type { Tool } from './tool.ts';

const callTool: ModelChunk = { kind: 'call', call: { id: '1', name: 'look', args: {} } };

async function run({
  model,
  tools = [],
  ...request
}: Omit<RunRequest, 'session' | 'message'> & {
  readonly model: Model['generate'];
  readonly tools?: readonly Tool[];
}) {
  const service = new InMemorySessionService();
  const session = await service.create({ appName: 'example', userId: 'ada' });
  session.state.set('user:colour', 'blue');
  const agent = new Agent({
    name: 'agent',
    instruction: 'Answer.',
    service,
    model: { name: 'test', generate: model },
    tools,
  });
  const events: Event[] = [];
  for await (const event of agent.run({ session, message: 'go', ...request })) events.push(event);
  return { events, stored: await service.get(session.key) };
}

test('a run ends at maxLlmCalls, and says so in its last event', async () => {
  let calls = 0;
  const { events } = await run({
    runConfig: { maxLlmCalls: 2 },
    async *model() {
      calls += 1;
      yield callTool;
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
      yield calls > 600 ? { kind: 'text', text: 'done' } : callTool;
    },
  });
  expect(events.at(-1)?.content?.parts).toEqual([{ text: 'done' }]);
});

test('a tool sees the plan in temp: state, and what it changes is stored with its response', async () => {
  const seen: unknown[] = [];
  const look: Tool = {
    name: 'look',
    description: '',
    parameters: {},
    run({ state }) {
      seen.push(state.get('temp:plan'));
      state.set('looked', true);
      return { colour: state.get('user:colour') ?? null };
    },
  };
  const { events, stored } = await run({
    tools: [look],
    runConfig: { streamingMode: StreamingMode.None },
    async *model({ history }) {
      yield history.length === 1 ? callTool : { kind: 'text', text: 'done' };
      if (history.length === 1) yield callTool;
    },
  });
  expect(seen).toEqual([['look'], []]);
  expect(events).toHaveLength(4);
  expect(events[2]?.content?.parts?.[0]?.functionResponse?.response).toEqual({ colour: 'blue' });
  expect(events[2]?.actions.stateDelta).toEqual({ looked: true });
  expect(stored?.state.toJSON()).toEqual({ looked: true, 'user:colour': 'blue' });
});

test('what a model or a tool throws becomes part of the conversation', async () => {
  const failing = await run({
    async *model() {
      yield { kind: 'text', text: 'half ' };
      throw new Error('no connection');
    },
  });
  expect(failing.events.at(-1)).toMatchObject({
    errorCode: 'MODEL_ERROR',
    errorMessage: 'no connection',
    content: { parts: [{ text: 'half ' }] },
  });
  expect(failing.stored?.revision).toBe(2);

  const unknownTool = await run({
    async *model({ history }) {
      yield history.length === 1 ? callTool : { kind: 'text', text: 'done' };
    },
  });
  expect(unknownTool.events[2]?.content?.parts?.[0]?.functionResponse?.response).toEqual({
    error: 'there is no tool look',
  });
});
