import assert from 'node:assert/strict';
import { isHoldfastError, type SessionService } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { another, aPause } from '../race.ts';
import { idsOf, newSession, newSibling, read } from '../scenario.ts';
import { eventInTurn as event, refusedTurn as refused } from '../turns.ts';

// How long a turn is held whose end is waited for, in ms.
const HELD_MS = 250;

export const turnCases = casesOf('turns', [
  {
    title: 'holds a session for one turn at a time, until it is let go',
    needs: 'turns',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const before = Date.now();
      const until = await service.acquireTurn({ ...key, turn: 'a', ttl: 60_000 });
      assert.ok(Number.isSafeInteger(until) && until > before, 'the time until it is held');
      await expectError(() => service.acquireTurn({ ...key, turn: 'b' }), { ...refused, key });
      assert.equal(await service.releaseTurn({ ...key, turn: 'b' }), false);
      await expectError(() => service.acquireTurn({ ...key, turn: 'b' }), refused);
      assert.equal(await service.releaseTurn({ ...key, turn: 'a' }), true);
      assert.equal(await service.releaseTurn({ ...key, turn: 'a' }), false);
      assert.ok((await service.acquireTurn({ ...key, turn: 'b' })) > 0);
      await expectError(() => service.acquireTurn({ ...key, turn: 'a' }), refused);
    },
  },
  {
    title: 'holds a session on for the turn that has it, and extends no other',
    needs: 'turns',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const extend = { ...key, turn: 'a', extend: true };
      await expectError(() => service.acquireTurn(extend), refused);
      const first = await service.acquireTurn({ ...key, turn: 'a', ttl: 10_000 });
      const longer = await service.acquireTurn({ ...extend, ttl: 1_000_000 });
      assert.ok(longer > first);
      const again = await service.acquireTurn({ ...key, turn: 'a', ttl: 10_000 });
      assert.ok(again < longer, 'the last call says for how long');
      await expectError(() => service.acquireTurn({ ...extend, turn: 'b' }), refused);
      await service.releaseTurn({ ...key, turn: 'a' });
      await expectError(() => service.acquireTurn(extend), refused);
    },
  },
  {
    title: 'holds each session on its own',
    needs: 'turns',
    async run(context) {
      const { service, newId } = context;
      const key = await newSession(context);
      const sibling = await newSibling(context, key);
      const ofOther = { ...key, userId: newId('user') };
      await service.create(ofOther);
      for (const [i, each] of [key, sibling, ofOther].entries()) {
        await service.acquireTurn({ ...each, turn: `t${i}` });
      }
      for (const [i, each] of [key, sibling, ofOther].entries()) {
        await service.appendEvent({ ...each, event: event('e1'), turn: `t${i}` });
        const call = () => service.appendEvent({ ...each, event: event('e2'), turn: 't9' });
        await expectError(call, { ...refused, key: each });
      }
    },
  },
  {
    title: 'appends in a turn only for the turn that has the session, and writes nothing otherwise',
    needs: 'turns',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const actions = { stateDelta: { own: 1, 'user:theirs': 1, 'app:everyones': 1 } };
      const append = (turn: string) =>
        service.appendEvent({ ...key, event: { ...event('e1'), actions }, turn });
      const appendMany = (turn: string) =>
        service.appendEvents({ ...key, events: [event('b1'), { ...event('b2'), actions }], turn });
      await expectError(() => append('a'), { ...refused, key, revision: 0 });
      await service.acquireTurn({ ...key, turn: 'b' });
      await expectError(() => append('a'), refused);
      await expectError(() => appendMany('a'), refused);
      const session = await read(service, key);
      assert.deepEqual([session.revision, session.state.toJSON()], [0, {}]);
      assert.equal((await append('b')).seq, 1);
      assert.deepEqual(idsOf(await appendMany('b')), ['b1', 'b2']);
      await service.releaseTurn({ ...key, turn: 'b' });
      const late = () => service.appendEvent({ ...key, event: event('e2'), turn: 'b' });
      await expectError(late, { ...refused, revision: 3 });
    },
  },
  {
    title: 'does not hold up appends without a turn, nor other calls',
    needs: 'turns',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await service.acquireTurn({ ...key, turn: 'a' });
      assert.equal((await service.appendEvent({ ...key, event: event('e1') })).seq, 1);
      assert.equal((await service.appendEvents({ ...key, events: [event('e2')] })).length, 1);
      if (service.capabilities.updateSession) {
        await service.updateSession({ ...key, labels: { set: { a: 'b' } } });
      }
      await service.rewind({ ...key, toSeq: 1 });
      assert.equal((await read(service, key)).revision, 3);
      assert.equal((await service.appendEvent({ ...key, event: event('e4'), turn: 'a' })).seq, 4);
      assert.equal(await service.delete(key), true);
    },
  },
  {
    title: 'is `conflict` for a turn before it is for an `expectedRevision`, and keeps both',
    needs: 'turns',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await service.acquireTurn({ ...key, turn: 'a' });
      const request = { ...key, event: event('e1') };
      const late = () => service.appendEvent({ ...request, turn: 'a', expectedRevision: 1 });
      await expectError(late, { code: 'conflict', path: 'expectedRevision', revision: 0 });
      const lost = () => service.appendEvent({ ...request, turn: 'b', expectedRevision: 0 });
      await expectError(lost, refused);
      await service.appendEvent({ ...request, turn: 'a', expectedRevision: 0 });
    },
  },
  {
    title: 'gives a stored event back to a retry after the turn was lost',
    needs: 'turns',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await service.acquireTurn({ ...key, turn: 'a' });
      const stored = await service.appendEvent({ ...key, event: event('e1'), turn: 'a' });
      const batch = await service.appendEvents({ ...key, events: [event('b1')], turn: 'a' });
      await service.releaseTurn({ ...key, turn: 'a' });
      await service.acquireTurn({ ...key, turn: 'b' });
      const retry = await service.appendEvent({ ...key, event: event('e1'), turn: 'a' });
      assert.deepEqual(retry, stored);
      const again = await service.appendEvents({ ...key, events: [event('b1')], turn: 'a' });
      assert.deepEqual(again, batch);
      const events = [event('b1'), event('b2')];
      const skip = { ...key, events, turn: 'a', onStored: 'skip' } as const;
      await expectError(() => service.appendEvents(skip), refused);
      assert.equal((await read(service, key)).revision, 2);
    },
  },
  {
    title: 'is `not_found` for a turn of a session that does not exist',
    needs: 'turns',
    async run(context) {
      const { service, newKey } = context;
      const [missing, deleted] = [newKey(), await newSession(context)];
      await service.acquireTurn({ ...deleted, turn: 'a' });
      await service.delete(deleted);
      for (const key of [missing, deleted]) {
        const gone = { code: 'not_found', key } as const;
        await expectError(() => service.acquireTurn({ ...key, turn: 'a' }), gone);
        await expectError(() => service.acquireTurn({ ...key, turn: 'a', extend: true }), gone);
        const append = { ...key, event: event('e1'), turn: 'a' };
        await expectError(() => service.appendEvent(append), gone);
        const create = { ...append, ifMissing: 'create' } as const;
        await expectError(() => service.appendEvent(create), gone);
        assert.equal(await service.releaseTurn({ ...key, turn: 'a' }), false);
        assert.equal(await service.get(key), undefined);
      }
      await service.create(deleted);
      const old = () => service.appendEvent({ ...deleted, event: event('e1'), turn: 'a' });
      await expectError(old, refused);
    },
  },
  {
    title: 'frees a session after the time of a turn, whose appends go on until another has it',
    needs: 'turns',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const held = { ...key, turn: 'a', ttl: HELD_MS };
      const begun = Date.now();
      await service.acquireTurn(held);
      await acquireInTheEnd(service, { ...key, turn: 'b' });
      assert.ok(Date.now() >= begun + HELD_MS, 'it is held for its time');
      const append = () => service.appendEvent({ ...key, event: event('e1'), turn: 'a' });
      await expectError(append, refused);
      await expectError(() => service.acquireTurn({ ...held, extend: true }), refused);
      assert.equal(await service.releaseTurn(held), false);
      assert.equal((await service.appendEvent({ ...key, event: event('e2'), turn: 'b' })).seq, 1);
    },
  },
  {
    title: 'shows a turn to another instance',
    needs: ['turns', 'shared'],
    async run(context) {
      const { service } = context;
      const other = await another(context);
      const key = await newSession(context);
      await service.acquireTurn({ ...key, turn: 'a' });
      await expectError(() => other.acquireTurn({ ...key, turn: 'b' }), refused);
      await expectError(
        () => other.appendEvent({ ...key, event: event('e1'), turn: 'b' }),
        refused,
      );
      await other.appendEvent({ ...key, event: event('e1'), turn: 'a' });
      assert.equal(await other.releaseTurn({ ...key, turn: 'a' }), true);
      await expectError(
        () => service.appendEvent({ ...key, event: event('e2'), turn: 'a' }),
        refused,
      );
    },
  },
  {
    title: 'refuses a turn or a time that is none',
    needs: 'turns',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const refusals: readonly (readonly [object, string])[] = [
        [{}, 'turn'],
        [{ turn: '' }, 'turn'],
        [{ turn: ' a' }, 'turn'],
        [{ turn: 1 }, 'turn'],
        [{ turn: 'a', ttl: 0 }, 'ttl'],
        [{ turn: 'a', ttl: 86_400_001 }, 'ttl'],
        [{ turn: 'a', ttl: 1.5 }, 'ttl'],
        [{ turn: 'a', extend: 1 }, 'extend'],
      ];
      for (const [request, path] of refusals) {
        const call = () => service.acquireTurn({ ...key, ...request } as never);
        await expectError(call, { code: 'invalid_argument', path });
      }
      const release = () => service.releaseTurn({ ...key, turn: '' });
      await expectError(release, { code: 'invalid_argument', path: 'turn' });
      const append = () => service.appendEvent({ ...key, event: {}, turn: '' });
      await expectError(append, { code: 'invalid_argument', path: 'turn' });
      assert.ok((await service.acquireTurn({ ...key, turn: 'é', ttl: 86_400_000 })) > 0);
    },
  },
]);

/** Tries until a session is free, which it has to be sooner or later. */
async function acquireInTheEnd(
  service: SessionService,
  request: Parameters<SessionService['acquireTurn']>[0],
): Promise<void> {
  for (;;) {
    try {
      await service.acquireTurn(request);
      return;
    } catch (error) {
      if (!isHoldfastError(error, 'conflict')) throw error;
      await aPause();
    }
  }
}
