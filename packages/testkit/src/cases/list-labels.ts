import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { Labels, SessionService } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { lookWhile } from '../race.ts';
import { at, idsOf, newSession, upTo, walkList } from '../scenario.ts';

const needs = 'updateSession' as const;

type Owner = Pick<SessionKey, 'appName' | 'userId'>;

/** Sessions of one user, by their ids, with the labels of each. */
async function newLabelled(
  service: SessionService,
  {
    owner,
    sessions,
  }: { readonly owner: Owner; readonly sessions: Readonly<Record<string, Labels>> },
): Promise<void> {
  for (const [sessionId, labels] of Object.entries(sessions)) {
    await service.create({ ...owner, sessionId, labels });
  }
}

/** The ids of the sessions that have labels, in their order. */
async function found(
  service: SessionService,
  { owner, labels }: { readonly owner: Owner; readonly labels: Labels },
): Promise<string[]> {
  const { appName, userId } = owner;
  const page = await service.list({ appName, userId, labels, includeTotal: true });
  const ids = idsOf(page.sessions).sort();
  assert.equal(page.total, ids.length);
  return ids;
}

export const listLabelsCases = casesOf('list', [
  {
    title: 'keeps the sessions that have all of the labels asked for, exactly',
    needs,
    async run({ service, newKey }) {
      const owner = newKey();
      await newLabelled(service, {
        owner,
        sessions: {
          both: { a: '1', b: '2' },
          more: { a: '1', b: '2', c: '3' },
          one: { a: '1' },
          other: { a: '1', b: '3' },
          swapped: { a: '2', b: '1' },
          none: {},
        },
      });
      const expected: readonly (readonly [Labels, readonly string[]])[] = [
        [{ a: '1', b: '2' }, ['both', 'more']],
        [{ b: '2', a: '1', c: '3' }, ['more']],
        [{ a: '1' }, ['both', 'more', 'one', 'other']],
        [{ b: '1' }, ['swapped']],
        [{ c: '1' }, []],
        [{ a: '1', d: '' }, []],
        [{}, ['both', 'more', 'none', 'one', 'other', 'swapped']],
      ];
      for (const [labels, ids] of expected) {
        assert.deepEqual(await found(service, { owner, labels }), ids, JSON.stringify(labels));
      }
    },
  },
  {
    title: 'finds a session by the most labels that it can have',
    needs,
    async run({ service, newKey }) {
      const owner = newKey();
      const labels = Object.fromEntries(upTo(32).map((n) => [`l${n}`, `${n}`]));
      const but = { ...labels, l32: 'x' };
      await newLabelled(service, { owner, sessions: { all: labels, but } });
      assert.deepEqual(await found(service, { owner, labels }), ['all']);
      assert.deepEqual(await found(service, { owner, labels: { ...labels, l33: '' } }), []);
    },
  },
  {
    title: 'tells labels apart by each byte of their names and values',
    needs,
    async run({ service, newKey }) {
      const owner = newKey();
      const values = [
        '',
        'a',
        'A',
        'á',
        'a\u0301',
        'a ',
        ' a',
        'a\u0000',
        '\u0000',
        'a\n',
        '%',
        '_',
      ];
      const odd = ["'", '"', '\\', 'null', 'é'.repeat(127), '1', '01'];
      const all = [...values, ...odd];
      const sessions = Object.fromEntries(all.map((value, i) => [`s${i}`, { status: value }]));
      await newLabelled(service, { owner, sessions: { ...sessions, none: {} } });
      for (const [i, value] of all.entries()) {
        const ids = await found(service, { owner, labels: { status: value } });
        assert.deepEqual(ids, [`s${i}`], JSON.stringify(value));
      }
      const names = ['Status', 'statuss', 'statu', 'status a', '__proto__', 'status=a', 'a'];
      for (const name of names) {
        const labels = Object.fromEntries([[name, 'a']]);
        assert.deepEqual(await found(service, { owner, labels }), [], name);
      }
    },
  },
  {
    title: 'keeps apart names and values that read alike when they are joined',
    needs,
    async run({ service, newKey }) {
      const owner = newKey();
      const pairs: readonly (readonly [string, string])[] = [
        ...[['a', 'b=c'] as const, ['a=b', 'c'] as const, ['a', 'b:c'] as const],
        ...[['a:b', 'c'] as const, ['ab', 'c'] as const, ['a', 'bc'] as const],
        ...[['a\u2028b', 'c'] as const, ['a"', '"b'] as const, ['a', '\u0000c'] as const],
      ];
      const sessions = Object.fromEntries(
        pairs.map(([name, value], i) => [`s${i}`, Object.fromEntries([[name, value]])]),
      );
      await newLabelled(service, { owner, sessions });
      for (const [i, [name, value]] of pairs.entries()) {
        const labels = Object.fromEntries([[name, value]]);
        assert.deepEqual(await found(service, { owner, labels }), [`s${i}`], `${name} ${value}`);
      }
    },
  },
  {
    title: 'follows labels that are set, changed and removed, and sessions that go',
    needs,
    async run({ service, newKey }) {
      const owner = newKey();
      const open = { status: 'open' };
      await newLabelled(service, { owner, sessions: { a: open, b: open, c: {} } });
      const key = (sessionId: string) => ({ ...owner, sessionId });
      const list = () => found(service, { owner, labels: open });
      assert.deepEqual(await list(), ['a', 'b']);
      await service.updateSession({ ...key('c'), labels: { set: open } });
      await service.updateSession({ ...key('a'), labels: { set: { status: 'closed' } } });
      assert.deepEqual(await list(), ['b', 'c']);
      assert.deepEqual(await found(service, { owner, labels: { status: 'closed' } }), ['a']);
      await service.updateSession({ ...key('b'), labels: { remove: ['status'] } });
      assert.deepEqual(await list(), ['c']);
      await service.updateSession({ ...key('b'), labels: { set: { title: 'x', ...open } } });
      assert.deepEqual(await list(), ['b', 'c']);
      await service.delete(key('b'));
      assert.deepEqual(await list(), ['c']);
      await service.create(key('b'));
      assert.deepEqual(await list(), ['c']);
      await service.appendEvent({ ...key('c'), event: { timestamp: at(1) } });
      assert.deepEqual(await list(), ['c']);
    },
  },
  {
    title: 'finds a fork by its own labels, and not by those that it was made of',
    needs: [needs, 'fork'],
    async run({ service, newKey }) {
      const owner = newKey();
      await newLabelled(service, { owner, sessions: { source: { of: 'source', both: '1' } } });
      const source = { ...owner, sessionId: 'source' };
      await service.fork({ ...source, newSessionId: 'fork', labels: { of: 'fork', both: '1' } });
      await service.fork({ ...source, newSessionId: 'bare' });
      assert.deepEqual(await found(service, { owner, labels: { of: 'source' } }), ['source']);
      assert.deepEqual(await found(service, { owner, labels: { of: 'fork' } }), ['fork']);
      assert.deepEqual(await found(service, { owner, labels: { both: '1' } }), ['fork', 'source']);
    },
  },
  {
    title: "never finds another user's sessions by their labels, nor those of another app",
    needs,
    async run({ service, newKey, newId }) {
      const owner = newKey();
      const labels = { status: 'open' };
      const others = [
        { ...owner, userId: newId('user') },
        { ...owner, appName: newId('app') },
      ];
      for (const each of [owner, ...others]) {
        await newLabelled(service, { owner: each, sessions: { [newId('s')]: labels } });
      }
      const all = new Set<string>();
      for (const each of [owner, ...others]) {
        const ids = await found(service, { owner: each, labels });
        assert.equal(ids.length, 1);
        for (const id of ids) all.add(id);
      }
      assert.equal(all.size, 3);
    },
  },
  {
    title: 'refuses labels for all users',
    needs,
    async run({ service, newKey }) {
      const { appName } = newKey();
      for (const labels of [{ a: '1' }, {}]) {
        const request = { appName, allUsers: true, labels } as never;
        await expectError(() => service.list(request), {
          code: 'invalid_argument',
          path: 'labels',
        });
      }
    },
  },
  {
    title: 'gives the state, the labels and the rest of what it finds by labels',
    needs,
    async run({ service, newKey }) {
      const key = newKey();
      const labels = { status: 'open', title: 'x' };
      await service.create({ ...key, labels, state: { own: 1, 'user:theirs': null } });
      await service.appendEvent({ ...key, event: { timestamp: at(1) } });
      const { appName, userId } = key;
      const options = { appName, userId, includeState: true, includeTotal: true };
      const plain = await service.list(options);
      const page = await service.list({ ...options, labels: { status: 'open' } });
      assert.deepEqual(page.sessions[0]?.state?.toJSON(), { own: 1, 'user:theirs': null });
      const data = ({ sessions, total }: typeof page) => [
        sessions.map(({ state, ...rest }) => ({ ...rest, state: state?.toJSON() })),
        total,
      ];
      assert.deepEqual(data(page), data(plain));
    },
  },
]);

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

/** Pages of a list by labels. */
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
