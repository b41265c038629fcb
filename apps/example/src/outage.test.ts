import { expect, test } from 'vitest';
import { startExample } from './example-process.fixture.ts';
import { Line } from './store/line.fixture.ts';
import { createTestStores } from './store/test-stores.fixture.ts';

const stores = (await createTestStores()).filter(({ kind }) => kind !== 'sqlite');

test.for(stores)(
  'a line to $kind that is cut is told of, and all goes on when it is back',
  { timeout: 120_000 },
  async ({ url, missing }, { skip }) => {
    if (missing !== undefined) skip(missing);
    const through = new URL(url);
    const line = new Line(new URL(url));
    through.port = `${await line.open()}`;
    through.hostname = '127.0.0.1';
    const example = await startExample({ store: through.href, env: { OFFLINE_WORD_DELAY: '20' } });
    const client = example.client();
    const id = await client.begin();
    const other = await client.begin();
    await client.say(id, 'add milk to my list');
    const reader = await client.stream(`GET /api/sessions/${id}/stream?after=4`);
    const story = { text: 'tell me a story', eventId: 'story' };
    const answer = await client.speak(id, story);
    await answer.until('partial');

    await line.cut();
    const json = { text: 'add eggs to my list', eventId: 'eggs' };
    const calls = [
      [`GET /api/sessions/${id}`],
      [`GET /api/sessions/${id}/state`],
      [`GET /api/sessions/${id}/stream`],
      ['GET /api/sessions'],
      ['GET /api/state'],
      ['POST /api/sessions'],
      [`POST /api/sessions/${other}/messages`, { json }],
    ] as const;
    // All at once: some stores take their time before they give up.
    const [said, ...refusals] = await Promise.all([
      answer.rest(),
      ...calls.map(([call, more]) => client.refused(call, more)),
    ]);
    // Half-way through an answer: the rest is said, but cannot be stored.
    expect(said.at(-1)).toMatchObject({ event: 'error', data: { code: 'unavailable' } });
    for (const [i, refusal] of refusals.entries()) {
      expect(refusal, calls[i]?.[0]).toMatchObject({ status: 503, code: 'unavailable' });
    }
    expect((await client.call('GET /api/me')).status).toBe(200);

    await line.open();
    const again = await client.say(id, story.text, { eventId: story.eventId });
    expect(again.map(({ seq }) => seq)).toEqual([5, 6]);
    await client.say(other, json.text, { eventId: json.eventId });
    expect((await client.state(other)).state.session).toMatchObject({ shopping: ['eggs'] });
    await client.say(id, json.text);
    expect((await client.state(id)).state.session).toMatchObject({ shopping: ['milk', 'eggs'] });
    // Who has listened all the time has missed nothing.
    const heard = await reader.until(({ data }) => data.seq === 10);
    expect(heard.flatMap(({ data }) => data.seq ?? [])).toEqual([5, 6, 7, 8, 9, 10]);
    await reader.leave();

    // It leaves in order also when there is nobody to say goodbye to.
    await line.cut();
    expect(await example.end('SIGTERM')).toBe(0);
  },
);
