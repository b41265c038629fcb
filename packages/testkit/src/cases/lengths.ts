import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { at, idsOf, newSession, read, readState, walkList } from '../scenario.ts';

/** Two different ids of 255 bytes. */
type Pair = readonly [string, string];

const LONGEST = 255;
const fields = ['appName', 'userId', 'sessionId'] as const;

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** `text` with as many of `unit` as `size` bytes have room for, and `x` up to that. */
function fill(text: string, { unit, size }: { readonly unit: string; readonly size: number }) {
  const units = unit.repeat(Math.floor((size - bytesOf(text)) / bytesOf(unit)));
  return `${text}${units}${'x'.repeat(size - bytesOf(text + units))}`;
}

/** Two ids that differ in their last byte only. */
function endsOf(text: string, unit: string): Pair {
  const begin = fill(text, { unit, size: LONGEST - 1 });
  return [`${begin}a`, `${begin}b`];
}

/**
 * Pairs of the longest ids, which differ in one place only: at the end, so that none may be cut,
 * however late, and at the beginning. Of characters of one byte and of several.
 */
function longPairs(unique: string): readonly Pair[] {
  const tail = fill(`-${unique}`, { unit: 'z', size: LONGEST - 1 });
  const ends = ['y', 'é', '日', '\u{1f600}'].map((unit) => endsOf(unique, unit));
  return [...ends, [`a${tail}`, `b${tail}`]];
}

/** Creates both, writes to both, deletes one, and looks at each by every call. */
async function expectPairApart(
  service: SessionService,
  [one, two]: readonly [SessionKey, SessionKey],
): Promise<void> {
  await service.create({ ...one, state: { name: 'one' } });
  assert.equal(await service.get(two), undefined);
  assert.equal(await service.delete(two), false);
  const created = await service.getOrCreate({ ...two, state: { name: 'two' } });
  assert.equal(created.state.get('name'), 'two');
  for (const [author, key] of Object.entries({ one, two })) {
    await service.appendEvent({ ...key, event: { id: 'e', timestamp: at(1), author } });
  }
  for (const [author, key] of Object.entries({ one, two })) {
    const session = await read(service, key);
    assert.deepEqual({ ...session.key }, key);
    assert.equal(session.state.get('name'), author);
    const { events } = await service.listEvents(key);
    assert.deepEqual([session.events[0]?.author, events[0]?.author], [author, author]);
    const { appName, userId, sessionId } = key;
    const { sessions } = await service.list({ appName, userId });
    assert.ok(idsOf(sessions).includes(sessionId), 'the session must be in the list of its user');
    for (const summary of sessions) {
      assert.deepEqual([summary.appName, summary.userId], [appName, userId]);
    }
  }
  assert.equal(await service.delete(one), true);
  assert.equal(await service.get(one), undefined);
  assert.equal((await read(service, two)).events[0]?.author, 'two');
}

/** State keys that differ in their last byte, in one scope. */
async function expectKeysApart(context: CaseContext, prefix: string): Promise<void> {
  const { service } = context;
  for (const [a, b] of longPairs('')) {
    const [one, two] = [`${prefix}${a}`, `${prefix}${b}`];
    const key = await newSession(context, { [one]: 1 });
    assert.deepEqual(await readState(service, key), { [one]: 1 });
    const set = { stateDelta: { [two]: 2 } };
    await service.appendEvent({ ...key, event: { actions: set } });
    assert.deepEqual(await readState(service, key), { [one]: 1, [two]: 2 });
    const remove = { removedStateKeys: [one] };
    await service.appendEvent({ ...key, event: { actions: remove } });
    assert.deepEqual(await readState(service, key), { [two]: 2 });
  }
}

