import { FunctionTool, LlmAgent, Runner } from '@google/adk';
import { type Content, Type } from '@google/genai';
import { describe, expect, it } from 'vitest';
import { createBarrier } from './barrier.fixture.ts';
import { HoldfastSessionService } from './holdfast-session-service.ts';
import { call, ScriptedModel, text } from './scripted-model.fixture.ts';
import { takeTurn } from './shop.fixture.ts';
import { describeStores } from './stores.fixture.ts';

const owner = { appName: 'shop', userId: 'ada' };
const RUNS = 5;
const STEPS = 2;

/** What is wrong with a prompt of the run that began with `words`; undefined if nothing is. */
function problemOf(contents: readonly Content[], words: string): string | undefined {
  if (contents[0]?.parts?.[0]?.text !== words) return 'does not begin with the message of the run';
  for (const [i, { role, parts = [] }] of contents.entries()) {
    const calls = parts.flatMap(({ functionCall }) => functionCall?.name ?? []);
    const next = contents[i + 1]?.parts ?? [];
    const answers = next.flatMap(({ functionResponse }) => functionResponse?.name ?? []);
    if (calls.join() !== answers.join()) return `has a call without its answer after it, at ${i}`;
    if (role === contents[i + 1]?.role) return `has two turns of one side, at ${i}`;
    const own = calls.every((name) => name === `step_${words}`);
    if (!own) return `has a call of another run, at ${i}`;
  }
  return contents.at(-1)?.role === 'user' ? undefined : 'does not end with the user';
}

/** Runs begin together, and take each step together. */
class GatheredService extends HoldfastSessionService {
  readonly #allRead = createBarrier(RUNS);

  override async getSession(request: Parameters<HoldfastSessionService['getSession']>[0]) {
    const session = await super.getSession(request);
    await this.#allRead.arrive();
    return session;
  }
}

describe('runs on one session at the same time', () => {
  describeStores((open) => {
    it('each give their model a well-formed prompt, and lose no event', async () => {
      const store = await open();
      const { id } = await new HoldfastSessionService(store).createSession(owner);
      const sessionService = new GatheredService(store);
      const steps = Array.from({ length: STEPS + 1 }, () => createBarrier(RUNS));
      const prompts: { readonly words: string; readonly contents: readonly Content[] }[] = [];

      const run = async (words: string) => {
        let step = 0;
        const model = new ScriptedModel(() =>
          step++ < STEPS ? [call(`step_${words}`)] : [text(`done ${words}`)],
        );
        const tool = new FunctionTool({
          name: `step_${words}`,
          description: 'A step.',
          parameters: { type: Type.OBJECT, properties: {} },
          execute: async (_, context) => {
            await steps[step]?.arrive();
            context?.state.set(`${words}_${step}`, true);
            context?.state.set('user:last', words);
            return { ok: true };
          },
        });
        const agent = new LlmAgent({ name: 'agent', model, tools: [tool] });
        const runner = new Runner({ appName: 'shop', agent, sessionService });
        await takeTurn({ runner, sessionId: id, parts: [text(words)] });
        for (const contents of model.requests) prompts.push({ words, contents });
      };
      const names = Array.from({ length: RUNS }, (_, i) => `run${i}`);
      await Promise.all(names.map(run));

      expect(prompts).toHaveLength(RUNS * (STEPS + 1));
      expect(prompts.map(({ contents, words }) => problemOf(contents, words))).toEqual(
        prompts.map(() => undefined),
      );
      const stored = await new HoldfastSessionService(store).getSession({
        ...owner,
        sessionId: id,
      });
      expect(stored?.events).toHaveLength(RUNS * (2 + 2 * STEPS));
      expect(Object.keys(stored?.state ?? {})).toHaveLength(RUNS * STEPS + 1);
    });
  });
});
