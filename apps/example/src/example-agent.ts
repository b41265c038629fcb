import type { SessionService } from '@holdfast/session';
import { Agent } from './agent.ts';
import { OfflineModel } from './offline-model.ts';
import { memoryTools } from './tools.ts';

/** The example's agent over any store. A real model takes the offline one's place here. */
export function createExampleAgent(service: SessionService): Agent {
  return new Agent({
    name: 'agent',
    instruction: 'Be brief. Remember what the user tells you, and say what you remember.',
    service,
    model: new OfflineModel(),
    tools: memoryTools,
  });
}
