import assert from 'node:assert/strict';
import type { Labels } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { expectFrozen } from '../expect-frozen.ts';
import { expectLabels } from '../expect-labels.ts';
import { idsOf, newSession, newSibling, read } from '../scenario.ts';

const needs = 'updateSession' as const;

const wrongNames = ['', ' a', 'a ', 'a\u0000', '\n', 'x'.repeat(256), '\ud800'];
const wrongValues = [7, null, undefined, {}, ['a'], true, '\ud800', 'a\udc00b', 'é'.repeat(128)];

/** What cannot be labelled, and what is left of labels. */
export const labelRefusedCases = casesOf('labels', [
  {
    title: 'are refused with their path if a name or a value cannot be',
    needs,
    async run(context) {
      const { service, newKey } = context;
      const key = await newSession(context);
      const { appName, userId } = key;
      const wrong = [
        ...wrongNames.map((name) => [name, 'v'] as const),
        ...wrongValues.map((value) => ['a"b', value] as const),
      ];
      for (const [name, value] of wrong) {
        const labels = { ok: '1', [name]: value } as Labels;
        const at = (path: string) => `${path}[${JSON.stringify(name)}]`;
        const refused = (path: string) => ({ code: 'invalid_argument', path: at(path) }) as const;
        await expectError(() => service.create({ ...newKey(), labels }), refused('labels'));
        await expectError(() => service.getOrCreate({ ...key, labels }), refused('labels'));
        await expectError(() => service.list({ appName, userId, labels }), refused('labels'));
        await expectError(
          () => service.updateSession({ ...key, labels: { set: labels } }),
          refused('labels.set'),
        );
      }
      await expectLabels(service, key, {});
    },
  },
  {
    title: 'are refused if a request is not one of labels',
    needs,
    async run(context) {
      const { service, newKey } = context;
      const key = await newSession(context);
      for (const labels of [null, 7, 'a', ['a'], new Map()]) {
        const create = () => service.create({ ...newKey(), labels: labels as never });
        await expectError(create, { code: 'invalid_argument', path: 'labels' });
        const update = () => service.updateSession({ ...key, labels: labels as never });
        await expectError(update, { code: 'invalid_argument', path: 'labels' });
      }
      const wrong: readonly (readonly [object, string])[] = [
        [{ title: 'a' }, 'labels.title'],
        [{ set: 7 }, 'labels.set'],
        [{ set: ['a'] }, 'labels.set'],
        [{ remove: 'a' }, 'labels.remove'],
        [{ remove: [7] }, 'labels.remove[0]'],
        [{ remove: ['a', ''] }, 'labels.remove[1]'],
        [{ set: { b: '1' }, remove: ['a', 'b'] }, 'labels.remove[1]'],
      ];
      for (const [labels, path] of wrong) {
        const call = () => service.updateSession({ ...key, labels });
        await expectError(call, { code: 'invalid_argument', path });
      }
      await expectLabels(service, key, {});
    },
  },
  {
    title: "are `not_found` for a session that does not exist, and never another user's",
    needs,
    async run(context) {
      const { service, newId, newKey } = context;
      const key = await newSession(context);
      const deleted = await newSibling(context, key);
      await service.delete(deleted);
      const labels = { set: { title: 'x' } };
      const others = [
        newKey(),
        deleted,
        { ...key, userId: newId('user') },
        { ...key, appName: newId('app') },
      ];
      for (const other of others) {
        const call = () => service.updateSession({ ...other, labels });
        await expectError(call, { code: 'not_found', key: other });
        assert.equal(await service.get(other), undefined);
      }
      await expectLabels(service, key, {});
    },
  },
  {
    title: 'are gone with the session: one that is created again has none of them',
    needs,
    async run({ service, newKey }) {
      const key = newKey();
      await service.create({ ...key, labels: { title: 'old', status: 'open' } });
      await service.updateSession({ ...key, labels: { set: { more: '1' } } });
      await service.delete(key);
      assert.deepEqual((await service.create(key)).labels, {});
      await expectLabels(service, key, {});
      assert.deepEqual((await service.list({ ...key, labels: { more: '1' } })).sessions, []);
      await service.updateSession({ ...key, labels: { set: { status: 'new' } } });
      await expectLabels(service, key, { status: 'new' });
    },
  },
  {
    title: 'are frozen, and share nothing with what was given',
    needs,
    async run({ service, newKey }) {
      const key = newKey();
      const labels: Record<string, string> = { a: '1' };
      const created = await service.create({ ...key, labels });
      labels['a'] = 'changed';
      expectFrozen(created.labels, 'labels');
      expectFrozen((await read(service, key)).labels, 'labels');
      await expectLabels(service, key, { a: '1' });
      const set: Record<string, string> = { b: '2' };
      await service.updateSession({ ...key, labels: { set } });
      set['b'] = 'changed';
      await expectLabels(service, key, { a: '1', b: '2' });
      assert.deepEqual(created.labels, { a: '1' });
    },
  },
  {
    title: 'are there when the storage is opened again',
    needs: [needs, 'persistent'],
    async run({ service, newKey, reopen }) {
      const key = newKey();
      await service.create({ ...key, labels: { a: '1', gone: '', z: '\u0000' } });
      const labels = { set: { a: '2', b: '' }, remove: ['gone'] };
      await service.updateSession({ ...key, labels });
      await service.close();
      const reopened = await reopen(service);
      await expectLabels(reopened, key, { a: '2', b: '', z: '\u0000' });
      const { sessions } = await reopened.list({ ...key, labels: { a: '2' } });
      assert.deepEqual(idsOf(sessions), [key.sessionId]);
    },
  },
]);
