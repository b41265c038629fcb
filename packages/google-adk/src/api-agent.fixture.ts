import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { FunctionTool, LlmAgent } from '@google/adk';
import { Type } from '@google/genai';
import { call, ScriptedModel, text } from './scripted-model.fixture.ts';

/**
 * What `AdkApiServer` finds under the name of this file: it calls its tool, and answers. If the
 * message names a file, the tool waits for it to be there.
 */
export const rootAgent = new LlmAgent({
  name: 'assistant',
  model: new ScriptedModel(({ text: said, functionResponse }) =>
    functionResponse ? [text('done')] : [call('count', { file: said ?? '' })],
  ),
  tools: [
    new FunctionTool({
      name: 'count',
      description: 'Counts.',
      parameters: { type: Type.OBJECT, properties: { file: { type: Type.STRING } } },
      execute: async (input, context) => {
        const { file } = input as { file: string };
        while (file.startsWith('/') && !existsSync(file)) await setTimeout(20);
        const count = (context?.state.get<number>('count') ?? 0) + 1;
        context?.state.set('count', count);
        return { count };
      },
    }),
  ],
});
