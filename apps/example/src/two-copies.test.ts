import { expect, test } from 'vitest';
import { startExample } from './example-process.fixture.ts';
import { type Client, textOf } from './server/client.fixture.ts';
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

    // Both at the same moment, several times.
    const drinks = [
      ['tea', 'coffee'],
      ['milk', 'water'],
      ['juice', 'cocoa'],
    ] as const;
    for (const [first, second] of drinks) {
      await Promise.all([
        sayUntilAnswered(ada, { id, text: `I like ${first}` }),
        sayUntilAnswered(adaElsewhere, { id, text: `I like ${second}` }),
      ]);
    }
    const view = await ada.view(id);
    expect(await adaElsewhere.view(id)).toEqual(view);
    expect(view.events.map(({ seq }) => seq)).toEqual(view.events.map((_, i) => i + 1));
    expect(view.session.revision).toBe(view.events.length);
    expect(view.state.user).toMatchObject({ name: 'Ada' });
    const asked = view.events.filter(({ author }) => author === 'user');
    expect(asked.map(textOf).toSorted()).toEqual(
      [
        'my name is Ada',
        'what do you know about me?',
        ...drinks.flat().map((drink) => `I like ${drink}`),
      ].toSorted(),
    );
  },
);

/** Sends a message with the same id again, for as long as the other copy comes between. */
async function sayUntilAnswered(
  client: Client,
  { id, text }: { readonly id: string; readonly text: string },
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.say(id, text, { eventId: text.replaceAll(' ', '-') });
      return;
    } catch (error) {
      if (attempt === 20 || !String(error).includes('"code":"conflict"')) throw error;
    }
  }
}
