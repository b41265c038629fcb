import type { Event } from '@holdfast/core';
import { InMemorySessionService } from '@holdfast/in-memory';
import type { Session, SessionService } from '@holdfast/session';
import { Agent, type AgentStep, type RunRequest } from './agent.ts';
import type { Model, ModelChunk } from './model.ts';
import type { Tool } from './tool.ts';

export const callLook: ModelChunk = {
  kind: 'part',
  part: { functionCall: { id: '1', name: 'look', args: {} } },
};

export function say(text: string): ModelChunk {
  return { kind: 'part', part: { text } };
}

export interface World {
  readonly service: SessionService;
  readonly session: Session;
}

export async function createWorld(): Promise<World> {
  const service = new InMemorySessionService();
  return { service, session: await service.create({ appName: 'example', userId: 'ada' }) };
}

export async function run({
  model,
  tools = [],
  world,
  numRecentEvents,
  ...request
}: Omit<RunRequest, 'session' | 'message'> & {
  readonly model: Model['generate'];
  readonly tools?: readonly Tool[];
  readonly world?: World;
  readonly numRecentEvents?: number | undefined;
}) {
  const { service, session } = world ?? (await createWorld());
  const current = await service.get({ ...session.key, numRecentEvents });
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

export const look: Tool = {
  name: 'look',
  description: '',
  parameters: {},
  run({ state }) {
    state.set('looks', Number(state.get('looks') ?? 0) + 1);
    return { colour: 'blue' };
  },
};

/** Calls `look` once, and says what came of it. */
export async function* lookOnce({
  history,
}: Parameters<Model['generate']>[0]): AsyncGenerator<ModelChunk> {
  yield history.at(-1)?.parts?.[0]?.functionResponse === undefined ? callLook : say('done');
}
