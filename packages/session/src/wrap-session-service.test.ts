import type { Event } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import type { AppendEventRequest, WatchSessionRequest } from './requests.ts';
import type { SessionService } from './session-service.ts';
import { wrapSessionService } from './wrap-session-service.ts';

const key = { appName: 'app', userId: 'user', sessionId: 's1' };

/** Says what it was called with. */
class Recorder implements Pick<SessionService, 'get' | 'appendEvent' | 'watch' | 'close'> {
  readonly capabilities = Object.freeze({ persistent: true });
  readonly calls: unknown[] = [];

  async get(request: object): Promise<undefined> {
    this.calls.push(['get', request]);
  }

  async appendEvent({ event }: AppendEventRequest) {
    this.calls.push(['appendEvent', event.id]);
    return { id: 'stored', invocationId: '', timestamp: 0, actions: { stateDelta: {} } };
  }

  async *watch({ afterSeq }: WatchSessionRequest): AsyncGenerator<Event, void, undefined> {
    this.calls.push(['watch', afterSeq]);
    for (let seq = (afterSeq ?? 0) + 1; ; seq++) {
      yield { id: `e${seq}`, seq, invocationId: '', timestamp: 0, actions: { stateDelta: {} } };
    }
  }

  async close(): Promise<void> {
    this.calls.push(['close']);
  }
}

describe('wrapSessionService', () => {
  const wrap = (wrapper: Parameters<typeof wrapSessionService>[1]) => {
    const inner = new Recorder();
    return { inner, service: wrapSessionService(inner as unknown as SessionService, wrapper) };
  };

  it('changes one call, and passes all others on', async () => {
    const { inner, service } = wrap({
      async appendEvent(next, request) {
        const event = await next({ ...request, event: { ...request.event, id: 'changed' } });
        return { ...event, author: 'wrapper' };
      },
    });
    const event = await service.appendEvent({ ...key, event: { id: 'given' } });
    expect(event).toMatchObject({ id: 'stored', author: 'wrapper' });
    expect(await service.get(key)).toBeUndefined();
    await service.close();
    expect(inner.calls).toEqual([['appendEvent', 'changed'], ['get', key], ['close']]);
    expect(service.capabilities).toBe(inner.capabilities);
  });

  it('closes the service when it is disposed, through its own close', async () => {
    const order: string[] = [];
    const { inner, service } = wrap({
      async close(next) {
        order.push('wrapper');
        await next();
      },
    });
    await service[Symbol.asyncDispose]();
    expect([order, inner.calls]).toEqual([['wrapper'], [['close']]]);
  });

  it('makes a rejection of what a wrapper throws', async () => {
    const { inner, service } = wrap({
      get() {
        throw new Error('not today');
      },
    });
    await expect(service.get(key)).rejects.toThrow('not today');
    expect(inner.calls).toEqual([]);
  });

  const firstSeqs = async (events: AsyncIterable<Event>, count: number) => {
    const seqs: (number | undefined)[] = [];
    for await (const { seq } of events) if (seqs.push(seq) === count) return seqs;
    return seqs;
  };

  it('passes a watch on, which gives events and no promise', async () => {
    const { inner, service } = wrap({});
    expect(await firstSeqs(service.watch({ ...key, afterSeq: 4 }), 2)).toEqual([5, 6]);
    expect(inner.calls).toEqual([['watch', 4]]);
  });

  it('changes what is watched, and what comes of it', async () => {
    const { inner, service } = wrap({
      async *watch(next, request) {
        for await (const event of next({ ...request, afterSeq: 10 })) {
          if ((event.seq ?? 0) % 2 === 0) yield event;
        }
      },
    });
    expect(await firstSeqs(service.watch(key), 3)).toEqual([12, 14, 16]);
    expect(inner.calls).toEqual([['watch', 10]]);
  });

  it('throws what a wrapper of a watch throws', () => {
    const { service } = wrap({
      watch() {
        throw new Error('not today');
      },
    });
    expect(() => service.watch(key)).toThrow('not today');
  });
});

describe('a service that is spread', () => {
  it('has none of its methods, to TypeScript either', () => {
    const spread = (inner: SessionService): SessionService => {
      // @ts-expect-error: `create`, `get` and the others are missing.
      return { ...inner, appendEvent: inner.appendEvent };
    };
    expect(Object.keys(spread(new Recorder() as unknown as SessionService))).not.toContain('get');
  });
});
