// Follows a conversation as it is written, by whichever process, and goes on where it was.

import { InMemorySessionService, type SessionKey } from '@holdfast/in-memory';

const service = new InMemorySessionService();
const { key } = await service.create({ appName: 'shop', userId: 'ada' });
await service.appendEvent({ ...key, event: { author: 'user' } });

/** What a page has: the `seq` of the last event that it shows. */
let shown = 0;

async function follow(session: SessionKey, signal?: AbortSignal): Promise<void> {
  for await (const event of service.watch({ ...session, afterSeq: shown, signal })) {
    shown = event.seq as number;
    console.log(shown, event.author);
    if (event.turnComplete) return;
  }
}

const following = follow(key);
await service.appendEvent({ ...key, event: { author: 'agent', turnComplete: true } });
await following;

// The page was away meanwhile: it misses nothing, and gets nothing twice.
await service.appendEvent({ ...key, event: { author: 'user' } });
const again = follow(key);
await service.appendEvent({ ...key, event: { author: 'agent', turnComplete: true } });
await again;

// Without an end of its own, it goes on until it is told to stop, or until the session is gone.
const connection = new AbortController();
setTimeout(() => connection.abort(), 20);
await follow(key, connection.signal).catch((error) => console.log(error.name));
const last = follow(key);
await service.delete(key);
await last.catch((error) => console.log(error.code));
