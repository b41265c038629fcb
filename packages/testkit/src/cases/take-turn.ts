import assert from 'node:assert/strict';
import { isHoldfastError, takeTurn } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError, refusalOf } from '../expect-error.ts';
import { aPause } from '../race.ts';
import { newSession, read } from '../scenario.ts';
import { eventInTurn as event, refusedTurn as refused } from '../turns.ts';

// How long a turn is held that is extended or lost, in ms.
const HELD_MS = 250;

export const takeTurnCases = casesOf('turns', [
  {
    title: 'runs `takeTurn` with the session held, and lets it go however it ends',
    needs: 'turns',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const answer = await takeTurn(service, key, async (turn) => {
        await expectError(() => service.acquireTurn({ ...key, turn: 'other' }), refused);
        assert.deepEqual(turn.key, key);
        assert.equal(turn.signal.aborted, false);
        const first = await turn.append({ event: event('e1') });
        const more = await turn.appendEvents({ events: [event('e2')], expectedRevision: 1 });
        await service.appendEvent({ ...key, event: event('e3'), turn: turn.token });
        return [first, ...more].map(({ seq }) => seq);
      });
      assert.deepEqual(answer, [1, 2]);
      const reason = new Error('the model failed');
      const failed = await refusalOf(() =>
        takeTurn(service, key, async (turn) => {
          await turn.append({ event: event('e4') });
          throw reason;
        }),
      );
      assert.equal(failed, reason);
      assert.ok((await service.acquireTurn({ ...key, turn: 'free' })) > 0);
      assert.equal((await read(service, key)).revision, 4);
    },
  },
  {
    title: 'answers `takeTurn` at once if it is not to wait, and ends a wait by a signal',
    needs: 'turns',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await service.acquireTurn({ ...key, turn: 'other' });
      const never = async () => assert.fail('the turn must not run');
      await expectError(() => takeTurn(service, { ...key, wait: false }, never), refused);
      const reason = new Error('the page was closed');
      const controller = new AbortController();
      const request = { ...key, signal: controller.signal };
      const waiting = refusalOf(() => takeTurn(service, request, never));
      controller.abort(reason);
      assert.equal(await waiting, reason);
      assert.equal(await refusalOf(() => takeTurn(service, request, never)), reason);
      await service.releaseTurn({ ...key, turn: 'other' });
      assert.equal(await takeTurn(service, { ...key, wait: false }, async () => 'run'), 'run');
    },
  },
  {
    title: 'refuses the appends of a turn that was lost, and says so by its signal',
    needs: 'turns',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await takeTurn(service, { ...key, ttl: HELD_MS }, async (turn) => {
        await turn.append({ event: event('e1') });
        await service.releaseTurn({ ...key, turn: turn.token });
        await service.acquireTurn({ ...key, turn: 'thief' });
        await expectError(() => turn.append({ event: event('e2') }), refused);
        await expectError(() => turn.appendEvents({ events: [event('e2')] }), refused);
        // It is told by the next extension.
        while (!turn.signal.aborted) await aPause();
        const { reason } = turn.signal as { readonly reason?: unknown };
        assert.ok(isHoldfastError(reason, 'conflict'));
      });
      assert.equal(await service.releaseTurn({ ...key, turn: 'thief' }), true);
      assert.equal((await read(service, key)).revision, 1);
    },
  },
  {
    title: 'extends a turn for as long as it runs',
    needs: 'turns',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await takeTurn(service, { ...key, ttl: HELD_MS }, async (turn) => {
        const end = Date.now() + 3 * HELD_MS;
        while (Date.now() < end && !turn.signal.aborted) {
          const free = await refusalOf(() => service.acquireTurn({ ...key, turn: 'thief' }));
          if (free !== undefined) {
            await aPause();
            continue;
          }
          // A machine that stood still for so long: the turn has to notice that it was lost.
          await expectError(() => turn.append({ event: event('e1') }), refused);
          return;
        }
        await turn.append({ event: event('e1') });
      });
    },
  },
]);
