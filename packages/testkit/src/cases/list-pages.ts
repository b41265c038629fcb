import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { ListSessionRequest, SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { at, idsOf, newSession, newSibling, upTo, walkList } from '../scenario.ts';

/** Sessions `s1`, `s2` … of one user, in the order of their updates. */
async function newList({ service, newKey }: CaseContext, count: number): Promise<SessionKey> {
  const key = newKey();
  for (const n of upTo(count)) {
    const sessionId = `s${n}`;
    await service.create({ ...key, sessionId });
    await service.appendEvent({ ...key, sessionId, event: { timestamp: at(n) } });
  }
  return key;
}

/** Every page from the first to the last, as ids. */
async function walk(service: SessionService, request: ListSessionRequest): Promise<string[][]> {
  return (await walkList(service, request)).map(idsOf);
}

async function firstCursor(service: SessionService, request: ListSessionRequest): Promise<string> {
  const { nextCursor } = await service.list({ ...request, limit: 1 });
  assert.ok(typeof nextCursor === 'string', 'a page before the last must have a cursor');
  return nextCursor;
}

const otherCursor = { code: 'invalid_argument', path: 'cursor' } as const;

export const listPageCases = casesOf('list', [
  {
    title: 'walks all sessions once, page by page, the latest first',
    async run(context) {
      const { appName, userId } = await newList(context, 5);
      const pages = await walk(context.service, { appName, userId, limit: 2 });
      assert.deepEqual(pages, [['s5', 's4'], ['s3', 's2'], ['s1']]);
    },
  },
  {
    title: "walks all sessions once, page by page, for `order: 'asc'`",
    async run(context) {
      const { appName, userId } = await newList(context, 5);
      const pages = await walk(context.service, { appName, userId, limit: 2, order: 'asc' });
      assert.deepEqual(pages, [['s1', 's2'], ['s3', 's4'], ['s5']]);
    },
  },
  {
    title: 'walks sessions of the same time once',
    async run({ service, newKey }) {
      const key = newKey();
      for (const n of upTo(5)) {
        const session = { ...key, sessionId: `s${n}` };
        await service.create(session);
        await service.appendEvent({ ...session, event: { timestamp: at(1) } });
      }
      const pages = await walk(service, { ...key, limit: 2, order: 'asc' });
      assert.deepEqual(pages, [['s1', 's2'], ['s3', 's4'], ['s5']]);
    },
  },
  {
    title: 'has no cursor on the last page, even if that is full',
    async run(context) {
      const { appName, userId } = await newList(context, 2);
      const page = await context.service.list({ appName, userId, limit: 2 });
      assert.equal(page.sessions.length, 2);
      assert.ok(!('nextCursor' in page), 'the last page must have no cursor');
    },
  },
  {
    title: 'neither skips nor repeats an untouched session when others change between pages',
    async run(context) {
      const { service } = context;
      const key = await newList(context, 6);
      const first = await service.list({ ...key, limit: 2 });
      assert.deepEqual(idsOf(first.sessions), ['s6', 's5']);
      await service.delete({ ...key, sessionId: 's5' });
      await service.appendEvent({ ...key, sessionId: 's3', event: { timestamp: at(50) } });
      await newSibling(context, key);
      const rest = await service.list({ ...key, cursor: first.nextCursor, limit: 3 });
      const untouched = ['s4', 's2', 's1'];
      assert.deepEqual(
        idsOf(rest.sessions).filter((id) => untouched.includes(id)),
        untouched,
      );
      assert.ok(!idsOf(rest.sessions).includes('s6'), 'no session may be repeated');
    },
  },
  {
    title: 'accepts a cursor with another `limit`',
    async run(context) {
      const { service } = context;
      const { appName, userId } = await newList(context, 4);
      const cursor = await firstCursor(service, { appName, userId });
      const page = await service.list({ appName, userId, cursor, limit: 3 });
      assert.deepEqual(idsOf(page.sessions), ['s3', 's2', 's1']);
    },
  },
  {
    title: 'refuses a cursor of another user or app',
    async run(context) {
      const { service, newId } = context;
      const { appName, userId } = await newList(context, 2);
      const cursor = await firstCursor(service, { appName, userId });
      const otherUser = { appName, userId: newId('user'), cursor };
      await expectError(() => service.list(otherUser), otherCursor);
      const otherApp = { appName: newId('app'), userId, cursor };
      await expectError(() => service.list(otherApp), otherCursor);
    },
  },
  {
    title: 'refuses a cursor of the other order',
    async run(context) {
      const { service } = context;
      const { appName, userId } = await newList(context, 2);
      const cursor = await firstCursor(service, { appName, userId });
      const request = { appName, userId, cursor, order: 'asc' } as const;
      await expectError(() => service.list(request), otherCursor);
    },
  },
  {
    title: "refuses a user's cursor in the list of all users, and the reverse",
    needs: 'listAllUsers',
    async run(context) {
      const { service } = context;
      const { appName, userId } = await newList(context, 2);
      const ofUser = await firstCursor(service, { appName, userId });
      const ofAll = await firstCursor(service, { appName, allUsers: true });
      const all = { appName, allUsers: true, cursor: ofUser } as const;
      await expectError(() => service.list(all), otherCursor);
      await expectError(() => service.list({ appName, userId, cursor: ofAll }), otherCursor);
    },
  },
  {
    title: 'refuses an invalid cursor',
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      for (const cursor of ['', 'x', '!!!', 'bnVsbA', 'e30', 'WzFd', 7, null, {}]) {
        const request = { appName, userId, cursor } as never;
        await expectError(() => service.list(request), otherCursor);
      }
    },
  },
  {
    title: 'counts all sessions of the list for `includeTotal`, on every page',
    async run(context) {
      const { service } = context;
      const { appName, userId } = await newList(context, 3);
      await newSession(context);
      const request = { appName, userId, limit: 2, includeTotal: true };
      const first = await service.list(request);
      const second = await service.list({ ...request, cursor: first.nextCursor });
      assert.deepEqual([first.total, second.total], [3, 3]);
    },
  },
  {
    title: 'has no total unless it is asked for',
    async run(context) {
      const { appName, userId } = await newList(context, 1);
      const page = await context.service.list({ appName, userId, includeTotal: false });
      assert.ok(!('total' in page), 'a page must have no total');
    },
  },
  {
    title: 'gives 100 sessions by default, and up to 1,000 with a `limit`',
    async run({ service, newKey }) {
      const key = newKey();
      await Promise.all(upTo(101).map((n) => service.create({ ...key, sessionId: `s${n}` })));
      assert.equal((await service.list(key)).sessions.length, 100);
      assert.equal((await service.list({ ...key, limit: 1000 })).sessions.length, 101);
      assert.equal((await service.list({ ...key, limit: 1 })).sessions.length, 1);
    },
  },
  {
    title: 'refuses a `limit` that is not an integer from 1 to 1,000',
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      for (const limit of [0, -1, 1001, 1.5, Number.NaN, '5', null]) {
        const request = { appName, userId, limit } as never;
        const expected = { code: 'invalid_argument', path: 'limit' } as const;
        await expectError(() => service.list(request), expected);
      }
    },
  },
]);
