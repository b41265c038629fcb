import type { EventInput, SessionKey, SessionService } from '@holdfast/session';
import { expect } from 'vitest';
import { exerciseWrites } from './exercise-writes.fixture.ts';

/** Texts that a server could take for something else. */
const ODD_TEXTS = [
  '',
  ' ',
  'NULL',
  'null',
  '\u0000',
  "'; --",
  "''",
  '"',
  '\\',
  '\\\\',
  "\\'",
  '\\x41',
  '{}',
  '{NULL,"a"}',
  '? :name $1 %s',
  '\n\t',
  'ä€😀',
];

// Longer than what a server is sent in one go.
const LARGE = '\\"x'.repeat(200_000);

const odd = Object.fromEntries(ODD_TEXTS.map((text, i) => [`odd ' " \\ ${i}`, text]));
const state = { ...odd, kept: null, gone: 'soon', number: 0.1, list: [null, 'NULL', ''] };

/**
 * Makes one call of each kind, and of each way in which a call is done, and looks at the answers.
 * `appName` must be one of its own.
 */
export async function exercise(service: SessionService, appName: string): Promise<void> {
  const user = { appName, userId: "ada 'ä' \\" };
  const initial = { ...state, 'user:gone': 1, 'user:theme': 'NULL', 'app:gone': 1, 'app:a': null };
  const { key } = await service.create({ ...user, sessionId: '"one" \\', state: initial });
  await expect(service.create(key)).rejects.toMatchObject({ code: 'already_exists' });
  const missing = service.appendEvent({ ...key, sessionId: '"ONE" \\', event: {} });
  await expect(missing).rejects.toMatchObject({ code: 'not_found' });

  const events: EventInput[] = ODD_TEXTS.map((text, i) => ({
    id: `event ${i} '\\"`,
    author: text,
    timestamp: 1_000 + i,
    content: { role: 'user', parts: [{ text }] },
  }));
  const first = { ...events[0], actions: { removedStateKeys: ['gone'] } };
  expect((await service.appendEvent({ ...key, event: first })).seq).toBe(1);
  const many = { removedStateKeys: ['app:gone', 'list', 'user:gone'], stateDelta: { empty: '' } };
  const rest = [...events.slice(1, -1), { ...events.at(-1), actions: many }];
  await service.appendEvents({ ...key, events: rest, expectedRevision: 1 });
  const again = await service.appendEvents({ ...key, events: rest, expectedRevision: 1 });
  expect(again.map(({ seq }) => seq)).toStrictEqual(rest.map((_, i) => i + 2));
  const stale = service.appendEvent({ ...key, event: {}, expectedRevision: 1 });
  await expect(stale).rejects.toMatchObject({ code: 'conflict', revision: events.length });

  const { gone: _, list: __, ...left } = state;
  const session = await service.get(key);
  expect(session?.events.map(({ author }) => author)).toStrictEqual(ODD_TEXTS);
  expect(session?.state.toJSON()).toStrictEqual({
    ...left,
    empty: '',
    'user:theme': 'NULL',
    'app:a': null,
  });
  const seqs = async (window: { numRecentEvents?: number; afterTimestamp?: number }) =>
    (await service.get({ ...key, ...window }))?.events.map(({ seq }) => seq);
  const last = events.length;
  expect(await seqs({ numRecentEvents: 2 })).toStrictEqual([last - 1, last]);
  expect(await seqs({ afterTimestamp: 1_000 + last - 2 })).toStrictEqual([last - 1, last]);
  expect(await seqs({ numRecentEvents: 1, afterTimestamp: 1_000 })).toStrictEqual([last]);
  const page = await service.listEvents({ ...key, order: 'desc', limit: 2, beforeSeq: last });
  expect(page.events.map(({ seq }) => seq)).toStrictEqual([last - 1, last - 2]);
  expect(page.hasMore).toBe(true);

  const ids = ['B', 'a', 'á', 'ä'];
  for (const sessionId of ids) await service.create({ ...user, sessionId });
  const listed: string[] = [];
  let cursor: string | undefined;
  do {
    const found = await service.list({
      ...user,
      limit: 2,
      ...(cursor !== undefined && { cursor }),
      includeState: true,
      includeTotal: true,
    });
    expect(found.total).toBe(5);
    listed.push(...found.sessions.map(({ id }) => id));
    cursor = found.nextCursor;
  } while (cursor !== undefined);
  expect(listed).toHaveLength(5);
  expect(new Set(listed)).toStrictEqual(new Set([key.sessionId, ...ids]));
  const ofAll = await service.list({ appName, allUsers: true, order: 'asc' });
  expect(ofAll.sessions.map(({ id }) => id)).toStrictEqual([...listed].reverse());

  const app = { scope: 'app', appName } as const;
  expect(await service.updateState({ ...app, set: { b: 'NULL', c: '' } })).toStrictEqual({
    a: null,
    b: 'NULL',
    c: '',
  });
  await service.updateState({ ...app, remove: ['a', 'c'] });
  expect(await service.getState(app)).toStrictEqual({ b: 'NULL' });

  await service.appendEvent({
    ...key,
    event: { id: 'large', content: { parts: [{ text: LARGE }] } },
  });
  const large = (await service.get({ ...key, numRecentEvents: 1 }))?.events[0];
  expect(large?.content?.parts?.[0]?.text === LARGE).toBe(true);
  await exerciseLife(service, key);
  await exerciseWrites(service, { appName, texts: ODD_TEXTS });
  expect(await service.delete(key)).toBe(true);
  expect(await service.get(key)).toBeUndefined();
  expect(await service.getState({ scope: 'user', ...user })).toStrictEqual({ theme: 'NULL' });
}

