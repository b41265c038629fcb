import assert from 'node:assert/strict';
import { isHoldfastError, takeTurn } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { aPause } from '../race.ts';
import { idsOf, newSession, read } from '../scenario.ts';
import { eventInTurn as event, refusedTurn as refused } from '../turns.ts';

// How long the turn is held of a process that is killed, in ms.
const HELD_MS = 500;

export const turnProcessCases = casesOf('processes', [
  {
    title: 'shows a turn of one process to the other',
    needs: ['turns', 'shared'],
    needsProcess: true,
    async run(context) {
      const { service: there } = await context.startProcess(context.service);
      const here = context.service;
      const key = await newSession(context);
      for (const [one, other] of [
        [here, there],
        [there, here],
      ] as const) {
        await one.acquireTurn({ ...key, turn: 'a' });
        await expectError(() => other.acquireTurn({ ...key, turn: 'b' }), refused);
        const append = () => other.appendEvent({ ...key, event: event('e'), turn: 'b' });
        await expectError(append, refused);
        await other.appendEvent({ ...key, event: {}, turn: 'a' });
        assert.equal(await other.releaseTurn({ ...key, turn: 'a' }), true);
        const late = () => one.appendEvent({ ...key, event: event('e'), turn: 'a' });
        await expectError(late, refused);
      }
      const turn = { ...key, wait: false };
      await takeTurn(there, turn, async () => {
        await expectError(() => takeTurn(here, turn, async () => {}), refused);
      });
      assert.equal(await takeTurn(here, turn, async () => 'run'), 'run');
    },
  },
  {
    title: 'frees the session of a process that was killed in its turn, after the time of the turn',
    needs: ['turns', 'shared'],
    needsProcess: true,
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const other = await context.startProcess(service);
      const held = { ...key, turn: 'dead', ttl: HELD_MS };
      const begun = Date.now();
      await other.service.acquireTurn(held);
      await other.service.appendEvent({ ...key, event: event('e1'), turn: 'dead' });
      await other.kill();
      for (;;) {
        try {
          await takeTurn(service, { ...key, wait: false }, async (turn) => {
            assert.ok(Date.now() >= begun + HELD_MS, 'it is held for its time');
            await turn.append({ event: event('e2') });
          });
          break;
        } catch (error) {
          // A lock of the dead may be in the way for some time, too.
          if (!isHoldfastError(error, 'conflict') && !isHoldfastError(error, 'unavailable')) {
            throw error;
          }
          await aPause();
        }
      }
      const late = () => service.appendEvent({ ...key, event: event('e3'), turn: 'dead' });
      await expectError(late, refused);
      const { events } = await read(service, key);
      assert.deepEqual(idsOf(events), ['e1', 'e2']);
    },
  },
  {
    title: 'lets who waits in another process take the turn once it is let go',
    needs: ['turns', 'shared'],
    needsProcess: true,
    async run(context) {
      const { service } = context;
      const { service: there } = await context.startProcess(service);
      const key = await newSession(context);
      await there.acquireTurn({ ...key, turn: 'theirs' });
      let isFree = false;
      const waiting = takeTurn(service, key, async (turn) => {
        assert.ok(isFree, 'it is held until it is let go');
        return (await turn.append({ event: event('e2') })).seq;
      });
      await there.appendEvent({ ...key, event: event('e1'), turn: 'theirs' });
      isFree = true;
      await there.releaseTurn({ ...key, turn: 'theirs' });
      assert.equal(await waiting, 2);
    },
  },
]);
