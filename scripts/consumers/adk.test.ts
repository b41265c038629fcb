import { LlmAgent, Runner } from '@google/adk';
import { HoldfastSessionService } from '@holdfast/google-adk';
import { InMemorySessionService } from '@holdfast/in-memory';

test('the runner of ADK keeps its session in a store', async () => {
  const agent = new LlmAgent({
    name: 'greeter',
    beforeAgentCallback: ({ state }) => {
      state.set('user:visits', 1);
      return { role: 'model', parts: [{ text: 'Welcome.' }] };
    },
  });
  const sessionService = new HoldfastSessionService(new InMemorySessionService());
  const runner = new Runner({ appName: 'shop', agent, sessionService });
  const { id } = await sessionService.createSession({ appName: 'shop', userId: 'ada' });
  const newMessage = { role: 'user', parts: [{ text: 'Hello' }] };
  const texts: unknown[] = [];
  for await (const event of runner.runAsync({ userId: 'ada', sessionId: id, newMessage })) {
    texts.push(event.content?.parts?.[0]?.text);
  }
  expect(texts).toContain('Welcome.');
  const key = { appName: 'shop', userId: 'ada', sessionId: id };
  const session = await sessionService.getSession(key);
  expect(session?.state['user:visits']).toBe(1);
});
