import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { at, idsOf, newSessionWithEvents, upTo } from '../scenario.ts';
import { expectSeqs, watching } from '../watching.ts';

export const watchProcessCases = casesOf('processes', [
  {
    title: 'shows a watcher the events of another process, and its end',
    needs: ['watch', 'shared'],
    needsProcess: true,
    async run(context) {
      const { service: there } = await context.startProcess(context.service);
      const here = context.service;
      for (const [watcher, writer] of [
        [here, there],
        [there, here],
      ] as const) {
        const key = await newSessionWithEvents(context, 2);
        const watch = watching(watcher, key);
        await watch.until(2);
        for (const n of upTo(3)) {
          await writer.appendEvent({ ...key, event: { id: `w${n}`, timestamp: at(n) } });
          await watch.until(2 + n);
        }
        await writer.appendEvents({ ...key, events: [{ id: 'b1' }, { id: 'b2' }] });
        await watch.until(7);
        expectSeqs(watch.events, { last: 7 });
        assert.deepEqual(idsOf(watch.events).slice(2), ['w1', 'w2', 'w3', 'b1', 'b2']);
        await writer.delete(key);
        const error = await watch.end;
        await expectError(() => Promise.reject(error), { code: 'not_found', key });
      }
    },
  },
  {
    title: 'goes on watching when a process that wrote, and watched, is killed',
    needs: ['watch', 'shared'],
    needsProcess: true,
    async run(context) {
      const { service } = context;
      const other = await context.startProcess(service);
      const key = await newSessionWithEvents(context, 1);
      const watch = watching(service, key);
      const theirs = watching(other.service, key);
      await other.service.appendEvent({ ...key, event: { id: 'theirs', timestamp: at(1) } });
      await Promise.all([watch.until(2), theirs.until(2)]);
      await other.kill();
      await theirs.end;
      await service.appendEvent({ ...key, event: { id: 'mine', timestamp: at(1) } });
      await watch.until(3);
      assert.deepEqual(idsOf(watch.events), ['e1', 'theirs', 'mine']);
      await service.delete(key);
      await watch.end;
    },
  },
]);
