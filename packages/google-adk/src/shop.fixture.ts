import {
  type BaseSessionService,
  type Context,
  type Event,
  FunctionTool,
  LlmAgent,
  LogLevel,
  LongRunningFunctionTool,
  type RunConfig,
  Runner,
  setLogLevel,
} from '@google/adk';
import { type Content, type Part, Type } from '@google/genai';
import { call, type Script, ScriptedModel, text } from './scripted-model.fixture.ts';

setLogLevel(LogLevel.ERROR);

const item = {
  type: Type.OBJECT,
  properties: { item: { type: Type.STRING } },
};

/** Writes to all four scopes. */
const addItem = new FunctionTool({
  name: 'add_item',
  description: 'Puts an item into the cart.',
  parameters: item,
  execute: (input, context?: Context) => {
    const { state } = context as Context;
    const name = (input as { item: string }).item;
    state.set('cart', [...(state.get<string[]>('cart') ?? []), name]);
    state.set('user:last_item', name);
    state.set('app:items_sold', (state.get<number>('app:items_sold') ?? 0) + 1);
    state.set('temp:step', `added ${name}`);
    return { added: name };
  },
});

/** Reads what another tool has left for this invocation only. */
const readStep = new FunctionTool({
  name: 'read_step',
  description: 'Tells the last step.',
  parameters: { type: Type.OBJECT, properties: {} },
  execute: (_, context?: Context) => ({ step: context?.state.get('temp:step') ?? 'none' }),
});

const closeAccount = new FunctionTool({
  name: 'close_account',
  description: 'Closes the account.',
  parameters: { type: Type.OBJECT, properties: { reason: { type: Type.STRING } } },
  requireConfirmation: true,
  execute: (_, context?: Context) => {
    context?.state.set('closed', true);
    return { closed: true };
  },
});

const orderItem = new LongRunningFunctionTool({
  name: 'order_item',
  description: 'Orders an item. It takes days.',
  parameters: item,
  execute: () => ({ status: 'pending', ticket: 7 }),
});

const shopScript: Script = ({ text: said, functionResponse }) => {
  if (functionResponse?.name === 'add_item') return [call('read_step')];
  if (functionResponse !== undefined) {
    return [text(`done: ${JSON.stringify(functionResponse.response)}`)];
  }
  if (said?.startsWith('add ')) return [call('add_item', { item: said.slice(4) })];
  if (said === 'step') return [call('read_step')];
  if (said === 'close') return [call('close_account', { reason: 'moving' })];
  if (said?.startsWith('order ')) return [call('order_item', { item: said.slice(6) })];
  if (said === 'help') return [call('transfer_to_agent', { agentName: 'support' })];
  return [text(`you said ${said}`)];
};

const supportScript: Script = ({ text: said }) => [
  said === 'back' ? call('transfer_to_agent', { agentName: 'shop' }) : text('support here'),
];

/** A shop with a support agent, on a session service. */
export function openShop(sessionService: BaseSessionService, appName = 'shop') {
  const model = new ScriptedModel(shopScript);
  const support = new LlmAgent({
    name: 'support',
    description: 'Helps.',
    model: new ScriptedModel(supportScript),
    outputKey: 'temp:support_said',
  });
  const agent = new LlmAgent({
    name: 'shop',
    description: 'Sells.',
    instruction: 'You sell things to {user:name}. The step is {temp:step?}.',
    model,
    tools: [addItem, readStep, closeAccount, orderItem],
    subAgents: [support],
    outputKey: 'last_answer',
  });
  return { model, runner: new Runner({ appName, agent, sessionService }) };
}

export interface Turn {
  readonly runner: Runner;
  readonly userId?: string;
  readonly sessionId: string;
  readonly parts: readonly Part[];
  readonly stateDelta?: Record<string, unknown>;
  readonly runConfig?: RunConfig;
}

/** One message to an agent, and all events that it gave. */
export async function takeTurn({
  runner,
  userId = 'ada',
  sessionId,
  parts,
  stateDelta,
  runConfig,
}: Turn): Promise<Event[]> {
  const newMessage: Content = { role: 'user', parts: [...parts] };
  const events: Event[] = [];
  for await (const event of runner.runAsync({
    userId,
    sessionId,
    newMessage,
    ...(stateDelta && { stateDelta }),
    ...(runConfig && { runConfig }),
  })) {
    events.push(structuredClone(event));
  }
  return events;
}

/** The text of the last event that has one. */
export function lastText(events: readonly Event[]): string | undefined {
  return events.flatMap((event) => event.content?.parts ?? []).findLast((part) => part.text)?.text;
}
