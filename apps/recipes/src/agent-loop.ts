// An agent: what the user says is stored, the model is given what it accepts, and so is its answer.

import { compact, toContents } from '@holdfast/history';
import { type Content, type Event, InMemorySessionService } from '@holdfast/in-memory';

const service = new InMemorySessionService();
const key = { appName: 'shop', userId: 'ada', sessionId: 'chat-1' };

for (const text of ['I like tea.', 'I live in Bath.', 'I am 36.', 'What do you know of me?']) {
  console.log(await answer(text));
}

async function answer(text: string): Promise<string | undefined> {
  // The summary, and what came after it: a long conversation costs no more than a short one.
  const session = await service.getOrCreate({ ...key, active: true });
  const said = { author: 'user', content: { role: 'user', parts: [{ text }] } };
  const asked = session.withEvent(await service.appendEvent({ ...session, event: said }));

  const content = await askModel(toContents(asked, { maxTokens: 8_000 }));
  await service.appendEvent({ ...session, event: { author: 'agent', content } });

  await compact(service, { ...key, summarize, when: { events: 6 }, keep: { events: 2 } });
  return content.parts?.[0]?.text;
}

// In place of a model's own: `ai.models.generateContent({ model, contents })` of `@google/genai`.
async function askModel(contents: readonly Content[]): Promise<Content> {
  const texts = contents.flatMap(({ role, parts = [] }) => (role === 'user' ? parts : []));
  const known = texts.map(({ text = '' }) => text).filter((text) => !text.endsWith('?'));
  const last = texts.at(-1)?.text ?? '';
  const reply = last.endsWith('?') ? known.join(' ') : `Noted: ${last}`;
  return { role: 'model', parts: [{ text: reply }] };
}

// It would ask the model, too.
async function summarize(events: readonly Event[]): Promise<Content> {
  const said = toContents(events).filter(({ role }) => role === 'user');
  return { role: 'user', parts: said.flatMap(({ parts = [] }) => parts) };
}
