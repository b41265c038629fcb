import { expect, test } from 'vitest';
import { startExample } from './example-process.fixture.ts';
import { textOf } from './server/client.fixture.ts';
import { eventsIn } from './server/frame-reader.fixture.ts';
import { createTestStores } from './store/test-stores.fixture.ts';

const stores = await createTestStores();

test.for(stores)(
  'two copies at once have one conversation over $kind',
  { timeout: 120_000 },
  async ({ url: store, missing }, { skip }) => {
    if (missing !== undefined) skip(missing);
    const [one, other] = await Promise.all([startExample({ store }), startExample({ store })]);
    const ada = one.client();
    const adaElsewhere = other.client();
    const id = await ada.begin();
    const reader = await adaElsewhere.stream(`GET /api/sessions/${id}/stream`);

    // What one of them stores, the other's reader hears, and its agent knows.
    await ada.say(id, 'my name is Ada');
    await reader.until(({ data }) => data.turnComplete === true);
    expect(await adaElsewhere.ask(id, 'what do you know about me?')).toContain('Ada');
    await reader.leave();

    // Both at the same moment, several times: one waits for the other, and neither is refused.
    const drinks = [
      ['tea', 'coffee'],
      ['milk', 'water'],
      ['juice', 'cocoa'],
    ] as const;
    for (const [first, second] of drinks) {
      await Promise.all([ada.say(id, `I like ${first}`), adaElsewhere.say(id, `I like ${second}`)]);
    }
    // The same message to both, as one sends it again whose answer was slow: it is answered once.
    const twice = { eventId: 'twice' };
    const answers = await Promise.all([
      ada.say(id, 'hello', twice),
      adaElsewhere.say(id, 'hello', twice),
    ]);
    expect(answers[0]).toEqual(answers[1]);
    const view = await ada.view(id);
    expect(await adaElsewhere.view(id)).toEqual(view);
    // No turn has anything of another in its midst.
    const turns = view.events.map(({ invocationId }) => invocationId);
    expect(turns.filter((turn, i) => turn !== turns[i - 1])).toEqual([...new Set(turns)]);
    expect(view.events.map(({ seq }) => seq)).toEqual(view.events.map((_, i) => i + 1));
    expect(view.session.revision).toBe(view.events.length);
    expect(view.state.user).toMatchObject({ name: 'Ada' });
    const asked = view.events.filter(({ author }) => author === 'user');
    expect(asked.map(textOf).toSorted()).toEqual(
      [
        'my name is Ada',
        'what do you know about me?',
        'hello',
        ...drinks.flat().map((drink) => `I like ${drink}`),
      ].toSorted(),
    );
  },
);

test.for(stores)(
  'an answer is interrupted through another copy, over $kind',
  { timeout: 120_000 },
  async ({ url: store, missing }, { skip }) => {
    if (missing !== undefined) skip(missing);
    const env = { OFFLINE_WORD_DELAY: '50' };
    const [one, other] = await Promise.all([startExample({ store, env }), startExample({ store })]);
    const ada = one.client();
    const adaElsewhere = other.client();
    const id = await ada.begin();
    const interrupt = `POST /api/sessions/${id}/interrupt`;

    // By a request, and over a WebSocket.
    const socket = await adaElsewhere.socket(id);
    const ways = [
      () => adaElsewhere.take(interrupt),
      async () => socket.send({ type: 'interrupt' }),
    ];
    for (const [i, way] of ways.entries()) {
      const answer = await ada.speak(id, { text: `tell me a story, ${i}` });
      await answer.until('partial');
      await way();
      const last = eventsIn(await answer.until('done')).at(-1);
      expect(last).toMatchObject({ interrupted: true, turnComplete: true });
      expect(textOf(last)).toMatch(/^A/u);
      expect(textOf(last)).not.toMatch(/the line\.$/u);
    }

    // Nothing is left of it: what is said next is answered in full, wherever.
    expect((await adaElsewhere.call(interrupt)).status).toBe(204);
    for (const client of [ada, adaElsewhere]) {
      expect((await client.say(id, 'hello')).at(-1)).not.toHaveProperty('interrupted');
    }
    const { events, state } = await adaElsewhere.view(id);
    expect(events.filter(({ interrupted }) => interrupted === true)).toHaveLength(2);
    expect(state.session).toEqual({ title: 'tell me a story, 0' });
    expect((await ada.list()).sessions).toHaveLength((await adaElsewhere.list()).sessions.length);
    const nowhere = interrupt.replace(id, 'nowhere');
    expect(await adaElsewhere.refused(nowhere)).toMatchObject({ status: 404, code: 'not_found' });
  },
);

test.for(stores)(
  'a message whose answer died, and was interrupted then, is answered in full later, over $kind',
  { timeout: 120_000 },
  async ({ url: store, missing }, { skip }) => {
    if (missing !== undefined) skip(missing);
    const env = { OFFLINE_WORD_DELAY: '20' };
    const [one, other] = await Promise.all([startExample({ store, env }), startExample({ store })]);
    const id = await one.client().begin();
    const story = { text: 'tell me a story', eventId: 'story' };
    await (await one.client().speak(id, story)).until('partial');
    expect(await one.end('SIGKILL')).toBeNull();
    const client = other.client();
    expect((await client.call(`POST /api/sessions/${id}/interrupt`)).status).toBe(204);
    const answered = await client.say(id, story.text, story);
    expect(answered.at(-1)).not.toHaveProperty('interrupted');
    expect(textOf(answered.at(-1))).toMatch(/the line\.$/u);
  },
);
