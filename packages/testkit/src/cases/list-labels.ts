import assert from 'node:assert/strict';
import type { Labels } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { idsLabelled, newLabelled } from '../labelled-sessions.ts';
import { at, upTo } from '../scenario.ts';

const needs = 'updateSession' as const;

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
        assert.deepEqual(
          await idsLabelled(service, { owner, labels }),
          ids,
          JSON.stringify(labels),
        );
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
      assert.deepEqual(await idsLabelled(service, { owner, labels }), ['all']);
      assert.deepEqual(await idsLabelled(service, { owner, labels: { ...labels, l33: '' } }), []);
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
        const ids = await idsLabelled(service, { owner, labels: { status: value } });
        assert.deepEqual(ids, [`s${i}`], JSON.stringify(value));
      }
      const names = ['Status', 'statuss', 'statu', 'status a', '__proto__', 'status=a', 'a'];
      for (const name of names) {
        const labels = Object.fromEntries([[name, 'a']]);
        assert.deepEqual(await idsLabelled(service, { owner, labels }), [], name);
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
        assert.deepEqual(
          await idsLabelled(service, { owner, labels }),
          [`s${i}`],
          `${name} ${value}`,
        );
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
      const list = () => idsLabelled(service, { owner, labels: open });
      assert.deepEqual(await list(), ['a', 'b']);
      await service.updateSession({ ...key('c'), labels: { set: open } });
      await service.updateSession({ ...key('a'), labels: { set: { status: 'closed' } } });
      assert.deepEqual(await list(), ['b', 'c']);
      assert.deepEqual(await idsLabelled(service, { owner, labels: { status: 'closed' } }), ['a']);
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
      assert.deepEqual(await idsLabelled(service, { owner, labels: { of: 'source' } }), ['source']);
      assert.deepEqual(await idsLabelled(service, { owner, labels: { of: 'fork' } }), ['fork']);
      assert.deepEqual(await idsLabelled(service, { owner, labels: { both: '1' } }), [
        'fork',
        'source',
      ]);
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
        const ids = await idsLabelled(service, { owner: each, labels });
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
