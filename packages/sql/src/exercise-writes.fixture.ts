import type { Session, SessionService } from '@holdfast/session';
import { expect } from 'vitest';

/**
 * Makes each call that writes several things at once, or asks where sessions are, and looks at the
 * answers. `texts` are such as a server could take for something else.
 */
export async function exerciseWrites(
  service: SessionService,
  { appName, texts }: { readonly appName: string; readonly texts: readonly string[] },
): Promise<void> {
  const user = { appName, userId: "eve 'é' \\ \"" };
  const names = texts.map((_, i) => `n ' " \\ ${i}`);
  const state = Object.fromEntries(texts.map((text, i) => [`t ' " \\ ${i}`, text]));
  const { key } = await service.create({ ...user, state: { ...state, 'user:gone': 'NULL' } });

  const raised = Object.fromEntries(
    names.flatMap((name, i) => [
      [name, i],
      [`user:${name}`, -i],
    ]),
  );
  const raise = { id: "raise '\\", actions: { stateIncrements: raised } };
  const stored = await service.appendEvent({ ...key, event: raise });
  expect(await service.appendEvent({ ...key, event: raise })).toEqual(stored);
  const more = { stateIncrements: { [names[1] as string]: 1 }, removedStateKeys: ['user:gone'] };
  await service.appendEvent({ ...key, event: { actions: more } });
  const unfit = { actions: { stateIncrements: { 't \' " \\ 0': 1, new: 1 } } };
  await expect(service.appendEvent({ ...key, event: unfit })).rejects.toMatchObject({
    code: 'conflict',
  });
  const sums = Object.fromEntries(names.map((name, i) => [name, i === 1 ? 2 : i]));
  const all = (await service.get({ ...key, numRecentEvents: 0 }))?.state;
  expect(all?.toJSON()).toMatchObject({ ...state, ...sums });
  expect(all?.has('new')).toBe(false);
  const owner = { scope: 'user', ...user } as const;
  const increment = Object.fromEntries(names.map((name, i) => [name, i]));
  expect(await service.updateState({ ...owner, increment, set: { gone: null } })).toEqual({
    ...Object.fromEntries(names.map((name) => [name, 0])),
    gone: null,
  });

  const events = texts.map((text, i) => ({
    id: `said ${i} '\\"`,
    author: text,
    timestamp: 1_000 + i,
    content: { parts: [{ text }] },
  }));
  const said = await service.appendEvents({ ...key, events });
  const [first, second, ...others] = said as [typeof stored, typeof stored];
  await service.retract({ ...key, eventIds: [first.id, second.id], erase: true });
  const { events: left = [] } = (await service.get(key)) ?? {};
  const [stub] = left.slice(2);
  const { id, seq, timestamp, author } = first;
  expect(stub).toEqual({ id, seq, timestamp, author, erased: true });
  expect(left.slice(4, 4 + others.length)).toEqual(others);

  const { createTime, lastUpdateTime, revision } = (await service.get(key)) as Session;
  const target = { ...key, sessionId: "moved 'é' \\ \"" };
  const session = {
    createTime,
    lastUpdateTime,
    revision,
    labels: { "l ' \\": ' ' },
    initialState: state,
    state,
  };
  const part = await service.importSession({ ...target, session, events: left.slice(0, 3) });
  expect(await service.get(target)).toBeUndefined();
  const rest = { ...target, session, events: left.slice(3), part };
  await service.importSession(rest);
  await expect(service.importSession(rest)).rejects.toMatchObject({ code: 'conflict' });
  expect((await service.get(target))?.events).toEqual(left);
  const begun = await service.fork({ ...target, throughSeq: 0 });
  expect(begun.state.toJSON()).toMatchObject(state);

  const { userIds } = await service.listUsers({ appName });
  expect(userIds).toContain(user.userId);
  expect(await service.listUsers({ appName, afterUserId: user.userId })).toMatchObject({
    userIds: [],
  });
  // To whoever watches, it is gone: for that, it is looked where the session is.
  const watched = service.watch({ ...target, afterSeq: left.length })[Symbol.asyncIterator]();
  // In Bun, an expectation of a promise lets nobody go on before that has settled.
  const end = watched.next().catch((error: unknown) => error);
  await service.delete(target);
  expect(await end).toMatchObject({ code: 'not_found' });
  expect(await service.eraseUser(user)).toEqual({ sessions: 2, stateKeys: names.length + 1 });
  expect(await service.eraseUser(user)).toEqual({ sessions: 0, stateKeys: 0 });
  expect((await service.listUsers({ appName })).userIds).not.toContain(user.userId);
}