/** What becomes of a session beside its events, of which it has some. */
async function exerciseLife(service: SessionService, key: SessionKey): Promise<void> {
  const user = { appName: key.appName, userId: key.userId };
  const idsOf = async (labels: Record<string, string>) => {
    const { sessions, total } = await service.list({ ...user, labels, includeTotal: true });
    expect(total).toBe(sessions.length);
    return sessions.map(({ id }) => id);
  };
  const labels = { ...odd, 'later "\\': '\0' };
  const { sessionId } = await service.create({ ...user, labels: odd });
  expect((await service.updateSession({ ...key, labels: { set: labels } })).labels).toEqual(labels);
  expect((await service.get(key))?.labels).toEqual(labels);
  // All are looked up in the same way.
  const looked = ['', '\u0000', "'; --", '\\', '\\x41', 'ä€😀'].map((text) => [
    `odd ' " \\ ${ODD_TEXTS.indexOf(text)}`,
    text,
  ]);
  for (const some of [looked.slice(0, 3), looked.slice(3)]) {
    const found = await idsOf(Object.fromEntries(some));
    expect(new Set(found)).toEqual(new Set([key.sessionId, sessionId]));
  }
  expect(await idsOf({ 'later "\\': '\0' })).toEqual([key.sessionId]);
  expect(await idsOf({ 'later "\\': '\\0' })).toEqual([]);
  const [name = ''] = Object.keys(odd);
  await service.updateSession({ ...key, labels: { set: { 'later "\\': '' }, remove: [name] } });
  expect(await idsOf({ [name]: odd[name] as string })).toEqual([sessionId]);

  const turn = { ...key, turn: `turn '"\\` };
  await service.acquireTurn(turn);
  await service.acquireTurn({ ...turn, extend: true });
  const other = { ...key, turn: `TURN '"\\` };
  await expect(service.acquireTurn(other)).rejects.toMatchObject({ code: 'conflict' });
  const late = service.appendEvent({ ...other, event: {} });
  await expect(late).rejects.toMatchObject({ code: 'conflict' });
  const event = { id: `in "turn" '\\`, actions: { stateDelta: { turned: true } } };
  const stored = await service.appendEvent({ ...turn, event });
  expect(await service.getEvent({ ...key, eventId: event.id })).toEqual(stored);
  expect(await service.releaseTurn(other)).toBe(false);
  expect(await service.releaseTurn(turn)).toBe(true);

  await service.rewind({ ...key, toSeq: (stored.seq as number) - 1 });
  expect((await service.get({ ...key, numRecentEvents: 0 }))?.state.has('turned')).toBe(false);
  const fork = await service.fork({ ...key, throughSeq: stored.seq as number });
  expect(fork.state.get('turned')).toBe(true);
  expect(fork.events.at(-1)).toEqual(stored);

  const session = { ...user, sessionId };
  await service.updateSession({ ...session, expires: { afterIdle: 3_600_000 } });
  await service.appendEvent({ ...session, event: {} });
  expect((await service.get(session))?.expires).toEqual({ afterIdle: 3_600_000 });
  for (const each of [session, fork]) await service.updateSession({ ...each, expires: { at: 1 } });
  expect(await service.get(session)).toBeUndefined();
  expect(await idsOf({ [name]: odd[name] as string })).toEqual([]);
  expect(await service.delete(session)).toBe(false);
  expect(await service.sweep(user)).toEqual({ deleted: 2, done: true });
  await service.create(session);
  expect((await service.get(session))?.labels).toEqual({});
  expect(await service.delete(session)).toBe(true);
}