export const lengthCases = [
  ...casesOf(
    'identity',
    fields.map((field) => ({
      title: `tells a \`${field}\` of 255 bytes from one with another last byte, or first, in every call`,
      async run({ service, newKey, newId }) {
        for (const [a, b] of longPairs(newId('id'))) {
          const key = newKey();
          await expectPairApart(service, [
            { ...key, [field]: a },
            { ...key, [field]: b },
          ]);
        }
      },
    })),
  ),
  ...casesOf('identity', [
    {
      title: 'tells ids of events of 255 bytes from those with another last byte, or first',
      async run(context) {
        const { service } = context;
        const key = await newSession(context);
        const pairs = longPairs('');
        for (const [one, two] of pairs) {
          const [first, second] = [
            { id: one, author: 'one' },
            { id: two, author: 'two' },
          ];
          await service.appendEvent({ ...key, event: first });
          const stored = await service.appendEvent({ ...key, event: second });
          assert.deepEqual([stored.id, stored.author], [two, 'two']);
          assert.equal((await service.appendEvent({ ...key, event: first })).author, 'one');
        }
        const other = { ...key, sessionId: context.newId('session') };
        await service.create(other);
        const events = pairs.flat().map((id, i) => ({ id, author: `${i}` }));
        await service.appendEvents({ ...other, events });
        await service.appendEvents({ ...other, events: events.toReversed() });
        for (const session of [await read(service, key), await read(service, other)]) {
          assert.deepEqual(idsOf(session.events), pairs.flat());
        }
      },
    },
    {
      title: 'tells an id from the same with one more character, up to 255 bytes',
      async run({ service, newId }) {
        const appName = newId('app');
        const lengths = [31, 32, 63, 64, 127, 128, 191, 192, 254, 255];
        const keys = lengths.map((length) => ({
          appName,
          userId: 'u'.repeat(length),
          sessionId: 's'.repeat(length),
        }));
        for (const [i, key] of keys.entries()) {
          await service.create({ ...key, state: { 'user:i': i } });
        }
        for (const [i, key] of keys.entries()) {
          assert.deepEqual(await readState(service, key), { 'user:i': i });
          assert.deepEqual(idsOf((await service.list(key)).sessions), [key.sessionId]);
        }
      },
    },
  ]),
  ...casesOf(
    'state',
    ['', 'user:', 'app:'].map((prefix) => ({
      title: `tells \`${prefix}\` keys of 255 bytes from those with another last byte, or first`,
      run: (context: CaseContext) => expectKeysApart(context, prefix),
    })),
  ),
  ...casesOf('state', [
    {
      title: 'tells owners of state, and names in an update, of 255 bytes apart by their last byte',
      async run({ service, newId }) {
        for (const [a, b] of longPairs(newId('id'))) {
          const app = newId('app');
          const owners = [
            { scope: 'user', appName: app, userId: a },
            { scope: 'user', appName: app, userId: b },
            { scope: 'user', appName: a, userId: 'u' },
            { scope: 'user', appName: b, userId: 'u' },
            { scope: 'app', appName: a },
            { scope: 'app', appName: b },
          ] as const;
          for (const [i, owner] of owners.entries()) {
            await service.updateState({ ...owner, set: { [a]: i, [b]: -i } });
          }
          for (const [i, owner] of owners.entries()) {
            assert.deepEqual(await service.getState(owner), { [a]: i, [b]: 0 - i });
            const left = await service.updateState({ ...owner, remove: [b] });
            assert.deepEqual(left, { [a]: i });
          }
        }
      },
    },
  ]),
  ...casesOf('list', [
    {
      title: 'walks sessions of the same time whose ids have 255 bytes once, in both orders',
      async run({ service, newId }) {
        const owner = { appName: newId('app'), userId: endsOf('u', 'u')[0] };
        const ids = [...endsOf('s', 's'), ...endsOf('é', 'é')];
        for (const sessionId of ids) {
          await service.create({ ...owner, sessionId });
          await service.appendEvent({ ...owner, sessionId, event: { timestamp: at(1) } });
        }
        for (const order of ['asc', 'desc'] as const) {
          const walked = (await walkList(service, { ...owner, order, limit: 1 })).flat();
          assert.deepEqual(idsOf(walked), order === 'asc' ? ids : ids.toReversed());
        }
      },
    },
    {
      title: 'walks all users once whose ids have 255 bytes, in both orders',
      needs: 'listAllUsers',
      async run({ service, newId }) {
        const appName = newId('app');
        const users = [...endsOf('u', 'u'), ...endsOf('é', 'é')];
        for (const userId of users) {
          await service.create({ appName, userId, sessionId: 's' });
          await service.appendEvent({
            appName,
            userId,
            sessionId: 's',
            event: { timestamp: at(1) },
          });
        }
        for (const order of ['asc', 'desc'] as const) {
          const walked = (
            await walkList(service, { appName, allUsers: true, order, limit: 1 })
          ).flat();
          const expected = order === 'asc' ? users : users.toReversed();
          assert.deepEqual(
            walked.map(({ userId }) => userId),
            expected,
          );
        }
      },
    },
  ]),
];
