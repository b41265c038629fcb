import type { SessionService } from '@holdfast/session';
import { type SessionStore, StoredSessionService } from '@holdfast/session/store';
import { describe, expect, it } from 'vitest';
import { InMemoryStore } from './in-memory-store.ts';

const key = { appName: 'app', userId: 'ann', sessionId: 's' };

/** A service over a store that has all but some of the optional methods. */
async function serviceWithout(...missing: readonly string[]): Promise<SessionService> {
  const store = new InMemoryStore({ maxSessions: Number.POSITIVE_INFINITY });
  const some = new Proxy<SessionStore>(store, {
    get(target, name) {
      const value: unknown = missing.includes(String(name)) ? undefined : Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const service = new StoredSessionService(some);
  await service.create(key);
  return service;
}

describe('a service over a store with some of the optional methods', () => {
  it.each<[string, (service: SessionService) => Promise<unknown>]>([
    ['releaseTurn', (service) => service.acquireTurn({ ...key, turn: 't' })],
    ['acquireTurn', (service) => service.releaseTurn({ ...key, turn: 't' })],
    ['findExpired', (service) => service.updateSession({ ...key, expires: null })],
    ['deleteExpired', (service) => service.updateSession({ ...key, expires: null })],
    ['incrementState', (service) => service.appendEvent({ ...key, event: adding })],
    [
      'increment',
      (service) => service.updateState({ scope: 'app', appName: 'app', increment: { n: 1 } }),
    ],
  ])('denies what it cannot do as a whole without `%s`', async (missing, call) => {
    const service = await serviceWithout(missing);
    await expect(call(service)).rejects.toMatchObject({ code: 'unsupported' });
    expect(await service.get(key)).toMatchObject({ revision: 0 });
    expect(await service.getState({ scope: 'app', appName: 'app' })).toEqual({});
  });

  it('refuses labels and an expiry of a fork that it would not keep', async () => {
    const service = await serviceWithout('updateSession');
    const fork = service.fork({ ...key, labels: { title: 'Books' } });
    await expect(fork).rejects.toMatchObject({ code: 'unsupported', path: 'labels' });
    const expiring = service.fork({ ...key, expires: { afterIdle: 1000 } });
    await expect(expiring).rejects.toMatchObject({ code: 'unsupported', path: 'expires' });
    const { sessions } = await service.list({ appName: 'app', userId: 'ann' });
    expect(sessions).toHaveLength(1);
    const plain = await service.fork({ ...key, labels: {}, expires: null });
    expect(plain.forkedFrom).toEqual({ sessionId: 's', seq: 0 });
  });

  it('takes empty labels even if it cannot keep any', async () => {
    const service = await serviceWithout('updateSession');
    const created = await service.create({ ...key, sessionId: 'other', labels: {} });
    expect(created.labels).toEqual({});
  });
});

const adding = { actions: { stateIncrements: { n: 1 } } };
