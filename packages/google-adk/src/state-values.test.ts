import {
  AgentTool,
  createEvent,
  createEventActions,
  type Event,
  FunctionTool,
  LlmAgent,
  PolicyOutcome,
  Runner,
  SecurityPlugin,
  type Session,
} from '@google/adk';
import { type Part, Type } from '@google/genai';
import { InMemorySessionService } from '@holdfast/in-memory';
import { describe, expect, it } from 'vitest';
import { HoldfastSessionService } from './holdfast-session-service.ts';
import { call, ScriptedModel, text } from './scripted-model.fixture.ts';
import { lastText } from './shop.fixture.ts';

const owner = { appName: 'shop', userId: 'ada' };

function open(options = {}) {
  const service = new HoldfastSessionService(new InMemorySessionService(), options);
  const read = async (id: string) =>
    (await service.getSession({ ...owner, sessionId: id })) as Session;
  return { service, read };
}

/** An agent whose tool puts the value into the state, and answers. */
function agentThatSets(values: Record<string, unknown>, requireConfirmation = false): LlmAgent {
  return new LlmAgent({
    name: 'agent',
    description: 'Sets.',
    model: new ScriptedModel(({ functionResponse }) =>
      functionResponse ? [text('done')] : [call('set')],
    ),
    tools: [
      new FunctionTool({
        name: 'set',
        description: 'Sets.',
        parameters: { type: Type.OBJECT, properties: {} },
        requireConfirmation,
        execute: (_, context) => {
          for (const [key, value] of Object.entries(values)) context?.state.set(key, value);
          return { set: true };
        },
      }),
    ],
  });
}

/** The events themselves: no clone could be made of some. */
async function takeTurn(
  runner: Runner,
  { id: sessionId, part = text('go') }: { readonly id: string; readonly part?: Part },
) {
  const events: Event[] = [];
  const newMessage = { role: 'user', parts: [part] };
  for await (const event of runner.runAsync({ userId: 'ada', sessionId, newMessage })) {
    events.push(event);
  }
  return events;
}

const partsOf = (events: readonly Event[]) => events.flatMap(({ content }) => content?.parts ?? []);

/** The calls of the session that no answer follows. */
function unanswered(session: Session): string[] {
  const parts = partsOf(session.events);
  const answers = new Set(parts.map(({ functionResponse }) => functionResponse?.id));
  const calls = parts.flatMap(({ functionCall }) => (functionCall ? [`${functionCall.id}`] : []));
  return calls.filter((id) => !answers.has(id));
}

