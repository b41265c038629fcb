import type { Event } from '@holdfast/core';
import { EMPTY_SCOPE } from '@holdfast/state/internal';
import { describe, expect, it } from 'vitest';
import { localCapabilities } from './local-capabilities.fixture.ts';
import type { SessionStore } from './session-store.ts';
import { StoredSessionService } from './stored-session-service.ts';

const key = { appName: 'app', userId: 'ann', sessionId: 's' };

function eventsOf(...seqs: number[]): Event[] {
  return seqs.map((seq) =>
    Object.freeze({
      id: `e${seq}`,
      invocationId: '',
      timestamp: 1,
      seq,
      actions: { stateDelta: {}, artifactDelta: {} },
    }),
  );
}

/** A service over a store that has a session with these events, and says that its revision is another. */
function over(revision: number, ...seqs: number[]): StoredSessionService {
  const state = { session: EMPTY_SCOPE, user: EMPTY_SCOPE, app: EMPTY_SCOPE };
  const store: Partial<SessionStore> = {
    capabilities: localCapabilities,
    get: () => ({
      key,
      incarnation: 'first',
      createTime: 1,
      lastUpdateTime: 1,
      revision,
      events: eventsOf(...seqs),
      state,
    }),
    listEvents: () => ({ events: eventsOf(...seqs), revision }),
  };
  return new StoredSessionService(store as SessionStore);
}

const corrupt = { code: 'corrupt', retryable: false, key };

describe('StoredSessionService over a store that lost something', () => {
  it.each<[string, { revision: number; seqs: number[]; numRecentEvents?: number }]>([
    ['has no events', { revision: 250, seqs: [] }],
    ['has lost the last one', { revision: 3, seqs: [1, 2] }],
    ['has lost the first one', { revision: 3, seqs: [2, 3] }],
    ['has lost one between', { revision: 3, seqs: [1, 3] }],
    ['has one too many', { revision: 2, seqs: [1, 2, 3] }],
    ['has others', { revision: 2, seqs: [2, 3] }],
    ['has older ones than the last', { revision: 4, seqs: [2, 3], numRecentEvents: 2 }],
    ['has fewer than the last', { revision: 4, seqs: [4], numRecentEvents: 2 }],
    ['has some though none is wanted', { revision: 4, seqs: [4], numRecentEvents: 0 }],
  ])('is `corrupt` if it %s', async (_, { revision, seqs, numRecentEvents }) => {
    const service = over(revision, ...seqs);
    await expect(service.get({ ...key, numRecentEvents })).rejects.toMatchObject(corrupt);
    await expect(service.getOrCreate({ ...key, numRecentEvents })).rejects.toMatchObject(corrupt);
  });

  it('is `corrupt` if a window by time has events beyond the revision', async () => {
    const request = { ...key, afterTimestamp: 1 };
    await expect(over(2, 2, 3).get(request)).rejects.toMatchObject(corrupt);
    const session = await over(5, 1, 4).get(request);
    expect(session?.events.map(({ seq }) => seq)).toStrictEqual([1, 4]);
  });

  it.each([
    ['is empty', { seqs: [], request: {} }],
    ['has a gap', { seqs: [1, 3], request: {} }],
    ['ends early', { seqs: [1, 2], request: {} }],
    ['begins late', { seqs: [4, 5], request: { afterSeq: 2 } }],
    ['goes on behind its bound', { seqs: [1, 2, 3, 4], request: { beforeSeq: 3 } }],
    ['begins early, backwards', { seqs: [3, 2, 1], request: { order: 'desc' } }],
    ['is in the other order', { seqs: [1, 2, 3, 4, 5], request: { order: 'desc' } }],
  ] as const)('is `corrupt` if a page %s', async (_, { seqs, request }) => {
    const service = over(5, ...seqs);
    await expect(service.listEvents({ ...key, ...request })).rejects.toMatchObject(corrupt);
  });

  it('takes a page that is whole, of any bounds', async () => {
    const page = async (request: object, ...seqs: number[]) =>
      (await over(5, ...seqs).listEvents({ ...key, ...request })).events.map(({ seq }) => seq);
    expect(await page({}, 1, 2, 3, 4, 5)).toHaveLength(5);
    expect(await page({ limit: 2 }, 1, 2, 3)).toStrictEqual([1, 2]);
    expect(await page({ limit: 2, order: 'desc' }, 5, 4, 3)).toStrictEqual([5, 4]);
    expect(await page({ afterSeq: 3, beforeSeq: 5 }, 4)).toStrictEqual([4]);
    expect(await page({ afterSeq: 5 })).toStrictEqual([]);
    expect(await page({ afterSeq: 9, order: 'desc' })).toStrictEqual([]);
    expect(await page({ beforeSeq: 1 })).toStrictEqual([]);
    expect(await page({ beforeSeq: 0, order: 'desc' })).toStrictEqual([]);
  });
});

describe('StoredSessionService with a clock that answers badly', () => {
  it.each([
    ['a fraction', () => 0.5],
    ['NaN', () => Number.NaN],
    ['a string', () => 'now' as never],
    [
      'an error',
      () => {
        throw new Error('no time');
      },
    ],
  ])('is `invalid_argument` for %s, before the store is asked', async (_, now) => {
    const store = { capabilities: {} } as unknown as SessionStore;
    const service = new StoredSessionService(store, { now });
    const expected = { code: 'invalid_argument', path: 'now' };
    await expect(service.create(key)).rejects.toMatchObject(expected);
    await expect(service.appendEvent({ ...key, event: {} })).rejects.toMatchObject(expected);
  });
});
