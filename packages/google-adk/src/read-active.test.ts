import { appendSummary } from '@holdfast/history';
import { InMemorySessionService } from '@holdfast/in-memory';
import { describe, expect, it } from 'vitest';
import { describeStores } from './stores.fixture.ts';
import { openTalk, said, userContent, wordsIn } from './talk.fixture.ts';

/** A store in memory, and how many events each of its answers had. */
function countingStore() {
  const loaded: number[] = [];
  class Counting extends InMemorySessionService {
    override async get(request: Parameters<InMemorySessionService['get']>[0]) {
      const session = await super.get(request);
      loaded.push(session?.events.length ?? 0);
      return session;
    }
    override async getOrCreate(request: Parameters<InMemorySessionService['getOrCreate']>[0]) {
      const session = await super.getOrCreate(request);
      loaded.push(session.events.length);
      return session;
    }
  }
  return { store: new Counting(), loaded };
}

const numbered = (count: number) =>
  Array.from({ length: count }, (_, i) => said(`e${i + 1}`, { timestamp: i + 1 }));

describe('what is read of a session', () => {
  describeStores((open) => {
    it('is so many of its last active events, however many were taken back', async () => {
      const { store, key, append, read } = await openTalk(await open());
      await append(...numbered(10));
      await store.rewind({ ...key, toSeq: 4 });
      await append(said('last'));
      const recent = async (numRecentEvents: number) => wordsIn(await read({ numRecentEvents }));
      expect(await recent(0)).toEqual([]);
      expect(await recent(1)).toEqual(['last']);
      expect(await recent(3)).toEqual(['e3', 'e4', 'last']);
      expect(await recent(9)).toEqual(['e1', 'e2', 'e3', 'e4', 'last']);
    });

    it('counts a summary as one event, in the place of what it covers', async () => {
      const { store, key, append, read } = await openTalk(await open());
      await append(...numbered(200));
      await appendSummary(store, { ...key, throughSeq: 40, content: userContent('summary') });
      await append(said('last'));
      const recent = async (numRecentEvents: number) => wordsIn(await read({ numRecentEvents }));
      expect(await recent(2)).toEqual(['e200', 'last']);
      expect(await recent(161)).toEqual([
        ...Array.from({ length: 160 }, (_, i) => `e${i + 41}`),
        'last',
      ]);
      expect((await recent(162))[0]).toBe('summary');
      expect(await recent(500)).toHaveLength(162);
    });

    it('is what is of a time or later, also if what took others back is earlier', async () => {
      const { store, key, append, read } = await openTalk(await open());
      const ahead = Date.now() + 3_600_000;
      const times = [ahead, 5, ahead + 1, ahead + 2];
      await append(...times.map((timestamp, i) => said(`e${i + 1}`, { timestamp })));
      await store.rewind({ ...key, toSeq: 3 });
      await append(said('later', { timestamp: ahead + 1 }), said('earlier', { timestamp: 5 }));
      const since = async (afterTimestamp: number, more = {}) =>
        wordsIn(await read({ afterTimestamp, ...more }));
      expect(await since(ahead + 0.5)).toEqual(['e3', 'later']);
      expect(await since(ahead + 1, { numRecentEvents: 2 })).toEqual(['later']);
      expect(await since(0)).toEqual(['e1', 'e2', 'e3', 'later', 'earlier']);
      expect(await since(ahead + 9)).toEqual([]);
    });

    it('has a summary that was appended at that time or later', async () => {
      const { store, key, append, read } = await openTalk(await open());
      await append(...numbered(4));
      const content = userContent('summary');
      const { timestamp } = await appendSummary(store, { ...key, throughSeq: 3, content });
      const since = async (afterTimestamp: number) => wordsIn(await read({ afterTimestamp }));
      expect(await since(timestamp)).toEqual(['summary']);
      expect(await since(4)).toEqual(['summary', 'e4']);
      expect(await since(timestamp + 1)).toEqual([]);
    });
  });

  it('is no more than its live part', async () => {
    const { store, loaded } = countingStore();
    const { service, key, append, read, say } = await openTalk(store);
    await append(...numbered(300));
    await appendSummary(store, { ...key, throughSeq: 290, content: userContent('summary') });
    loaded.length = 0;
    await read();
    await service.getOrCreateSession(key);
    await say('hello');
    expect(loaded).toEqual([11, 11, 11]);
  });

  it('is read at once if the last events are all active', async () => {
    const { store, loaded } = countingStore();
    const { append, read } = await openTalk(store);
    await append(...numbered(300));
    loaded.length = 0;
    await read({ numRecentEvents: 5 });
    await read({ afterTimestamp: 296 });
    expect(loaded).toEqual([5, 5]);
  });

  it('is whole if others append in the middle of it', async () => {
    const store = new InMemorySessionService();
    const { key, append, read } = await openTalk(store);
    await append(...numbered(4), said('early', { timestamp: 1 }));
    const get = store.get.bind(store);
    let isFirst = true;
    store.get = async (request) => {
      const session = await get(request);
      if (isFirst) {
        isFirst = false;
        await store.rewind({ ...key, toSeq: 3 });
        await append(said('new', { timestamp: 3 }));
      }
      return session;
    };
    expect(wordsIn(await read({ afterTimestamp: 3 }))).toEqual(['e3', 'new']);
  });
});
