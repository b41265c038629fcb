import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { ListSessionRequest, SessionService, SessionSummary } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { watchWhile } from '../progress.ts';
import { type Instances, raceCases } from '../race.ts';
import { at, upTo } from '../scenario.ts';

const WRITES = 6;
const SESSIONS = 4;

/** Appends events one after the other, each of which sets a key of the session and another one. */
async function count(
  service: SessionService,
  {
    key,
    shared,
    pace,
  }: {
    readonly key: SessionKey;
    readonly shared: string;
    readonly pace: () => Promise<void>;
  },
): Promise<void> {
  for (const n of upTo(WRITES)) {
    await pace();
    const actions = { stateDelta: { own: n, [shared]: n } };
    await service.appendEvent({ ...key, event: { timestamp: at(n), actions } });
  }
}

async function expectTogether(
  context: CaseContext,
  {
    instances,
    scope,
    allUsers,
  }: {
    readonly instances: Instances;
    readonly scope: 'app' | 'user';
    readonly allUsers: boolean;
  },
): Promise<void> {
  const { service } = context;
  const sharedOf = (sessionId: string) => `${scope}:of ${sessionId}`;
  const first = context.newKey();
  const keys = upTo(SESSIONS).map((n) => ({ ...first, sessionId: `s${n}` }));
  for (const key of keys) {
    await service.create({ ...key, state: { own: 0, [sharedOf(key.sessionId)]: 0 } });
  }
  const { appName, userId } = first;
  const request: ListSessionRequest = allUsers ? { appName, allUsers } : { appName, userId };
  const write = async (pace: () => Promise<void>) => {
    const writers = keys.map((key, i) => {
      const writer = instances[i % 2 === 0 ? 0 : 1];
      return count(writer, { key, shared: sharedOf(key.sessionId), pace });
    });
    await Promise.all(writers);
  };
  const look = async (reader: SessionService) => {
    const { sessions } = await reader.list({ ...request, includeState: true });
    assert.equal(sessions.length, SESSIONS);
    const [{ state: latest }] = sessions as [SessionSummary];
    for (const { sessionId, revision, state } of sessions) {
      const own = state?.get('own');
      const shared = [state?.get(sharedOf(sessionId)), latest?.get(sharedOf(sessionId))];
      assert.deepEqual([revision, ...shared], [own, own, own], 'a page must be of one moment');
    }
  };
  await watchWhile(write, { instances, random: context.random, looks: [look] });
}

async function expectTotals(
  context: CaseContext,
  {
    instances,
    includeState,
    allUsers,
  }: Readonly<Record<'includeState' | 'allUsers', boolean>> & { readonly instances: Instances },
): Promise<void> {
  const { service, newId } = context;
  const appName = newId('app');
  const users = allUsers ? ['ann', 'bob', 'eve'] : ['ann'];
  const list: ListSessionRequest = allUsers ? { appName, allUsers } : { appName, userId: 'ann' };
  const create = async (n: number) => {
    const key = { appName, userId: users[n % users.length] as string, sessionId: `s${n}` };
    await service.create({ ...key, state: { own: n } });
    return key;
  };
  const keys = await Promise.all(upTo(6).map(create));
  const write = async (pace: () => Promise<void>) => {
    for (const n of upTo(WRITES)) {
      await pace();
      await service.delete(keys.shift() as SessionKey);
      keys.push(await create(6 + n));
    }
  };
  const look = async (reader: SessionService) => {
    const page = await reader.list({ ...list, includeState, includeTotal: true });
    assert.equal(page.nextCursor, undefined);
    assert.equal(page.total, page.sessions.length, 'the total of a page that has all of them');
  };
  await watchWhile(write, { instances, random: context.random, looks: [look] });
}

/** What a list says while others write: all of it at one moment. */
export const listMomentCases = casesOf('list', [
  ...raceCases({
    title: "lists a session's own keys and its `user:` keys of the same append together",
    run: (context, instances) =>
      expectTogether(context, { instances, scope: 'user', allUsers: false }),
  }),
  ...raceCases({
    title: "lists a session's own keys and its `app:` keys of the same append together",
    needs: 'atomicAppState',
    run: (context, instances) =>
      expectTogether(context, { instances, scope: 'app', allUsers: false }),
  }),
  ...raceCases({
    title: 'lists the keys of one append together for all users, too',
    needs: 'listAllUsers',
    run: (context, instances) =>
      expectTogether(context, { instances, scope: 'user', allUsers: true }),
  }),
  ...raceCases({
    title: 'counts as many sessions as a page that has all of them, while some come and go',
    run: (context, instances) =>
      expectTotals(context, { instances, includeState: false, allUsers: false }),
  }),
  ...raceCases({
    title: 'counts as many as it lists with their state, while some come and go',
    run: (context, instances) =>
      expectTotals(context, { instances, includeState: true, allUsers: false }),
  }),
  ...raceCases({
    title: 'counts as many as it lists of all users, while some come and go',
    needs: 'listAllUsers',
    run: (context, instances) =>
      expectTotals(context, { instances, includeState: true, allUsers: true }),
  }),
]);
