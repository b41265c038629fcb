import assert from 'node:assert/strict';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import type { Instances } from '../race.ts';
import { at, idsOf, newSession, newSessionWithEvents, read, readState, upTo } from '../scenario.ts';
import { viewOf } from '../storage-view.ts';
import { newStory, tell } from '../story.ts';
import { expectSeenByBoth, expectUndisturbed } from './persistence.ts';

/** The services of this process and of another one, which are open at the same time. */
async function both({ service, startProcess }: CaseContext) {
  const other = await startProcess(service);
  return [service, other.service] as const;
}

/** Each of them as the one here. */
const bothWays = ([first, second]: Instances): readonly Instances[] => [
  [first, second],
  [second, first],
];

export const processCases = casesOf('processes', [
  {
    title: 'shows each kind of write of one process at once in the other',
    needs: 'shared',
    needsProcess: true,
    run: async (context) => expectSeenByBoth(context, await both(context)),
  },
  {
    title: 'is not disturbed by another process that closes its storage',
    needs: 'shared',
    needsProcess: true,
    run: async (context) => expectUndisturbed(context, await both(context)),
  },
  {
    title: 'continues in another process what was begun in this one, and the other way round',
    needs: 'shared',
    needsProcess: true,
    async run(context) {
      const [here, there] = await both(context);
      const key = await newSession(context);
      for (const n of upTo(20)) {
        const [writer, other] = n % 2 === 0 ? [here, there] : [there, here];
        const actions = { stateDelta: { last: n, [`k${n}`]: n, [`user:k${n}`]: n } };
        const event = { id: `e${n}`, timestamp: at(n), actions };
        const stored = await writer.appendEvent({ ...key, event, expectedRevision: n - 1 });
        assert.equal(stored.seq, n);
        assert.deepEqual(await other.appendEvent({ ...key, event }), stored);
      }
      const { incarnation } = await read(there, key);
      assert.equal((await read(here, key)).incarnation, incarnation);
      assert.equal(Object.keys((await readState(there, key)) as object).length, 41);
      assert.deepEqual(
        idsOf((await read(here, key)).events),
        upTo(20).map((n) => `e${n}`),
      );
    },
  },
  {
    title: 'knows in another process what is stored, for retries',
    needs: 'shared',
    needsProcess: true,
    async run(context) {
      const services = await both(context);
      for (const [here, there] of bothWays(services)) {
        const key = await newSessionWithEvents({ ...context, service: here }, 150);
        const { events } = await read(here, key);
        const [first] = events;
        assert.ok(first !== undefined);
        assert.deepEqual(await there.appendEvent({ ...key, event: first }), first);
        assert.deepEqual(await there.appendEvents({ ...key, events }), events);
        const onStored = 'skip' as const;
        const more = [...events.slice(140), { id: 'more', timestamp: at(999) }];
        assert.equal((await there.appendEvents({ ...key, events: more, onStored })).length, 11);
        const event = { ...first, author: 'another' };
        await expectError(() => there.appendEvent({ ...key, event }), { code: 'already_exists' });
        for (const service of services) assert.equal((await read(service, key)).revision, 151);
      }
    },
  },
  {
    title: 'knows in another process what is taken, has moved on, or was created again',
    needs: 'shared',
    needsProcess: true,
    async run(context) {
      const services = await both(context);
      for (const [here, there] of bothWays(services)) {
        const key = context.newKey();
        // Both know the session as it was before.
        assert.equal(await there.get(key), undefined);
        await here.create({ ...key, state: { of: 'here' } });
        await expectError(() => there.create(key), { code: 'already_exists' });
        const got = await there.getOrCreate({ ...key, state: { of: 'there' } });
        assert.equal(got.state.get('of'), 'here');
        await here.appendEvent({ ...key, event: { id: 'e1', timestamp: at(1) } });
        const late = { ...key, event: { timestamp: at(2) }, expectedRevision: 0 };
        await expectError(() => there.appendEvent(late), { code: 'conflict', revision: 1 });
        assert.equal(await here.delete(key), true);
        assert.equal(await there.delete(key), false);
        await expectError(() => there.listEvents(key), { code: 'not_found' });
        await expectError(() => there.appendEvent({ ...key, event: {} }), { code: 'not_found' });
        const again = await there.create(key);
        assert.notEqual(again.incarnation, got.incarnation);
        const { incarnation: expectedIncarnation } = got;
        const old = { ...key, event: { timestamp: at(3) }, expectedIncarnation };
        await expectError(() => here.appendEvent(old), { code: 'conflict' });
        const event = { id: 'e1', timestamp: at(4), author: 'another' };
        assert.equal((await here.appendEvent({ ...key, event })).seq, 1);
        assert.deepEqual((await read(there, key)).toJSON(), (await read(here, key)).toJSON());
      }
    },
  },
  {
    title: 'has in another process what was written before, and here what that one wrote',
    needs: 'persistent',
    needsProcess: true,
    async run(context) {
      const { service, reopen, startProcess } = context;
      const [mine, theirs] = [newStory(context), newStory(context)];
      await tell(mine, service);
      const before = await viewOf(service, mine.keys);
      await service.close();
      const other = await startProcess(service);
      assert.deepEqual(await viewOf(other.service, mine.keys), before);
      await tell(theirs, other.service);
      const after = await viewOf(other.service, theirs.keys);
      await other.service.close();
      const reopened = await reopen(service);
      assert.deepEqual(await viewOf(reopened, mine.keys), before);
      assert.deepEqual(await viewOf(reopened, theirs.keys), after);
    },
  },
]);
