import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { ListSessionRequest, SessionService, SessionSummary } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { at, upTo } from '../scenario.ts';

const WRITES = 30;
const READERS = 3;
const SESSIONS = 4;

/** Looks again and again for as long as `write` takes. */
async function lookWhile(write: () => Promise<void>, look: () => Promise<void>): Promise<void> {
  let isWriting = true;
  const writing = write().finally(() => {
    isWriting = false;
  });
  const looking = upTo(READERS).map(async () => {
    while (isWriting) await look();
  });
  await Promise.all([writing, ...looking]);
}

/** Appends events one after the other, each of which sets a key of the session and another one. */
async function count(
  service: SessionService,
  { key, shared }: { readonly key: SessionKey; readonly shared: string },
): Promise<void> {
  for (const n of upTo(WRITES)) {
    const actions = { stateDelta: { own: n, [shared]: n } };
    await service.appendEvent({ ...key, event: { timestamp: at(n), actions } });
  }
}

async function expectTogether(
  context: CaseContext,
  { scope, allUsers }: { readonly scope: 'app' | 'user'; readonly allUsers: boolean },
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
  await lookWhile(
    async () => {
      await Promise.all(
        keys.map((key) => count(service, { key, shared: sharedOf(key.sessionId) })),
      );
    },
    async () => {
      const { sessions } = await service.list({ ...request, includeState: true });
      assert.equal(sessions.length, SESSIONS);
      const [{ state: latest }] = sessions as [SessionSummary];
      for (const { sessionId, revision, state } of sessions) {
        const own = state?.get('own');
        const shared = [state?.get(sharedOf(sessionId)), latest?.get(sharedOf(sessionId))];
        assert.deepEqual([revision, ...shared], [own, own, own], 'a page must be of one moment');
      }
    },
  );
}

async function expectTotals(
  context: CaseContext,
  request: Readonly<Record<'includeState' | 'allUsers', boolean>>,
): Promise<void> {
  const { service, newId } = context;
  const { includeState, allUsers } = request;
  const appName = newId('app');
  const users = allUsers ? ['ann', 'bob', 'eve'] : ['ann'];
  const list: ListSessionRequest = allUsers ? { appName, allUsers } : { appName, userId: 'ann' };
  const create = async (n: number) => {
    const key = { appName, userId: users[n % users.length] as string, sessionId: `s${n}` };
    await service.create({ ...key, state: { own: n } });
    return key;
  };
  const keys = await Promise.all(upTo(6).map(create));
  await lookWhile(
    async () => {
      for (const n of upTo(WRITES)) {
        await service.delete(keys.shift() as SessionKey);
        keys.push(await create(6 + n));
      }
    },
    async () => {
      const page = await service.list({ ...list, includeState, includeTotal: true });
      assert.equal(page.nextCursor, undefined);
      assert.equal(page.total, page.sessions.length, 'the total of a page that has all of them');
    },
  );
}

/** What a list says while others write: all of it at one moment. */
export const listMomentCases = casesOf('list', [
  {
    title: "lists a session's own keys and its `user:` keys of the same append together",
    run: (context) => expectTogether(context, { scope: 'user', allUsers: false }),
  },
  {
    title: "lists a session's own keys and its `app:` keys of the same append together",
    needs: 'atomicAppState',
    run: (context) => expectTogether(context, { scope: 'app', allUsers: false }),
  },
  {
    title: 'lists the keys of one append together for all users, too',
    needs: 'listAllUsers',
    run: (context) => expectTogether(context, { scope: 'user', allUsers: true }),
  },
  {
    title: 'counts as many sessions as a page that has all of them, while some come and go',
    run: (context) => expectTotals(context, { includeState: false, allUsers: false }),
  },
  {
    title: 'counts as many as it lists with their state, while some come and go',
    run: (context) => expectTotals(context, { includeState: true, allUsers: false }),
  },
  {
    title: 'counts as many as it lists of all users, while some come and go',
    needs: 'listAllUsers',
    run: (context) => expectTotals(context, { includeState: true, allUsers: true }),
  },
]);
