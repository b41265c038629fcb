// Two questions at the same moment: the second run begins when the first one has ended.

import { InMemorySessionService, isHoldfastError } from '@holdfast/in-memory';
import { takeTurn } from '@holdfast/session';

const service = new InMemorySessionService();
const { key } = await service.create({ appName: 'shop', userId: 'ada' });

async function run(question: string): Promise<void> {
  await takeTurn(service, { ...key, ttl: 10_000 }, async (turn) => {
    await turn.append({ event: contentOf('user', question) });
    const answer = await askModel(question);
    await turn.append({ event: contentOf('model', answer) });
  });
}

await Promise.all([run('A book?'), run('A pen?')]);
for (const { parts } of (await service.get(key))?.conversationHistory ?? []) {
  console.log(parts?.[0]?.text);
}

// A page that would rather say so than wait:
await takeTurn(service, key, async () => {
  try {
    await takeTurn(service, { ...key, wait: false }, async () => {});
  } catch (error) {
    if (isHoldfastError(error, 'conflict')) console.log('An answer is being written.');
  }
  // What is beside the run is not held up.
  await service.appendEvent({ ...key, event: { author: 'feedback' } });
});

function contentOf(role: 'user' | 'model', text: string) {
  return { author: role, content: { role, parts: [{ text }] } };
}

async function askModel(question: string): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  return `${question.replace('?', '')}: here you are.`;
}
