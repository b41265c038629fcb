import assert from 'node:assert/strict';
import { iterateEvents, type SessionKey } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { at, newSession, newSessionWithEvents, read } from '../scenario.ts';

const ROUNDS = 20;

/** More than most stores have time for while a session is deleted and created. */
const APPENDS = 30;

/** Deletes a session, and creates another one with its id. */
async function recreate({ service }: Pick<CaseContext, 'service'>, key: SessionKey): Promise<void> {
  assert.equal(await service.delete(key), true);
  await service.create(key);
}

export const incarnationCases = casesOf('incarnation', [
  {
    title: 'is the same wherever the session is read, whatever is appended',
    async run(context) {
      const { service, newKey } = context;
      const key = newKey();
      const { incarnation } = await service.create(key);
      assert.ok(typeof incarnation === 'string' && incarnation !== '');
      await service.appendEvent({ ...key, event: { timestamp: at(1) } });
      const session = await read(service, key);
      assert.equal(session.incarnation, incarnation);
      assert.equal(session.toJSON().incarnation, incarnation);
      assert.equal((await service.getOrCreate(key)).incarnation, incarnation);
      const { sessions } = await service.list(key);
      assert.deepEqual(
        sessions.map((summary) => summary.incarnation),
        [incarnation],
      );
    },
  },
  {
    title: 'is another one for each session',
    async run(context) {
      const { service, newKey } = context;
      const [one, two] = [newKey(), newKey()];
      const created = [await service.create(one), await service.getOrCreate(two)];
      await recreate(context, one);
      created.push(await read(service, one));
      await service.delete(two);
      created.push(await service.getOrCreate(two));
      assert.equal(new Set(created.map(({ incarnation }) => incarnation)).size, 4);
    },
  },
  {
    title: 'stays with a session whose `create` is refused',
    async run(context) {
      const { service, newKey } = context;
      const key = newKey();
      const { incarnation } = await service.create(key);
      await expectError(() => service.create(key), { code: 'already_exists' });
      assert.equal((await read(service, key)).incarnation, incarnation);
    },
  },
  {
    title: 'is what an append may expect',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 1);
      const { incarnation: expectedIncarnation } = await read(service, key);
      const expected = { ...key, expectedIncarnation, expectedRevision: 1 };
      const event = { id: 'one', timestamp: at(2) };
      assert.equal((await service.appendEvent({ ...expected, event })).seq, 2);
      assert.equal((await service.appendEvent({ ...expected, event })).seq, 2);
      const events = [{ timestamp: at(3) }, { timestamp: at(4) }];
      const stored = await service.appendEvents({ ...key, expectedIncarnation, events });
      assert.deepEqual(
        stored.map(({ seq }) => seq),
        [3, 4],
      );
    },
  },
  {
    title: 'is `conflict` for an event if the session was created again, and nothing is written',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 1);
      const { incarnation: expectedIncarnation } = await read(service, key);
      await recreate(context, key);
      await service.appendEvent({ ...key, event: { timestamp: at(1) } });
      const before = (await read(service, key)).toJSON();
      const actions = { stateDelta: { own: 1, 'user:theirs': 2, 'app:everyones': 3 } };
      const event = { timestamp: at(9), actions };
      const conflict = { code: 'conflict', key, path: 'expectedIncarnation' } as const;
      const request = { ...key, event, expectedIncarnation };
      await expectError(() => service.appendEvent(request), conflict);
      const same = { ...request, expectedRevision: 1 };
      await expectError(() => service.appendEvent(same), conflict);
      assert.deepEqual((await read(service, key)).toJSON(), before);
    },
  },
  {
    title: 'is `conflict` for a batch if the session was created again, and nothing is written',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 2);
      const { incarnation: expectedIncarnation } = await read(service, key);
      await recreate(context, key);
      const before = (await read(service, key)).toJSON();
      const actions = { stateDelta: { own: 1, 'user:theirs': 2, 'app:everyones': 3 } };
      const events = [{ timestamp: at(8) }, { timestamp: at(9), actions }];
      const conflict = { code: 'conflict', key, path: 'expectedIncarnation' } as const;
      for (const onStored of ['refuse', 'skip'] as const) {
        const request = { ...key, events, expectedIncarnation, onStored };
        await expectError(() => service.appendEvents(request), conflict);
      }
      assert.deepEqual((await read(service, key)).toJSON(), before);
    },
  },
  {
    title: 'is `conflict` even for an event that the session created again has',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const { incarnation: expectedIncarnation } = await read(service, key);
      const event = { id: 'e1', timestamp: at(1) };
      await service.appendEvent({ ...key, event });
      await recreate(context, key);
      await service.appendEvent({ ...key, event });
      const request = { ...key, event, expectedIncarnation };
      await expectError(() => service.appendEvent(request), { code: 'conflict', key });
    },
  },
  {
    title: 'is `not_found` if the session was only deleted',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const { incarnation: expectedIncarnation } = await read(service, key);
      await service.delete(key);
      const request = { ...key, event: { timestamp: at(1) }, expectedIncarnation };
      await expectError(() => service.appendEvent(request), { code: 'not_found', key });
    },
  },
  {
    title: 'is `invalid_argument` if it cannot be one',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      for (const wrong of [1, null, {}, ' blank', 'a\0b', 'x'.repeat(256)]) {
        const expectedIncarnation = wrong as string;
        const expected = { code: 'invalid_argument', path: 'expectedIncarnation' } as const;
        const one = { ...key, event: {}, expectedIncarnation };
        await expectError(() => service.appendEvent(one), expected);
        const batch = { ...key, events: [{}], expectedIncarnation };
        await expectError(() => service.appendEvents(batch), expected);
      }
      assert.equal((await read(service, key)).revision, 0);
    },
  },
  {
    title: 'keeps an event of a session created again out of the snapshot of the one before',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 1);
      const old = await read(service, key);
      await recreate(context, key);
      const event = { id: 'e1', timestamp: at(1), author: 'new' };
      const first = await service.appendEvent({ ...key, event });
      const second = await service.appendEvent({ ...key, event: { id: 'e2', timestamp: at(2) } });
      const batch = await service.appendEvents({
        ...key,
        events: [{ id: 'e3', timestamp: at(3) }],
      });
      const again = await service.appendEvent({ ...key, event });
      const { events: listed } = await service.listEvents(key);
      const { events: loaded } = await read(service, key);
      const conflict = { code: 'conflict', key } as const;
      for (const each of [first, second, ...batch, again, ...listed, ...loaded]) {
        await expectError(async () => old.withEvent(each), conflict);
      }
      let fresh = await read(service, key);
      for (const each of listed) fresh = fresh.withEvent(each);
      assert.equal(fresh.revision, 3);
      assert.equal(old.revision, 1);
    },
  },
  {
    title: 'lets a snapshot take the events of its own session',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const old = await read(service, key);
      const first = await service.appendEvent({ ...key, event: { id: 'e1', timestamp: at(1) } });
      await service.appendEvents({ ...key, events: [{ id: 'e2', timestamp: at(2) }] });
      const { events } = await service.listEvents({ ...key, afterSeq: 1 });
      let next = old.withEvent(first);
      for (const event of events) next = next.withEvent(event);
      assert.deepEqual(next.toJSON(), (await read(service, key)).toJSON());
    },
  },
  {
    title: 'ends a walk with `not_found` if the session is created again during it',
    async run(context) {
      const { service } = context;
      for (const count of [0, 1, 4]) {
        const key = await newSessionWithEvents(context, 4);
        const walk = iterateEvents(service, { ...key, pageSize: 2 });
        await walk.next();
        await walk.next();
        await recreate(context, key);
        const events = Array.from({ length: count }, (_, i) => ({ timestamp: at(i) }));
        await service.appendEvents({ ...key, events });
        await expectError(() => walk.next(), { code: 'not_found', key });
      }
    },
  },
  {
    title: 'keeps an append out of a session that is created again at the same time',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      for (let round = 0; round < ROUNDS; round++) {
        const { incarnation: expectedIncarnation } = await read(service, key);
        const event = { timestamp: at(round), actions: { stateDelta: { [`round${round}`]: 1 } } };
        const appendUntilRefused = async () => {
          for (let i = 0; i < APPENDS; i++) {
            await service.appendEvent({ ...key, event, expectedIncarnation });
          }
        };
        const writers = Promise.allSettled([appendUntilRefused(), appendUntilRefused()]);
        await recreate(context, key);
        for (const writer of await writers) {
          // A delete may lose against every append: then all of them have come before it.
          if (writer.status === 'fulfilled') continue;
          assert.match(String(writer.reason.code), /^(conflict|not_found)$/);
        }
        const { revision, state } = await read(service, key);
        assert.deepEqual([revision, state.size], [0, 0]);
      }
    },
  },
]);
