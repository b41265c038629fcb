import { type Event, type EventInput, streamingModeName } from '@holdfast/core';
import { InMemorySessionService } from '@holdfast/in-memory';
import { iterateEvents, type SessionService } from '@holdfast/session';
import { isTempKey } from '@holdfast/state';
import { expect, test, vi } from 'vitest';
import { Chat, type ChatOutput } from './chat.ts';
import { createExampleAgent } from './example-agent.ts';
import { createSteadyClock } from './steady-clock.ts';

const appName = 'example';

function createChat(): { readonly chat: Chat; readonly service: SessionService } {
  const service = new InMemorySessionService({ now: createSteadyClock() });
  const agent = createExampleAgent(service);
  return { service, chat: new Chat({ service, agent, appName, userId: 'ada' }) };
}

async function outputsOf(chat: Chat, ...lines: readonly string[]): Promise<ChatOutput[]> {
  const outputs: ChatOutput[] = [];
  for (const line of lines) for await (const output of chat.send({ line })) outputs.push(output);
  return outputs;
}

/** The text that the last of `lines` brings. */
async function textAfter(chat: Chat, ...lines: readonly string[]): Promise<string> {
  const last = (await outputsOf(chat, ...lines)).at(-1);
  switch (last?.kind) {
    case 'text':
      return last.text;
    case 'event':
      return textOf(last.event);
    default:
      return '';
  }
}

function eventsIn(outputs: readonly ChatOutput[]): readonly Event[] {
  return outputs.flatMap((output) => (output.kind === 'event' ? [output.event] : []));
}

function textOf({ content }: Event): string {
  return (content?.parts ?? []).map(({ text = '' }) => text).join('');
}

async function storedEvents(service: SessionService): Promise<readonly Event[]> {
  const events: Event[] = [];
  const { sessions } = await service.list({ appName, allUsers: true });
  for (const { key } of sessions) {
    for await (const event of iterateEvents(service, key)) events.push(event);
  }
  return events;
}

function stateKeysOf({ actions }: EventInput): readonly string[] {
  return [...Object.keys(actions?.stateDelta ?? {}), ...(actions?.removedStateKeys ?? [])];
}

const everyTool = [
  'my name is Ada and I like tea',
  'note: buy milk',
  'announce: tea at four',
  'what are my notes?',
  'forget my name',
  'clear my notes',
  '/user bob',
  'hello',
  'what is the announcement?',
];

test('temp: state is used while the agent works, and is in no stored event and no session', async () => {
  const { chat, service } = createChat();
  const append = vi.spyOn(service, 'appendEvent');
  await outputsOf(chat, ...everyTool);

  const appended = append.mock.calls.flatMap(([{ event }]) => stateKeysOf(event));
  expect(appended.filter(isTempKey)).toContain('temp:plan');
  const stored = await storedEvents(service);
  expect(stored.length).toBeGreaterThan(20);
  expect(stored.flatMap(stateKeysOf).filter(isTempKey)).toEqual([]);
  expect(stored.flatMap(stateKeysOf)).toEqual(
    expect.arrayContaining(['user:name', 'user:likes', 'notes', 'app:announcement']),
  );
  const { sessions } = await service.list({ appName, allUsers: true, includeState: true });
  expect(sessions.flatMap(({ state }) => [...(state?.keys() ?? [])]).filter(isTempKey)).toEqual([]);
  expect([...(chat.session?.state.keys() ?? [])].filter(isTempKey)).toEqual([]);
});

test('the snapshot that a chat follows is the session that is stored', async () => {
  const { chat, service } = createChat();
  await outputsOf(chat, 'my name is Ada', 'note: buy milk', 'tell me a story');
  const followed = chat.session;
  if (followed === undefined) throw new Error('there is no session');
  expect((await service.get(followed.key))?.toJSON()).toEqual(followed.toJSON());
});

