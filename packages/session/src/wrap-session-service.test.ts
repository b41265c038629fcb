import { describe, expect, it } from 'vitest';
import type { AppendEventRequest } from './requests.ts';
import type { SessionService } from './session-service.ts';
import { wrapSessionService } from './wrap-session-service.ts';

const key = { appName: 'app', userId: 'user', sessionId: 's1' };

/** Says what it was called with. */
class Recorder implements Pick<SessionService, 'get' | 'appendEvent' | 'close'> {
  readonly capabilities = Object.freeze({ persistent: true });
  readonly calls: unknown[] = [];

  async get(request: object): Promise<undefined> {
    this.calls.push(['get', request]);
  }

  async appendEvent({ event }: AppendEventRequest) {
    this.calls.push(['appendEvent', event.id]);
    return { id: 'stored', invocationId: '', timestamp: 0, actions: { stateDelta: {} } };
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
