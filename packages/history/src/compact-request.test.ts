import { InMemorySessionService } from '@holdfast/in-memory';
import { type SessionKey, wrapSessionService } from '@holdfast/session';
import { describe, expect, it, vi } from 'vitest';
import { type CompactRequest, compact } from './compact.ts';
import { allOf, newKey, newSession, summary, turns } from './conversation.fixture.ts';

const service = new InMemorySessionService();

function run(key: SessionKey, more: object = {}) {
  const summarize = () => summary('so far');
  return compact(service, { ...key, summarize, keep: { events: 2 }, ...more } as CompactRequest);
}

describe('a request', () => {
  const asks: string[] = [];
  const watched = wrapSessionService(service, {
    get: (next, request) => {
      asks.push('get');
      return next(request);
    },
  });

  it.each([
    [{ appName: '' }, 'appName'],
    [{ userId: undefined }, 'userId'],
    [{ sessionId: 7 }, 'sessionId'],
    [{ summarize: undefined }, 'summarize'],
    [{ summarize: 'text' }, 'summarize'],
    [{ when: 20 }, 'when'],
    [{ when: null }, 'when'],
    [{ when: { events: 0 } }, 'when.events'],
    [{ when: { events: -1 } }, 'when.events'],
    [{ when: { events: Number.NaN } }, 'when.events'],
    [{ when: { events: '20' } }, 'when.events'],
    [{ when: { events: null } }, 'when.events'],
    [{ when: { tokens: 0 } }, 'when.tokens'],
    [{ when: { tokens: 1.5 } }, 'when.tokens'],
    [{ when: { tokens: Number.POSITIVE_INFINITY } }, 'when.tokens'],
    [{ keep: [] }, 'keep'],
    [{ keep: { events: -1 } }, 'keep.events'],
    [{ keep: { events: Number.NaN } }, 'keep.events'],
    [{ keep: { events: true } }, 'keep.events'],
    [{ countTokens: 4 }, 'countTokens'],
    [{ turn: '' }, 'turn'],
    [{ turn: 7 }, 'turn'],
  ])('is refused with its path, before anything is read: %o', async (wrong, path) => {
    const summarize = vi.fn(() => summary('so far'));
    const request = { ...newKey(), summarize, ...wrong } as CompactRequest;
    await expect(compact(watched, request)).rejects.toMatchObject({
      code: 'invalid_argument',
      path,
    });
    expect(asks).toEqual([]);
    expect(summarize).not.toHaveBeenCalled();
  });

  it('is refused at what cannot be read', async () => {
    const request = {
      ...newKey(),
      summarize: () => summary('so far'),
      get when(): undefined {
        throw new Error('no');
      },
    };
    await expect(compact(watched, request)).rejects.toMatchObject({
      code: 'invalid_argument',
      path: 'when',
    });
    expect(asks).toEqual([]);
  });

  it.each([undefined, null, 'text', []])('is refused if it is %o', async (request) => {
    await expect(compact(watched, request as never)).rejects.toMatchObject({
      code: 'invalid_argument',
    });
    expect(asks).toEqual([]);
  });

  it('is not found if there is no session, and summarizes nothing', async () => {
    const key = newKey();
    const summarize = vi.fn(() => summary('so far'));
    await expect(run(key, { summarize })).rejects.toMatchObject({ code: 'not_found', key });
    expect(summarize).not.toHaveBeenCalled();
  });
});

describe('a summarizer', () => {
  it.each([
    [undefined, 'summarize', 'must give a content, got undefined'],
    [null, 'summarize', 'must give a content, got null'],
    ['Ada has ordered two books.', 'summarize', 'must give a content, got a string'],
    [[{ text: 'text' }], 'summarize', 'must be a plain object, got an array'],
    [{ text: 'text' }, 'summarize.parts', 'must be an array, got undefined'],
    [{ parts: 'text' }, 'summarize.parts', 'must be an array, got a string'],
    [{ parts: [] }, 'summarize.parts', 'must say something'],
    [{ parts: [{ text: '' }] }, 'summarize.parts', 'must say something'],
    [{ parts: [null] }, 'summarize.parts[0]', 'must be a part, got null'],
    [{ parts: [{ text: 'a', of: new Map() }] }, 'summarize.parts[0].of', 'must be JSON'],
    [
      { parts: [{ text: 'a' }, { functionResponse: { name: 'look' } }] },
      'summarize.parts[1].functionResponse',
      'cannot be in a summary',
    ],
  ])('that gives %o is refused, and nothing is appended', async (given, path, problem) => {
    const key = await newSession(service, turns(1, 4));
    await expect(run(key, { summarize: () => given })).rejects.toMatchObject({
      code: 'invalid_argument',
      path,
      message: expect.stringContaining(problem),
    });
    expect(await allOf(service, key)).toHaveLength(8);
  });

  it('that gives more than an event may have is refused, and nothing is appended', async () => {
    const key = await newSession(service, turns(1, 4));
    const summarize = () => summary('x'.repeat(8 * 1024 * 1024));
    await expect(run(key, { summarize })).rejects.toMatchObject({ code: 'too_large' });
    expect(await allOf(service, key)).toHaveLength(8);
  });

  it('that throws leaves nothing behind, and keeps no other call out', async () => {
    const key = await newSession(service, turns(1, 4));
    const error = new Error('no model');
    const failing = [
      run(key, { summarize: () => Promise.reject(error) }),
      run(key, {
        summarize() {
          throw error;
        },
      }),
    ];
    const working = run(key);
    for (const call of failing) await expect(call).rejects.toBe(error);
    expect(await working).toMatchObject({ type: 'compacted', event: { seq: 9 } });
    expect(await allOf(service, key)).toHaveLength(9);
  });

  it('is given frozen events, and is called as a method of the request', async () => {
    const key = await newSession(service, turns(1, 4));
    const request = {
      ...key,
      text: 'of mine',
      keep: { events: 2 },
      summarize(this: { readonly text: string }, events: readonly unknown[]) {
        expect(Object.isFrozen(events)).toBe(true);
        return summary(this.text);
      },
    };
    const { event } = (await compact(service, request)) as { event?: object };
    expect(event).toMatchObject({
      actions: { compaction: { compactedContent: summary('of mine') } },
    });
  });

  it('that counts tokens to nothing that is a number is refused', async () => {
    const key = await newSession(service, turns(1, 4));
    const countTokens = () => Number.NaN;
    const wrong = run(key, { when: { tokens: 5 }, countTokens });
    await expect(wrong).rejects.toMatchObject({ code: 'invalid_argument', path: 'countTokens' });
  });
});
