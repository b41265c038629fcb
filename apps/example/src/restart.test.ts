import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startExample } from './example-process.fixture.ts';
import { textOf } from './server/client.fixture.ts';
import { eventsIn } from './server/frame-reader.fixture.ts';
import { temporaryFolder } from './store/temporary-folder.fixture.ts';
import { createTestStores } from './store/test-stores.fixture.ts';

const stores = await createTestStores();
const story = { text: 'tell me a story', eventId: 'story' };

test.for(stores)(
  'after kill -9 in mid-answer, $kind has all that was stored, and the message can be sent again',
  { timeout: 120_000 },
  async ({ url: store, missing }, { skip }) => {
    if (missing !== undefined) skip(missing);
    const first = await startExample({ store, env: { OFFLINE_WORD_DELAY: '20' } });
    const id = await first.client().begin();
    const told = await first.client().say(id, 'my name is Ada');
    const frames = await (await first.client().speak(id, story)).until('partial');
    expect(await first.end('SIGKILL')).toBeNull();

    // The question is there, the half answer is not.
    const second = await startExample({ store });
    const client = second.client();
    const question = eventsIn(frames)[0];
    expect(await client.view(id)).toMatchObject({ events: [...told, question], answering: false });
    const answered = await client.say(id, story.text, story);
    expect(answered[0]).toEqual(question);
    expect(textOf(answered[1])).toMatch(/^A keeper .* the line\.$/u);
    expect(await client.say(id, story.text, story)).toEqual(answered);
    const listed = await client.say(id, 'add milk to my list');
    expect(await second.end('SIGKILL')).toBeNull();

    // What was answered is there, in order, and once.
    const third = (await startExample({ store })).client();
    const { events, session, state } = await third.view(id);
    expect(events).toEqual([...told, ...answered, ...listed]);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
    expect(session.revision).toBe(events.length);
    expect(state).toMatchObject({
      session: { shopping: ['milk'], title: 'my name is Ada' },
      user: { name: 'Ada' },
    });
  },
);

test('a reader who comes back after kill -9 gets what was missed, and what comes', {
  timeout: 60_000,
}, async () => {
  const store = `sqlite:${join(temporaryFolder(), 'chat.db')}`;
  const first = await startExample({ store });
  const id = await first.client().begin();
  const reader = await first.client().stream(`GET /api/sessions/${id}/stream`);
  await first.client().say(id, 'hello');
  const before = await reader.until('event');
  await first.end('SIGKILL');

  const second = await startExample({ store });
  const headers = { 'Last-Event-ID': before.at(-1)?.id ?? '' };
  const again = await second.client().stream(`GET /api/sessions/${id}/stream`, { headers });
  const missed = await again.until(({ data }) => data.turnComplete === true);
  await second.client().say(id, 'what do you know about me?');
  const come = await again.until(({ data }) => data.turnComplete === true);
  const seqs = [...before, ...missed, ...come].flatMap(({ data }) => data.seq ?? []);
  expect(seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  await again.leave();
});

test('without its file the example begins anew, also after a kill -9', {
  timeout: 30_000,
}, async () => {
  const file = join(temporaryFolder(), 'chat.db');
  const first = await startExample({ store: `sqlite:${file}` });
  const client = first.client();
  await client.say(await client.begin(), 'my name is Ada');
  await first.end('SIGKILL');
  rmSync(file);
  const next = (await startExample({ store: `sqlite:${file}` })).client();
  expect((await next.list()).sessions).toEqual([]);
  const answer = await next.ask(await next.begin(), 'what do you know about me?');
  expect(answer).toContain('nothing about you yet');
});
