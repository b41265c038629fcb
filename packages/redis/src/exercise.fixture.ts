import type { SessionService } from '@holdfast/session';
import { expect } from 'vitest';

const TEXTS = ['', '\u0000', '"quotes"', "it's", '\\back\\\\slash', '%s {x}', 'é 𝄞', '\n'];

/** Goes through all that a service does, and expects the answers that it gives everywhere. */
export async function exercise(service: SessionService, appName: string): Promise<void> {
  const key = { appName, userId: 'ada {1}', sessionId: 's:%' };
  const shared = { 'user:texts': TEXTS, 'app:texts': TEXTS };
  const texts = Object.fromEntries(TEXTS.map((text, i) => [`text ${i}`, text]));
  const created = await service.create({ ...key, state: { ...texts, gone: 1, ...shared } });
  expect(created.state.toJSON()).toStrictEqual({ ...texts, gone: 1, ...shared });
  await expect(service.create(key)).rejects.toMatchObject({ code: 'already_exists' });

  const time = created.createTime;
  const actions = { stateDelta: { none: null, n: 1.5, 'app:n': 1 }, removedStateKeys: ['gone'] };
  const event = {
    id: 'first',
    timestamp: time + 5,
    content: { parts: [{ text: '\u0000' }] },
    actions,
  };
  const first = await service.appendEvent({ ...key, event, expectedRevision: 0 });
  expect(first).toMatchObject({ ...event, seq: 1 });
  expect(await service.appendEvent({ ...key, event })).toStrictEqual(first);
  const events = Array.from({ length: 30 }, (_, i) => ({ id: `e${i}`, timestamp: time + 40 - i }));
  const stored = await service.appendEvents({ ...key, events });
  expect(stored.map(({ seq }) => seq)).toStrictEqual(events.map((_, i) => i + 2));
  const conflict = { code: 'conflict', revision: 31 };
  await expect(
    service.appendEvent({ ...key, event: {}, expectedRevision: 3 }),
  ).rejects.toMatchObject(conflict);
  await expect(
    service.appendEvent({ ...key, sessionId: 'nobody', event: {} }),
  ).rejects.toMatchObject({ code: 'not_found' });

  const state = { ...texts, none: null, n: 1.5, ...shared, 'app:n': 1 };
  const session = await service.get(key);
  expect(session?.state.toJSON()).toStrictEqual(state);
  expect(session?.events).toStrictEqual([first, ...stored]);
  expect(session?.lastUpdateTime).toBe(time + 40);
  const recent = await service.get({ ...key, numRecentEvents: 5, afterTimestamp: time + 13 });
  expect(recent?.events.map(({ id }) => id)).toStrictEqual(['e25', 'e26', 'e27']);
  const page = await service.listEvents({ ...key, afterSeq: 3, limit: 2, order: 'asc' });
  expect([page.events.map(({ seq }) => seq), page.hasMore]).toStrictEqual([[4, 5], true]);

  for (let i = 0; i < 3; i++) {
    await service.create({ appName, userId: `user ${i}`, sessionId: 's', state: { i } });
  }
  const walked: string[] = [];
  let cursor: string | undefined;
  do {
    const list = { appName, allUsers: true, includeState: true, includeTotal: true } as const;
    const found = await service.list({ ...list, limit: 2, cursor });
    expect(found.total).toBe(4);
    walked.push(...found.sessions.map(({ userId }) => userId));
    const own = found.sessions.find(({ id }) => id === key.sessionId);
    if (own !== undefined) {
      expect([own.revision, own.state?.toJSON()]).toStrictEqual([31, state]);
    }
    cursor = found.nextCursor;
  } while (cursor !== undefined);
  expect(walked.sort()).toStrictEqual([key.userId, 'user 0', 'user 1', 'user 2']);
  const mine = await service.list({ appName, userId: key.userId, includeTotal: true });
  expect([mine.total, mine.sessions.length]).toStrictEqual([1, 1]);

  const app = { scope: 'app', appName } as const;
  const updated = await service.updateState({ ...app, set: { m: '' }, remove: ['n'] });
  expect(updated).toStrictEqual({ texts: TEXTS, m: '' });
  expect(await service.getState(app)).toStrictEqual(updated);
  expect(await service.delete(key)).toBe(true);
  expect(await service.delete(key)).toBe(false);
  expect(await service.get(key)).toBeUndefined();
}
