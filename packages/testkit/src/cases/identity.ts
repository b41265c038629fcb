import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { at, idsOf, newSession, read } from '../scenario.ts';

const longest = 'x'.repeat(255);
const longestAccented = `${'é'.repeat(127)}x`;
const wrongIds = [
  '',
  `${longest}x`,
  `${longestAccented}x`,
  ' a',
  'a ',
  '\u00a0a',
  'a\u3000',
  'a\u0000b',
  'a\nb',
  'a\u007fb',
  'a\u0085b',
  '\ud800',
  'a\udc00',
];
const notStrings = [undefined, null, 7, true, {}, ['a']];
const fields = ['appName', 'userId', 'sessionId'] as const;

/** Gives each session one event that names it, then reads all of them back. */
async function expectApart(service: SessionService, keys: readonly SessionKey[]): Promise<void> {
  for (const [i, key] of keys.entries()) {
    await service.create({ ...key, state: { number: i } });
    await service.appendEvent({ ...key, event: { id: 'e1', timestamp: at(i), author: `${i}` } });
  }
  for (const [i, key] of keys.entries()) {
    const session = await read(service, key);
    assert.deepEqual({ ...session.key }, key);
    assert.equal(session.state.get('number'), i);
    assert.deepEqual(
      session.events.map((event) => event.author),
      [`${i}`],
    );
  }
}

