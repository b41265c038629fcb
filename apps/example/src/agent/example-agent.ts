import type { SessionService } from '@holdfast/session';
import { Agent } from './agent.ts';
import type { Model } from './model.ts';
import { memoryTools } from './tools.ts';

export interface ExampleAgentOptions {
  readonly service: SessionService;
  readonly model: Model;
}

const instruction = `You are a helpful agent with a memory. Be brief.
Keep what the user tells you with your tools: facts and likes of the user, who will be known by
them in every conversation; a shopping list, which belongs to this conversation; and an
announcement, which every user of this app can read. Look things up with your tools before you
say that you do not know them.`;

/** The example's agent over any store and any model. */
export function createExampleAgent({ service, model }: ExampleAgentOptions): Agent {
  return new Agent({ name: 'agent', instruction, service, model, tools: memoryTools });
}
