import assert from 'node:assert/strict';
import type { SessionService } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { lookWhile } from '../race.ts';
import { at, idsOf, newSession, type Owner, upTo, walkList } from '../scenario.ts';

const needs = 'updateSession' as const;

/** A user with sessions of which each third one is open, most of them of the same times. */
async function newManySessions(service: SessionService, owner: Owner): Promise<string[]> {
  const open: string[] = [];
  for (const n of upTo(15)) {
    const sessionId = `s${String(n).padStart(2, '0')}`;
    const isOpen = n % 3 !== 0;
    const labels = { status: isOpen ? 'open' : 'closed', n: `${n}` };
    await service.create({ ...owner, sessionId, labels });
    const timestamp = at(Math.floor(n / 5));
    await service.appendEvent({ ...owner, sessionId, event: { timestamp } });
    if (isOpen) open.push(sessionId);
  }
  return open;
}

export const listLabelsPageCases = casesOf('list', [
  {
    title: 'walks the sessions of a label page by page, in both orders, each once',
    needs,
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      const owner = { appName, userId };
      const open = await newManySessions(service, owner);
      const labels = { status: 'open' };
      for (const order of ['asc', 'desc'] as const) {
        const expected = order === 'asc' ? open : open.toReversed();
        for (const limit of [1, 3, 9, 10, 11]) {
          const pages = await walkList(service, { ...owner, labels, order, limit });
          assert.deepEqual(pages.flatMap(idsOf), expected, `${order}, ${limit} a page`);
          assert.equal(pages.length, Math.ceil(open.length / limit));
        }
      }
      const page = await service.list({ ...owner, labels, limit: 4, includeTotal: true });
      assert.deepEqual([page.total, page.sessions.length], [open.length, 4]);
    },
  },
  {
    title: 'takes a cursor for the same labels alone, in whatever order they are given',
    needs,
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      const owner = { appName, userId };
      for (const sessionId of ['a', 'b', 'c']) {
        await service.create({ ...owner, sessionId, labels: { x: '1', y: '2' } });
      }
      const labels = { x: '1', y: '2' };
      const { nextCursor: cursor } = await service.list({ ...owner, labels, limit: 1 });
      const same = { y: '2', x: '1' };
      assert.equal((await service.list({ ...owner, labels: same, cursor })).sessions.length, 2);
      const joined = { a: 'b,c', 'a,b': 'c' };
      for (const sessionId of ['d', 'e']) {
        await service.create({ ...owner, sessionId, labels: joined });
      }
      const { nextCursor } = await service.list({ ...owner, labels: joined, limit: 1 });
      const turned = { 'a,b': 'c', a: 'b,c' };
      const rest = await service.list({ ...owner, labels: turned, cursor: nextCursor });
      assert.equal(rest.sessions.length, 1);
      const { nextCursor: plain } = await service.list({ ...owner, limit: 1 });
      const others = [
        { cursor, labels: { x: '1' } },
        { cursor, labels: { x: '2', y: '1' } },
        { cursor, labels: { x: '1', y: '2', z: '' } },
        { cursor },
        { cursor, labels: {} },
        { cursor: plain, labels },
      ];
      for (const other of others) {
        await expectError(() => service.list({ ...owner, ...other }), {
          code: 'invalid_argument',
          path: 'cursor',
        });
      }
    },
  },
  {
    title: 'orders what it finds by labels by last update',
    needs,
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      const owner = { appName, userId };
      const labels = { status: 'open' };
      for (const [sessionId, time] of Object.entries({ a: 2, b: 3, c: 1 })) {
        await service.create({ ...owner, sessionId, labels });
        await service.appendEvent({ ...owner, sessionId, event: { timestamp: at(time) } });
      }
      const ids = async () => idsOf((await service.list({ ...owner, labels })).sessions);
      assert.deepEqual(await ids(), ['b', 'a', 'c']);
      await service.appendEvent({ ...owner, sessionId: 'c', event: { timestamp: at(9) } });
      assert.deepEqual(await ids(), ['c', 'b', 'a']);
      await service.updateSession({ ...owner, sessionId: 'a', labels: { set: { title: 'x' } } });
      assert.deepEqual(await ids(), ['c', 'b', 'a']);
    },
  },
  {
    title: 'goes on behind a page whose last session has lost its label, or is gone',
    needs,
    async run({ service, newKey }) {
      const { appName, userId } = newKey();
      const owner = { appName, userId };
      const open = await newManySessions(service, owner);
      const list = { ...owner, labels: { status: 'open' }, order: 'asc', limit: 2 } as const;
      const first = await service.list(list);
      const sessionId = open[1] as string;
      await service.updateSession({ ...owner, sessionId, labels: { remove: ['status'] } });
      const second = await service.list({ ...list, cursor: first.nextCursor });
      assert.deepEqual(idsOf(second.sessions), open.slice(2, 4));
      await service.delete({ ...owner, sessionId: open[3] as string });
      const third = await service.list({ ...list, cursor: second.nextCursor });
      assert.deepEqual(idsOf(third.sessions), open.slice(4, 6));
    },
  },
  {
    title: 'gives every session of a label while others get it and lose it',
    needs,
    async run(context) {
      const { service, newId } = context;
      const { appName, userId } = await newSession(context);
      const owner = { appName, userId };
      const labels = { status: 'open' };
      const kept = upTo(4).map(() => newId('kept'));
      for (const sessionId of kept) await service.create({ ...owner, sessionId, labels });
      const changing = upTo(3).map(() => newId('changing'));
      for (const sessionId of changing) await service.create({ ...owner, sessionId, labels });
      const write = async () => {
        for (const n of upTo(8)) {
          for (const sessionId of changing) {
            const change = n % 2 === 1 ? { remove: ['status'] } : { set: labels };
            await service.updateSession({ ...owner, sessionId, labels: change });
          }
        }
      };
      await lookWhile(write, async () => {
        const { sessions, total = 0 } = await service.list({
          ...owner,
          labels,
          includeTotal: true,
        });
        assert.equal(sessions.length, total, 'the page and the total are of one moment');
        for (const summary of sessions) assert.deepEqual(summary.labels, labels);
        const ids = new Set(idsOf(sessions));
        assert.ok(
          kept.every((id) => ids.has(id)),
          'a session that nobody touches is there',
        );
        assert.equal(ids.size, sessions.length);
      });
    },
  },
]);