export const identityCases = casesOf('identity', [
  {
    title: 'tells ids apart by case',
    async run({ service, newKey }) {
      const key = newKey();
      const variants = ['a', 'A', 'ab', 'aB', 'AB'];
      for (const field of fields) {
        await expectApart(
          service,
          variants.map((id) => ({ ...key, [field]: `${key[field]}${id}` })),
        );
      }
    },
  },
  {
    title: 'tells ids apart by accents and normalization',
    async run({ service, newKey }) {
      const key = newKey();
      const variants = ['a', '\u00e1', 'a\u0301', '\ufb01', 'fi', 'ss', 'ß'];
      for (const field of fields) {
        await expectApart(
          service,
          variants.map((id) => ({ ...key, [field]: `${key[field]}${id}` })),
        );
      }
    },
  },
  {
    title: 'tells ids of events apart by case, accents and normalization',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const ids = ['a', 'A', 'á', 'a\u0301', 'a:b', 'a/b', '%', '{a}'];
      for (const [i, id] of ids.entries()) {
        await service.appendEvent({ ...key, event: { id, timestamp: at(i) } });
      }
      assert.deepEqual(idsOf((await read(service, key)).events), ids);
    },
  },
  {
    title: 'accepts any character inside an id',
    async run({ service, newKey }) {
      const key = newKey();
      const odd = [
        ':',
        '{',
        '}',
        '{}',
        '*',
        '?',
        '/',
        '%',
        '_',
        '\\',
        "'",
        '"',
        '`',
        ';',
        '#',
        '..',
      ];
      const more = ['a b', 'a\u00a0b', '\u{1f600}', '日本', '[a]', 'a,b', 'a|b', 'null', '-', '0'];
      for (const field of fields) {
        await expectApart(
          service,
          [...odd, ...more].map((id) => ({ ...key, [field]: `x${id}x` })),
        );
      }
    },
  },
  {
    title: 'never treats a character of an id as a pattern',
    async run({ service, newKey }) {
      const { appName, sessionId } = newKey();
      const patterns = ['u%', 'u_', 'u*', 'u?', 'u[a-z]', 'ua', 'u.'];
      for (const userId of patterns) {
        await service.create({ appName, userId, sessionId: `${sessionId} of ${userId}` });
      }
      for (const userId of patterns) {
        const { sessions } = await service.list({ appName, userId });
        assert.deepEqual(idsOf(sessions), [`${sessionId} of ${userId}`]);
      }
    },
  },
  {
    title: 'keeps sessions apart whose ids make the same string when joined',
    async run({ service, newId }) {
      const unique = newId('app');
      for (const mark of [':', '/', '|', '_', '-', ' ', ',', '","', '}:{']) {
        await expectApart(service, [
          { appName: `${unique}${mark}a`, userId: 'b', sessionId: `c${mark}d` },
          { appName: `${unique}${mark}a`, userId: `b${mark}c`, sessionId: 'd' },
          { appName: `${unique}${mark}a${mark}b`, userId: 'c', sessionId: 'd' },
        ]);
      }
    },
  },
  {
    title: 'keeps sessions of the same id under two users apart, in every call',
    async run(context) {
      const { service, newId } = context;
      const key = await newSession(context, { own: 1 });
      const other = { ...key, userId: newId('user') };
      await expectTenantsApart(service, { key, other });
    },
  },
  {
    title: 'keeps sessions of the same id in two apps apart, in every call',
    async run(context) {
      const { service, newId } = context;
      const key = await newSession(context, { own: 1 });
      const other = { ...key, appName: newId('app') };
      await expectTenantsApart(service, { key, other });
    },
  },
  {
    title: 'accepts ids of 255 bytes',
    async run({ service, newId }) {
      const fill = (text: string) => (text + longestAccented).slice(0, 140);
      const accented = fill(newId('id'));
      assert.ok(new TextEncoder().encode(accented).length <= 255);
      await expectApart(service, [
        { appName: newId('app').padEnd(255, 'x'), userId: longest, sessionId: longest },
        { appName: accented, userId: longestAccented, sessionId: longestAccented },
      ]);
    },
  },
  {
    title: 'accepts an event id of 255 bytes',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      for (const [i, id] of [longest, longestAccented].entries()) {
        const event = await service.appendEvent({ ...key, event: { id, timestamp: at(i) } });
        assert.equal(event.id, id);
      }
    },
  },
  {
    title: 'refuses an invalid id, and says which of the three it is, in every call',
    async run({ service, newKey }) {
      const calls: ((key: never) => Promise<unknown>)[] = [
        (key: SessionKey) => service.get(key),
        (key: SessionKey) => service.getOrCreate(key),
        (key: SessionKey) => service.delete(key),
        (key: SessionKey) => service.appendEvent({ ...key, event: {} }),
        (key: SessionKey) => service.appendEvents({ ...key, events: [{}] }),
        (key: SessionKey) => service.listEvents(key),
      ];
      for (const path of fields) {
        for (const id of [...wrongIds, ...notStrings]) {
          const key = { ...newKey(), [path]: id } as never;
          for (const call of calls) {
            await expectError(() => call(key), { code: 'invalid_argument', path });
          }
        }
      }
    },
  },
  {
    title: 'refuses an invalid id when it creates a session or reads a list or a state',
    async run({ service, newKey }) {
      for (const id of [...wrongIds, ...notStrings]) {
        const { appName } = newKey();
        const expected = (path: string) => ({ code: 'invalid_argument', path }) as const;
        const wrong = id as never;
        const noApp = { appName: wrong, userId: 'u' };
        const noUser = { appName, userId: wrong };
        await expectError(() => service.create(noApp), expected('appName'));
        await expectError(() => service.create(noUser), expected('userId'));
        await expectError(() => service.list(noApp), expected('appName'));
        await expectError(() => service.list(noUser), expected('userId'));
        await expectError(() => service.getState({ scope: 'user', ...noUser }), expected('userId'));
        await expectError(
          () => service.getState({ scope: 'app', appName: wrong }),
          expected('appName'),
        );
        await expectError(
          () => service.updateState({ scope: 'user', ...noUser }),
          expected('userId'),
        );
        if (id === undefined) continue; // a session without an id is given one
        const noSession = { appName, userId: 'u', sessionId: wrong };
        await expectError(() => service.create(noSession), expected('sessionId'));
      }
    },
  },
  {
    title: 'refuses an invalid event id',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      for (const id of [...wrongIds, null, 7, {}, true]) {
        const event = { id: id as never };
        const one = { code: 'invalid_argument', path: 'id' } as const;
        await expectError(() => service.appendEvent({ ...key, event }), one);
        const many = { code: 'invalid_argument', path: 'events[0].id' } as const;
        await expectError(() => service.appendEvents({ ...key, events: [event] }), many);
      }
    },
  },
  {
    title: 'refuses a request that is not an object',
    async run({ service }) {
      const calls = ['create', 'get', 'getOrCreate', 'list', 'delete'] as const;
      const more = [
        'appendEvent',
        'appendEvents',
        'listEvents',
        'getState',
        'updateState',
      ] as const;
      for (const name of [...calls, ...more]) {
        for (const request of [undefined, null, 'session-1']) {
          const call = () => service[name](request as never);
          await expectError(call, { code: 'invalid_argument' });
        }
      }
    },
  },
]);

async function expectTenantsApart(
  service: SessionService,
  { key, other }: { readonly key: SessionKey; readonly other: SessionKey },
): Promise<void> {
  const missing = { code: 'not_found', key: other } as const;
  assert.equal(await service.get(other), undefined);
  assert.equal(await service.delete(other), false);
  await expectError(() => service.listEvents(other), missing);
  await expectError(() => service.appendEvent({ ...other, event: {} }), missing);
  await expectError(() => service.appendEvents({ ...other, events: [{}] }), missing);
  await service.create({ ...other, state: { own: 2 } });
  await service.appendEvent({ ...other, event: { id: 'e1', timestamp: at(1) } });
  const mine = await read(service, key);
  assert.deepEqual([mine.revision, mine.state.toJSON()], [0, { own: 1 }]);
  assert.deepEqual((await service.listEvents(key)).events, []);
  assert.equal(await service.delete(other), true);
  assert.ok(await service.get(key), 'the session of the other tenant must stay');
}
