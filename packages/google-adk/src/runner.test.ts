import { type BaseSessionService, InMemorySessionService, StreamingMode } from '@google/adk';
import { describe, expect, it } from 'vitest';
import { comparable } from './comparable.fixture.ts';
import { HoldfastSessionService } from './holdfast-session-service.ts';
import { text } from './scripted-model.fixture.ts';
import { lastText, openShop, takeTurn } from './shop.fixture.ts';
import { describeStores } from './stores.fixture.ts';
import { toAdkRunConfig } from './to-adk-run-config.ts';

const owner = { appName: 'shop', userId: 'ada' };
const state = { 'user:name': 'Ada', 'app:currency': 'EUR', cart: ['pen'] };

/** The whole script: what was yielded, and what is kept. */
async function converse(service: BaseSessionService) {
  const { model, runner } = openShop(service);
  const session = await service.createSession({ ...owner, state });
  const key = { ...owner, sessionId: session.id };
  const say = (words: string) =>
    takeTurn({ runner, sessionId: session.id, parts: [text(words)], stateDelta: { heard: words } });
  const turns = [
    await say('add book'),
    await say('step'),
    await say('add lamp'),
    await say('help'),
    await say('hello'),
    await say('back'),
    await say('order desk'),
    await say('close'),
  ];
  const asked = turns.at(-1)?.flatMap((event) => event.content?.parts ?? []);
  const request = asked?.find((part) => part.functionCall?.name === 'adk_request_confirmation');
  const parts = [
    {
      functionResponse: {
        id: request?.functionCall?.id ?? '',
        name: 'adk_request_confirmation',
        response: { confirmed: true },
      },
    },
  ];
  turns.push(await takeTurn({ runner, sessionId: session.id, parts }));
  const runConfig = { streamingMode: StreamingMode.SSE };
  turns.push(await takeTurn({ runner, sessionId: session.id, parts: [text('a b c')], runConfig }));
  return { turns, model, stored: await service.getSession(key), key };
}

describe('the same script as on the store of ADK', () => {
  describeStores((open) => {
    it('gives the same events, the same requests to the model and the same state', async () => {
      const theirs = await converse(new InMemorySessionService());
      const ours = await converse(new HoldfastSessionService(await open()));
      expect(comparable(ours.turns)).toStrictEqual(comparable(theirs.turns));
      expect(comparable(ours.model.requests)).toStrictEqual(comparable(theirs.model.requests));
      expect(comparable(ours.stored?.events)).toStrictEqual(comparable(theirs.stored?.events));
      expect(ours.stored?.state).toStrictEqual(theirs.stored?.state);
      expect(ours.stored?.state).toMatchObject({
        cart: ['pen', 'book', 'lamp'],
        closed: true,
        'user:last_item': 'lamp',
        'app:items_sold': 2,
        'app:currency': 'EUR',
        last_answer: 'you said a b c',
      });
      expect(
        Object.keys(ours.stored?.state ?? {}).filter((key) => key.startsWith('temp:')),
      ).toEqual([]);
    });

    it('keeps temp: keys for the invocation that wrote them, and no longer', async () => {
      const service = new HoldfastSessionService(await open());
      const { turns, stored } = await converse(service);
      expect(lastText(turns[0] ?? [])).toBe('done: {"step":"added book"}');
      expect(lastText(turns[1] ?? [])).toBe('done: {"step":"none"}');
      const deltas = stored?.events.flatMap(({ actions }) => Object.keys(actions.stateDelta));
      expect(deltas).toContain('cart');
      expect(deltas).not.toContain('temp:step');
    });

    it('keeps the pieces of a stream from the store', async () => {
      const service = new HoldfastSessionService(await open());
      const { turns, stored } = await converse(service);
      const partial = turns.at(-1)?.filter((event) => event.partial) ?? [];
      expect(partial.map((event) => event.content?.parts?.[0]?.text)).toEqual([
        'you ',
        'said ',
        'a ',
        'b ',
        'c',
      ]);
      expect(stored?.events.some((event) => event.partial)).toBe(false);
      expect(lastText(stored?.events ?? [])).toBe('you said a b c');
    });

    it('asks before a tool that needs a confirmation, and runs it after', async () => {
      const service = new HoldfastSessionService(await open());
      const { turns } = await converse(service);
      const asking = turns.at(-3) ?? [];
      const confirmation = asking.flatMap(({ actions }) =>
        Object.values(actions.requestedToolConfirmations),
      );
      expect(asking.some((event) => event.longRunningToolIds?.length)).toBe(true);
      expect(confirmation).toMatchObject([{ confirmed: false }]);
      expect(lastText(turns.at(-2) ?? [])).toBe('done: {"closed":true}');
    });

    it('runs with a run config of Holdfast', async () => {
      const service = new HoldfastSessionService(await open());
      const { runner } = openShop(service);
      const { id } = await service.createSession({ ...owner, state });
      const events = await takeTurn({
        runner,
        sessionId: id,
        parts: [text('hello')],
        runConfig: toAdkRunConfig({ streamingMode: 'SSE', maxLlmCalls: 3 }),
      });
      expect(events.filter((event) => event.partial)).toHaveLength(3);
    });

    it('leaves nothing of an ephemeral run', async () => {
      const store = await open();
      const { runner } = openShop(new HoldfastSessionService(store));
      const newMessage = { role: 'user', parts: [text('step')] };
      const events = [];
      const stateDelta = { 'user:name': 'Ada' };
      for await (const event of runner.runEphemeral({ userId: 'ada', newMessage, stateDelta })) {
        events.push(event);
      }
      expect(lastText(events)).toBe('done: {"step":"none"}');
      expect((await store.list({ appName: 'shop', allUsers: true })).sessions).toEqual([]);
    });
  });
});
