import type { Session } from '@google/adk';
import { InMemorySessionService } from '@holdfast/in-memory';
import type { Content, EventInput, SessionService } from '@holdfast/session';
import { HoldfastSessionService } from './holdfast-session-service.ts';
import { text } from './scripted-model.fixture.ts';
import { openShop, takeTurn } from './shop.fixture.ts';

const owner = { appName: 'shop', userId: 'ada' };

/** What ADK puts before the text of a summary. */
export const SUMMARY = '[Previous Context Summary]:\n';

/** A session in which Ada talks to the shop's agent, on a store of Holdfast. */
export async function openTalk(store: SessionService = new InMemorySessionService()) {
  const service = new HoldfastSessionService(store);
  const { model, runner } = openShop(service);
  const state = { 'user:name': 'Ada' };
  const { id: sessionId } = await service.createSession({ ...owner, state });
  const key = { ...owner, sessionId };
  return {
    service,
    store,
    key,
    runner,
    /** One turn, in another session if one is named. Gives the id of its invocation. */
    async say(words: string, id = sessionId): Promise<string> {
      const [event] = await takeTurn({ runner, sessionId: id, parts: [text(words)] });
      return event?.invocationId ?? '';
    },
    /** What was in the last request to the model. */
    asked: () => wordsOf(model.requests.at(-1) ?? []),
    append: (...events: readonly EventInput[]) => store.appendEvents({ ...key, events }),
    read: async (config = {}) => (await service.getSession({ ...key, config })) as Session,
  };
}

export type Talk = Awaited<ReturnType<typeof openTalk>>;

/** Something that the user said. */
export function said(words: string, more: EventInput = {}): EventInput {
  return { author: 'user', content: userContent(words), ...more };
}

export function userContent(words: string): Content {
  return { role: 'user', parts: [{ text: words }] };
}

/** The texts of contents, or the names of what was called. */
export function wordsOf(contents: readonly (Content | undefined)[]): string[] {
  return contents.flatMap((content) =>
    (content?.parts ?? []).map(
      ({ text: words, functionCall, functionResponse }) =>
        words ??
        functionCall?.name ??
        (functionResponse ? `${functionResponse.name} answers` : 'data'),
    ),
  );
}

/** The texts of the events of a session. */
export function wordsIn({ events }: Session): string[] {
  return wordsOf(events.map(({ content }) => content as Content | undefined));
}
