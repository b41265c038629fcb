import assert from 'node:assert/strict';
import {
  type ExportRecord,
  exportUser,
  type ImportSessionRequest,
  importRecords,
  type SessionKey,
  type SessionRecord,
  type SessionService,
} from '@holdfast/session';
import type { CaseContext } from './conformance-case.ts';
import { at, type Owner, read, upTo } from './scenario.ts';

/** All records of a user, as they are read from a file. */
export async function recordsOf(service: SessionService, owner: Owner): Promise<ExportRecord[]> {
  const { appName, userId } = owner;
  return collect(exportUser(service, { appName, userId }));
}

/** Records as they are once they were written as lines and read again. */
export async function collect(records: AsyncIterable<ExportRecord>): Promise<ExportRecord[]> {
  const lines: string[] = [];
  for await (const record of records) lines.push(JSON.stringify(record));
  return lines.map((line) => JSON.parse(line) as ExportRecord);
}

/** What an import of no records says. */
export const nothingImported = { sessions: 0, events: 0, states: 0, present: 0, incomplete: 0 };

/** The same records of another app. */
export function toApp(records: readonly ExportRecord[], appName: string): ExportRecord[] {
  return records.map((record) => ({ ...record, appName }));
}

/** Moves a user to an app that is new, and gives the user's id there. */
export async function moveUser(
  { service, newId }: Pick<CaseContext, 'service' | 'newId'>,
  owner: Owner,
): Promise<Owner> {
  const moved = { appName: newId('app'), userId: owner.userId };
  await importRecords(service, toApp(await recordsOf(service, owner), moved.appName));
  return moved;
}

/** All that is seen of a user's sessions, but for the app and for what each creation makes anew. */
export async function viewOfUser(service: SessionService, owner: Owner): Promise<unknown> {
  const { appName, userId } = owner;
  const { sessions, total } = await service.list({
    appName,
    userId,
    limit: 1000,
    includeState: true,
    includeTotal: true,
  });
  const { erase } = service.capabilities;
  const views: unknown[] = [];
  for (const { sessionId, state, ...summary } of sessions) {
    const key = { appName, userId, sessionId };
    const session = await service.get({ ...key, includeInitialState: true });
    assert.ok(session !== undefined, 'what is listed must be there');
    const active = await service.get({ ...key, active: true });
    const last = await service.get({ ...key, numRecentEvents: 2, afterTimestamp: at(2) });
    const listed = await service.listEvents({ ...key, order: 'desc', limit: 1000 });
    views.push({
      summary: { ...summary, key: undefined, ...NOT_MOVED },
      listedState: state?.toJSON(),
      session: { ...session.toJSON(), ...NOT_MOVED },
      initialState: session.initialState,
      activeFrom: session.activeFrom,
      history: session.conversationHistory,
      active: active?.events,
      last: last?.events,
      listed,
      erased: erase && session.events.map(({ erased, actions }) => [erased, actions]),
    });
  }
  const state = await service.getState({ scope: 'user', appName, userId });
  return { views, total, state };
}

const NOT_MOVED = { appName: undefined, incarnation: undefined };

/** A user with sessions of every kind that the service can have. */
export async function newEventfulUser(context: CaseContext): Promise<{
  readonly owner: Owner;
  readonly main: SessionKey;
}> {
  const { service, newKey, newId } = context;
  const { fork, erase, increments, updateSession } = service.capabilities;
  const main = newKey();
  const { appName, userId } = main;
  const state = { own: 1, gone: 'soon', changed: null, 'user:name': 'Ada' };
  await service.create({
    ...main,
    state,
    ...(updateSession && {
      labels: { title: 'Bücher', status: '' },
      expires: { at: at(1_000_000) },
    }),
  });
  for (const n of upTo(6)) {
    const stateDelta = { changed: n, [`k${n}`]: { n }, 'user:last': n };
    const removedStateKeys = n === 3 ? ['gone', 'k2'] : [];
    const actions = {
      stateDelta,
      removedStateKeys,
      ...(increments && { stateIncrements: { count: n, 'user:count': 1 } }),
    };
    const content = { role: 'user', parts: [{ text: `message ${n}` }] };
    const event = { id: `e${n}`, author: 'user', invocationId: `i${n}`, timestamp: at(n) };
    await service.appendEvent({ ...main, event: { ...event, content, actions } });
  }
  await service.rewind({ ...main, toSeq: 4 });
  const compaction = { fromSeq: 1, throughSeq: 2, compactedContent: { parts: [{ text: 'sum' }] } };
  const summary = { id: 'summary', timestamp: at(20), actions: { compaction } };
  await service.appendEvent({ ...main, event: summary });
  await service.retract({ ...main, eventIds: ['e3'] });
  if (fork) await service.fork({ ...main, throughSeq: 5, labels: { title: 'another try' } });
  if (erase) await service.retract({ ...main, eventIds: ['e1'], erase: true });
  await service.create({ appName, userId, sessionId: newId('empty') });
  await service.create({ appName, userId, sessionId: newId('stateful'), state: { a: 1 } });
  return { owner: { appName, userId }, main };
}

/** The session of a key in another app. */
export function inApp(key: SessionKey, { appName }: Owner): SessionKey {
  return { ...key, appName };
}

/** A session record and those of its events, of a session with so many events. */
export async function recordsOfSession(
  context: CaseContext,
  count: number,
): Promise<{ readonly key: SessionKey; readonly records: readonly ExportRecord[] }> {
  const { service, newKey, newId } = context;
  const source = newKey();
  await service.create({ ...source, state: { own: 'old' } });
  const events = upTo(count).map((n) => ({
    id: `e${n}`,
    author: 'old',
    timestamp: at(n),
    actions: { stateDelta: { [`old${n}`]: n } },
  }));
  if (count > 0) await service.appendEvents({ ...source, events });
  const appName = newId('app');
  const records = toApp(await recordsOf(service, source), appName);
  assert.equal((await read(service, source)).revision, count);
  return { key: { ...source, appName }, records };
}

/** The first part of an import, as a request. */
export function requestOf(key: SessionKey, records: readonly ExportRecord[]): ImportSessionRequest {
  const session = records.find((each): each is SessionRecord => each.type === 'session');
  assert.ok(session !== undefined);
  const events = records.flatMap((each) => (each.type === 'event' ? each.event : []));
  return { ...key, session, events };
}
