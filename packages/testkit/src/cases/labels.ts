import assert from 'node:assert/strict';
import type { Labels } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { expectFrozen } from '../expect-frozen.ts';
import { expectLabels, listed } from '../expect-labels.ts';
import { textKinds } from '../odd-values.ts';
import { at, idsOf, newSession, newSibling, read, upTo } from '../scenario.ts';

const needs = 'updateSession' as const;
const HALF = /\p{Cs}/u;

/** So many labels: l1, l2 … */
function labelsOf(count: number, value = ''): Record<string, string> {
  return Object.fromEntries(upTo(count).map((n) => [`l${n}`, value]));
}

/** Texts that a store may make something else of, but for those that are not well-formed. */
const oddValues = textKinds.flatMap(([, texts]) => texts).filter((text) => !HALF.test(text));
const oddNames = [
  ...['__proto__', 'constructor', 'toString', 'app:a', 'user:a', 'temp:a', 'title', 'a.b', '$a'],
  ...["'", '"', '`', '\\', '%', '{a}', '[0]', '?', ':a', '1', '-', 'a b', 'é', 'e\u0301', '日本'],
  ...['a', 'A', 'b', 'B'],
];

export const labelCases = casesOf('labels', [
  {
    title: 'are there as the capability says: kept, or `unsupported`',
    async run(context) {
      const { service, newKey } = context;
      const key = await newSession(context);
      const { appName, userId } = key;
      const labels = { status: 'open' };
      const calls: readonly (readonly [string, () => Promise<unknown>])[] = [
        ['labels', () => service.create({ ...newKey(), labels })],
        ['labels', () => service.getOrCreate({ ...newKey(), labels })],
        ['labels', () => service.list({ appName, userId, labels })],
        ['', () => service.updateSession({ ...key, labels: { set: labels } })],
      ];
      for (const [path, call] of calls) {
        if (service.capabilities.updateSession) await call();
        else await expectError(call, { code: 'unsupported', ...(path !== '' && { path }) });
      }
      assert.deepEqual((await service.create(newKey())).labels, {});
    },
  },
  {
    title: 'are none unless some are given',
    async run(context) {
      const { service, newKey } = context;
      await expectLabels(service, await newSession(context), {});
      for (const session of [await service.create(newKey()), await service.getOrCreate(newKey())]) {
        assert.deepEqual(session.labels, {});
        assert.deepEqual(session.toJSON().labels, {});
      }
    },
  },
  {
    title: 'are those that the session was created with',
    needs,
    async run({ service, newKey }) {
      const labels = { title: 'Books', status: '' };
      const created = await service.create({ ...newKey(), labels });
      assert.deepEqual(created.labels, labels);
      await expectLabels(service, created.key, labels);
      const key = newKey();
      assert.deepEqual((await service.getOrCreate({ ...key, labels })).labels, labels);
      const again = await service.getOrCreate({ ...key, labels: { title: 'another' } });
      assert.deepEqual(again.labels, labels);
      await expectLabels(service, key, labels);
    },
  },
  {
    title: 'are changed one by one: others stay as they are',
    needs,
    async run({ service, newKey }) {
      const key = newKey();
      await service.create({ ...key, labels: { a: '1', b: '2', c: '3' } });
      const set = await service.updateSession({ ...key, labels: { set: { b: 'x', d: '4' } } });
      assert.deepEqual(set.labels, { a: '1', b: 'x', c: '3', d: '4' });
      await expectLabels(service, key, set.labels);
      const removed = await service.updateSession({ ...key, labels: { remove: ['a', 'd', 'no'] } });
      assert.deepEqual(removed.labels, { b: 'x', c: '3' });
      const both = { set: { a: '5', c: '' }, remove: ['b'] };
      await service.updateSession({ ...key, labels: both });
      await expectLabels(service, key, { a: '5', c: '' });
      await service.updateSession({ ...key, labels: { remove: ['a', 'c'] } });
      await expectLabels(service, key, {});
    },
  },
  {
    title: 'are answered with the summary that a list has',
    needs,
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await service.appendEvent({ ...key, event: { timestamp: at(3) } });
      const summary = await service.updateSession({ ...key, labels: { set: { title: 'x' } } });
      assert.deepEqual(summary, await listed(service, key));
      expectFrozen(summary, 'summary');
      const nothing = [{}, { labels: {} }, { labels: { set: {}, remove: [] } }];
      for (const request of nothing) {
        assert.deepEqual(await service.updateSession({ ...key, ...request }), summary);
      }
    },
  },
  {
    title: 'never move `lastUpdateTime` or the revision, nor the place in a list',
    needs,
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const sibling = await newSibling(context, key);
      for (const [i, each] of [key, sibling].entries()) {
        await service.appendEvent({ ...each, event: { timestamp: at(i + 1) } });
      }
      const before = await read(service, key);
      for (const set of [{ title: 'a' }, { title: 'b' }]) {
        const summary = await service.updateSession({ ...key, labels: { set } });
        assert.deepEqual([summary.lastUpdateTime, summary.revision], [at(1), 1]);
      }
      assert.deepEqual((await read(service, key)).toJSON(), {
        ...before.toJSON(),
        labels: { title: 'b' },
      });
      assert.deepEqual(idsOf((await service.list(key)).sessions), [
        sibling.sessionId,
        key.sessionId,
      ]);
      const append = { ...key, event: {}, expectedRevision: 1 };
      assert.equal((await service.appendEvent(append)).seq, 2);
    },
  },
  {
    title: 'stay as they are when events are appended',
    needs,
    async run({ service, newKey }) {
      const key = newKey();
      const labels = { title: 'Books', status: 'open' };
      await service.create({ ...key, labels });
      const actions = { stateDelta: { title: 'state', labels: { status: 'no' } } };
      await service.appendEvent({ ...key, event: { actions } });
      await service.appendEvents({ ...key, events: [{}, {}] });
      await expectLabels(service, key, labels);
      assert.equal((await read(service, key)).state.get('title'), 'state');
    },
  },
  {
    title: 'hold texts that a store may make something else of, U+0000 and none at all too',
    needs,
    async run({ service, newKey }) {
      const key = newKey();
      await service.create(key);
      for (const first of upTo(Math.ceil(oddValues.length / 30)).keys()) {
        const values = oddValues.slice(first * 30, first * 30 + 30);
        const labels = Object.fromEntries(values.map((value, i) => [`l${i}`, value]));
        const created = { ...newKey(), labels };
        await service.create(created);
        await expectLabels(service, created, labels);
        const { labels: before } = await read(service, key);
        const remove = Object.keys(before).filter((name) => !Object.hasOwn(labels, name));
        await service.updateSession({ ...key, labels: { set: labels, remove } });
        await expectLabels(service, key, labels);
      }
    },
  },
  {
    title: 'have names that are told apart by each byte, whatever they mean elsewhere',
    needs,
    async run({ service, newKey }) {
      const key = newKey();
      const labels: Labels = Object.fromEntries(oddNames.map((name, i) => [name, `${i}`]));
      await service.create({ ...key, labels });
      await expectLabels(service, key, labels);
      for (const name of oddNames) {
        await service.updateSession({ ...key, labels: { set: { [name]: name } } });
      }
      await expectLabels(service, key, Object.fromEntries(oddNames.map((name) => [name, name])));
      const [kept, ...gone] = oddNames.toReversed() as [string, ...string[]];
      for (const name of gone) {
        await service.updateSession({ ...key, labels: { remove: [name] } });
      }
      await expectLabels(service, key, { [kept]: kept });
    },
  },
  {
    title: 'are at most 32, each a name by the rules of ids and at most 255 bytes',
    needs,
    async run({ service, newKey }) {
      const longest = 'é'.repeat(127);
      const labels = { ...labelsOf(31), [`${longest}n`]: `${longest}v` };
      const { key } = await service.create({ ...newKey(), labels });
      await expectLabels(service, key, labels);
      await service.updateSession({ ...key, labels: { set: labelsOf(31, 'x') } });
      await service.updateSession({ ...key, labels: { set: { one: '' }, remove: ['l7'] } });
      assert.equal(Object.keys((await read(service, key)).labels).length, 32);
    },
  },
  {
    title: 'are refused if there are more than 32, and nothing is changed',
    needs,
    async run({ service, newKey }) {
      const refused = newKey();
      await expectError(() => service.create({ ...refused, labels: labelsOf(33) }), {
        code: 'invalid_argument',
        path: 'labels',
      });
      assert.equal(await service.get(refused), undefined);
      const key = newKey();
      await service.create({ ...key, labels: labelsOf(31) });
      const more = { set: { a: '', b: '', l1: 'new' }, remove: [] };
      await expectError(() => service.updateSession({ ...key, labels: more }), {
        code: 'invalid_argument',
        path: 'labels.set',
      });
      await expectLabels(service, key, labelsOf(31));
    },
  },
]);