describe('what a tool puts into the state', () => {
  it('is stored as JSON.stringify writes it, and the turn goes on', async () => {
    const { service, read } = open();
    const { id } = await service.createSession({ ...owner, state: { gone: 1 } });
    const agent = agentThatSets({
      at: new Date(0),
      'user:ratio': Number.NaN,
      'app:list': [undefined, new Date(1), new Map([[1, 2]])],
      nested: { a: undefined, b: { toJSON: () => 'b' } },
      gone: () => 1,
    });
    const runner = new Runner({ appName: 'shop', agent, sessionService: service });
    const events = await takeTurn(runner, { id });
    expect(lastText(events)).toBe('done');
    const stored = await read(id);
    expect(unanswered(stored)).toEqual([]);
    expect(stored.state).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      'user:ratio': null,
      'app:list': [null, '1970-01-01T00:00:00.001Z', {}],
      nested: { b: 'b' },
    });
  });

  it('stays the value itself in the session object of the run', async () => {
    const { service } = open();
    const session = await service.createSession(owner);
    const at = new Date(0);
    const actions = createEventActions({ stateDelta: { at } });
    const event = createEvent({ actions });
    await service.appendEvent({ session, event });
    expect(session.state['at']).toBe(at);
    expect(event.actions.stateDelta['at']).toBe(at);
  });

  it('is handed on to an agent that is used as a tool', async () => {
    const { service, read } = open();
    const { id } = await service.createSession(owner);
    const agent = agentThatSets({ at: new Date(0), f: () => 1 });
    agent.tools.push(
      new AgentTool({
        agent: new LlmAgent({ name: 'helper', model: new ScriptedModel(() => [text('helped')]) }),
      }),
    );
    agent.model = new ScriptedModel(({ functionResponse }) => {
      if (functionResponse === undefined) return [call('set')];
      return functionResponse.name === 'set'
        ? [call('helper', { request: 'help' })]
        : [text('done')];
    });
    const runner = new Runner({ appName: 'shop', agent, sessionService: service });
    const events = await takeTurn(runner, { id });
    expect(lastText(events)).toBe('done');
    const helper = await service.getSession({ ...owner, appName: 'helper', sessionId: id });
    expect(helper?.state).toMatchObject({ at: '1970-01-01T00:00:00.000Z' });
    expect((await read(id)).state).toEqual({ at: '1970-01-01T00:00:00.000Z' });
  });

  it("may be an instance of ADK's own, which its security plugin puts there", async () => {
    const { service, read } = open();
    const { id } = await service.createSession(owner);
    const policyEngine = {
      evaluate: async () => ({ outcome: PolicyOutcome.CONFIRM, reason: 'ask' }),
    };
    const runner = new Runner({
      appName: 'shop',
      agent: agentThatSets({ n: 1 }, true),
      sessionService: service,
      plugins: [new SecurityPlugin({ policyEngine })],
    });
    const asked = await takeTurn(runner, { id });
    const name = 'adk_request_confirmation';
    const request = partsOf(asked).find((part) => part.functionCall?.name === name);
    const response = { confirmed: false };
    const answer = { functionResponse: { id: `${request?.functionCall?.id}`, name, response } };
    const events = await takeTurn(runner, { id, part: answer });
    expect(lastText(events)).toBe('done');
    const checks = (await read(id)).state['orcas_tool_call_security_check_states'];
    expect(Object.values(checks as object)).toMatchObject([{ confirmed: false }]);
  });

  it.each([
    ['a BigInt', { n: 1n }, 'actions.stateDelta["k"].n'],
    ['a cycle', circle(), 'actions.stateDelta["k"].self'],
  ])('has no JSON form: %s ends the run, and names the place', async (_, k, path) => {
    const { service, read } = open();
    const { id } = await service.createSession(owner);
    const agent = agentThatSets({ k });
    const runner = new Runner({ appName: 'shop', agent, sessionService: service });
    const turn = takeTurn(runner, { id });
    await expect(turn).rejects.toMatchObject({ code: 'invalid_argument', path });
    const stored = await read(id);
    expect(stored.state).toEqual({});
    // The tool has run, and what it did cannot be told: the call stays, as on ADK's database.
    expect(unanswered(stored)).toHaveLength(1);
    // It can be answered by hand.
    const unansweredCall = partsOf(stored.events).find(
      ({ functionCall }) => functionCall,
    )?.functionCall;
    const response = { error: 'the result could not be stored' };
    const functionResponse = { id: `${unansweredCall?.id}`, name: 'set', response };
    const content = { role: 'user', parts: [{ functionResponse }] };
    const event = createEvent({ author: 'agent', content });
    await service.appendEvent({ session: stored, event });
    expect(unanswered(await read(id))).toEqual([]);
  });
});

describe('`stateValues: strict`', () => {
  it.each([
    ['a function', { k: () => 1 }, '["k"]'],
    ['NaN', { k: { deep: [Number.NaN] } }, '["k"].deep[0]'],
    ['a Date', { k: new Date() }, '["k"]'],
  ])('refuses %s with its path, and nothing is stored', async (_, state, path) => {
    const { service, read } = open({ stateValues: 'strict' });
    const session = await service.createSession(owner);
    const event = createEvent({ actions: createEventActions({ stateDelta: state }) });
    const before = event.actions.stateDelta;
    await expect(service.appendEvent({ session, event })).rejects.toMatchObject({
      code: 'invalid_argument',
      path: `actions.stateDelta${path}`,
    });
    expect(session.events).toEqual([]);
    expect(event.actions.stateDelta).toBe(before);
    expect((await read(session.id)).events).toEqual([]);
    await expect(service.createSession({ ...owner, state })).rejects.toMatchObject({
      code: 'invalid_argument',
      path: `state${path}`,
    });
  });

  it('is refused if it is misspelt', () => {
    expect(() => open({ stateValues: 'Strict' })).toThrow(
      expect.objectContaining({ code: 'invalid_argument', path: 'stateValues' }),
    );
  });
});

function circle(): object {
  const object = {};
  return Object.assign(object, { self: object });
}
