// Ada edits her last question, and then tries another one beside it.

import { InMemorySessionService, type Session, type SessionKey } from '@holdfast/in-memory';

const service = new InMemorySessionService();
const chat = await service.create({ appName: 'shop', userId: 'ada', state: { cart: [] } });

await say(chat, { run: 'run-1', text: 'One book, please.', cart: ['book'] });
await say(chat, { run: 'run-2', text: 'And a hundred pens.', cart: ['book', '100 pens'] });
show('before', await service.get(chat));

// What the run has brought counts no more, and the state is that of before.
await service.rewind({ ...chat, beforeInvocationId: 'run-2' });
show('rewound', await service.get(chat));
await say(chat, { run: 'run-3', text: 'And one pen.', cart: ['book', 'pen'] });
show('edited', await service.get(chat));

// A session of its own, with the first event and the state of then.
const other = await service.fork({ ...chat, throughSeq: 1, labels: { title: 'With a map' } });
await say(other, { run: 'run-4', text: 'And a map.', cart: ['book', 'map'] });
show('fork', await service.get(other));
console.log('from', other.forkedFrom?.seq, 'of', other.forkedFrom?.sessionId === chat.id);

// Nothing was taken away: all of it is still in the history.
const { events } = await service.listEvents(chat);
console.log(events.map(({ seq, actions }) => (actions.rewind ? `${seq} (rewind)` : seq)).join(' '));

interface Saying {
  readonly run: string;
  readonly text: string;
  readonly cart: readonly string[];
}

async function say(key: SessionKey, { run, text, cart }: Saying): Promise<void> {
  const content = { role: 'user', parts: [{ text }] };
  const actions = { stateDelta: { cart } };
  await service.appendEvent({ ...key, event: { invocationId: run, content, actions } });
}

function show(when: string, session: Session | undefined): void {
  const texts = session?.conversationHistory.map(({ parts }) => parts?.[0]?.text);
  console.log(`${when}:`, texts?.join(' '), JSON.stringify(session?.state.get('cart')));
}