test.each(['sse', 'bidi'] as const)(
  'mode %s streams pieces that add up to the stored text',
  async (mode) => {
    const { chat, service } = createChat();
    const events = eventsIn(await outputsOf(chat, `/mode ${mode}`, 'tell me a story'));
    const pieces = events.filter(({ partial }) => partial === true);
    expect(pieces.length).toBeGreaterThan(10);
    expect(pieces.every(({ seq }) => seq === undefined)).toBe(true);
    const stored = await storedEvents(service);
    expect(stored.map(({ author }) => author)).toEqual(['user', 'agent']);
    expect(stored.some(({ partial }) => partial === true)).toBe(false);
    expect(pieces.map(textOf).join('')).toBe(textOf(stored.at(-1) as Event));
  },
);

test('mode none gives the answer whole', async () => {
  const { chat, service } = createChat();
  const events = eventsIn(await outputsOf(chat, '/mode none', 'tell me a story'));
  expect(events.filter(({ partial }) => partial === true)).toEqual([]);
  expect(events).toEqual(await storedEvents(service));
  expect(textOf(events.at(-1) as Event)).toMatch(/^A keeper of a lighthouse .* the line\.$/);
});

test.each([0, 1, 2] as const)(
  'an interrupted answer is kept, and the conversation goes on (mode %i)',
  async (mode) => {
    const { chat, service } = createChat();
    await outputsOf(chat, `/mode ${streamingModeName(mode)}`, 'my name is Ada');
    const controller = new AbortController();
    let pieces = 0;
    for await (const output of chat.send({ line: 'tell me a story', signal: controller.signal })) {
      if (output.kind !== 'event') continue;
      if (output.event.partial === true) pieces += 1;
      if (mode === 0 || pieces === 3) controller.abort();
    }
    const cut = (await storedEvents(service)).at(-1) as Event;
    expect(cut).toMatchObject({ author: 'agent', interrupted: true, turnComplete: true });
    expect(textOf(cut)).toBe(mode === 0 ? '' : 'A keeper of ');

    expect(await textAfter(chat, 'what do you know about me?')).toBe('Your name is Ada.');
    const stored = await storedEvents(service);
    expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, i) => i + 1));
  },
);

test('bad input is answered with what would help', async () => {
  const { chat } = createChat();
  expect(await textAfter(chat, '/nonsense')).toContain('/help');
  expect(await textAfter(chat, '/')).toContain('/help');
  expect(await textAfter(chat, '/resume')).toContain('/list');
  expect(await textAfter(chat, '/resume 7')).toContain('no conversation 7');
  expect(await textAfter(chat, '/delete 0')).toContain('no conversation 0');
  expect(await textAfter(chat, '/delete x')).toContain('/list');
  expect(await textAfter(chat, '/mode loud')).toContain("'sse'");
  expect(await textAfter(chat, '/user')).toContain('/user NAME');
  expect(await textAfter(chat, `/user ${'x'.repeat(300)}`)).toContain('at most 255 bytes');
  expect(await textAfter(chat, '/events')).toContain('Nothing is stored yet');
  expect(await textAfter(chat, '/list')).toContain('no conversations');
  expect(await textAfter(chat, `my ${'x'.repeat(300)} is long`)).toContain('That did not work');
  expect(await outputsOf(chat, '   ')).toEqual([]);
  expect(chat.userId).toBe('ada');
});

test('a conversation that somebody else deleted is told of, and another one begins', async () => {
  const { chat, service } = createChat();
  await outputsOf(chat, 'note: buy milk');
  if (chat.session !== undefined) await service.delete(chat.session.key);
  expect(await textAfter(chat, 'what are my notes?')).toContain('is not there');
  expect(await textAfter(chat, 'what are my notes?')).toContain('no notes');
});

test('a conversation that somebody else went on with is read again', async () => {
  const { chat, service } = createChat();
  await outputsOf(chat, 'note: buy milk');
  const key = chat.session?.key;
  if (key === undefined) throw new Error('there is no session');
  await service.appendEvent({
    ...key,
    event: { author: 'user', actions: { stateDelta: { notes: ['eggs'] } } },
  });
  expect(await textAfter(chat, 'what are my notes?')).toContain('Somebody else');
  expect(await textAfter(chat, 'what are my notes?')).toContain('1. eggs');
});
