import { isHoldfastError } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { startServiceProcess } from './start-service-process.ts';

const key = { appName: 'app', userId: 'ada', sessionId: 's' };

function start(storage: string) {
  const module = new URL('./memory-process.fixture.ts', import.meta.url);
  return startServiceProcess({ module, storage, execArgv: ['--import', 'tsx'] });
}

describe('startServiceProcess', () => {
  it('gives a service whose calls are made in another process', async () => {
    const { service, kill } = await start('calls');
    const state = { own: 1, 'user:theirs': '\ud800', 'app:everyones': null };
    const created = await service.create({ ...key, state });
    expect(created.state.toJSON()).toEqual(state);
    const event = await service.appendEvent({ ...key, event: { id: 'e1' } });
    const session = await service.get(key);
    expect(session?.toJSON()).toMatchObject({ revision: 1, events: [event], state });
    expect(await service.get({ ...key, userId: 'bob' })).toBeUndefined();
    const { sessions } = await service.list({ appName: 'app', allUsers: true, includeState: true });
    expect(sessions.map(({ sessionId, state }) => [sessionId, state?.toJSON()])).toEqual([
      ['s', state],
    ]);
    const owner = { scope: 'user', appName: 'app', userId: 'ada' } as const;
    expect(await service.updateState({ ...owner, set: { a: 1 } })).toEqual({
      theirs: '\ud800',
      a: 1,
    });
    await kill();
  });

  it('gives on what a call is refused with', async () => {
    const { service, kill } = await start('errors');
    const error = await service.get({ ...key, appName: '' }).catch((error: unknown) => error);
    expect(isHoldfastError(error, 'invalid_argument') && error.path).toBe('appName');
    await kill();
  });

  it('uses a process again whose service was closed', async () => {
    const first = await start('same');
    await first.service.create(key);
    await first.service.close();
    await first.service.close();
    const second = await start('same');
    expect((await second.service.get(key))?.sessionId).toBe('s');
    await second.kill();
  });

  it('rejects what is waiting, and what comes, once the process was killed', async () => {
    const { service, kill } = await start('killed');
    const waiting = service.get(key);
    await Promise.all([kill(), expect(waiting).rejects.toThrow('SIGKILL')]);
    await expect(service.get(key)).rejects.toThrow('the process has ended');
    await service.close();
    await kill();
  });

  it('gives on a watch, event by event, and ends it with its reader', async () => {
    const { service, kill } = await start('watch');
    await service.create(key);
    await service.appendEvents({ ...key, events: [{ id: 'e1' }, { id: 'e2' }, { id: 'e3' }] });
    const seen: string[] = [];
    for await (const event of service.watch({ ...key, afterSeq: 1 })) {
      seen.push(event.id);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual(['e2', 'e3']);
    await kill();
  });

  it('gives on the signal of a request, and rejects with its reason', async () => {
    const { service, kill } = await start('signals');
    await service.create(key);
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = (async () => {
      for await (const _ of service.watch({ ...key, signal: controller.signal })) break;
    })();
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    const { appName, userId } = key;
    const erase = { appName, userId, signal: controller.signal };
    await expect(service.eraseUser(erase)).rejects.toBe(reason);
    expect(await service.get(key)).toBeDefined();
    await kill();
  });

  it('gives what is left of an erased event as any service does', async () => {
    const { service, kill } = await start('erased');
    const { initialState } = await service.create({ ...key, state: { a: 1 } });
    expect(initialState).toBeNull();
    await service.appendEvent({ ...key, event: { id: 'e1', author: 'ada' } });
    await service.retract({ ...key, eventIds: ['e1'], erase: true });
    const session = await service.get({ ...key, includeInitialState: true });
    expect(session?.events[0]?.actions).toEqual({ stateDelta: {} });
    expect(session?.initialState).toEqual({ a: 1 });
    expect(session?.conversationHistory).toEqual([]);
    await kill();
  });

  it('says why a service could not be opened', async () => {
    await expect(start('nowhere')).rejects.toThrow('there is no such storage');
  });

  it('says that a module ended', async () => {
    const module = new URL('./no-such-module.js', import.meta.url);
    await expect(startServiceProcess({ module, storage: '' })).rejects.toThrow(
      /exit code 1.*Cannot find module/s,
    );
  });
});
