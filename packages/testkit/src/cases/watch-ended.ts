import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { someTurns } from '../race.ts';
import { newSessionWithEvents } from '../scenario.ts';

/** Watches whose events nobody wants any more. */
export const watchEndedCases = casesOf('watch', [
  {
    title: 'ends at once for who ends it while it waits',
    needs: 'watch',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 2);
      const watch = service.watch({ ...key, afterSeq: 2 })[Symbol.asyncIterator]();
      const waiting = [watch.next(), watch.next()];
      await someTurns(5);
      await watch.return?.();
      const nothing = { done: true, value: undefined };
      assert.deepEqual(await Promise.all(waiting), [nothing, nothing]);
      assert.deepEqual(await watch.next(), nothing);
    },
  },
  {
    title: 'gives several who ask at once one event each, in order',
    needs: 'watch',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 2);
      const watch = service.watch(key)[Symbol.asyncIterator]();
      const asked = [watch.next(), watch.next(), watch.next(), watch.next()];
      await service.appendEvents({ ...key, events: [{}, {}] });
      const events = await Promise.all(asked);
      assert.deepEqual(
        events.map(({ value }) => value?.seq),
        [1, 2, 3, 4],
      );
      await watch.return?.();
    },
  },
]);
