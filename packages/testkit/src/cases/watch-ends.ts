import assert from 'node:assert/strict';
import type { SessionKey, SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError, refusalOf } from '../expect-error.ts';
import { expire, firstWatched } from '../gone.ts';
import { another, type Instances, someTurns } from '../race.ts';
import { idsOf, newSessionWithEvents, newSibling, read, upTo } from '../scenario.ts';
import { appendEach, expectSeqs, watching } from '../watching.ts';

/** Ways in which a session ends. */
const ends: readonly (readonly [string, (service: SessionService, key: SessionKey) => unknown])[] =
  [
    ['is deleted', (service, key) => service.delete(key)],
    [
      'is deleted and created again',
      async (service, key) => {
        await service.delete(key);
        await service.create(key);
        await appendEach(service, { key, ids: ['new1', 'new2', 'new3', 'new4', 'new5'] });
      },
    ],
    [
      'expires',
      async (service, key) => {
        if (service.capabilities.updateSession) await expire(service, key);
        else await service.delete(key);
      },
    ],
    [
      'has expired and is created again',
      async (service, key) => {
        if (service.capabilities.updateSession) await expire(service, key);
        else await service.delete(key);
        await service.getOrCreate(key);
        await appendEach(service, { key, ids: ['new1', 'new2', 'new3', 'new4', 'new5'] });
      },
    ],
    [
      'goes with its user',
      async (service, key) => {
        if (service.capabilities.eraseUser) await service.eraseUser(key);
        else await service.delete(key);
      },
    ],
  ];

async function expectEnd(
  context: CaseContext,
  [watcher, writer]: Instances,
  end: (service: SessionService, key: SessionKey) => unknown,
): Promise<void> {
  const key = await newSessionWithEvents(context, 3);
  const sibling = await newSibling(context, key);
  const waiting = watching(watcher, key);
  const late = watching(watcher, { ...key, afterSeq: 3 });
  const other = watching(watcher, sibling);
  await waiting.until(3);
  await end(writer, key);
  for (const { end } of [waiting, late]) {
    const error = await end;
    await expectError(() => Promise.reject(error), { code: 'not_found', key });
  }
  expectSeqs(waiting.events, { last: 3 });
  expectSeqs(late.events, { last: 0 });
  // The other session may have gone with its user.
  await unlessGone(() => appendEach(writer, { key: sibling, ids: ['e1'] }));
  if ((await writer.get(sibling)) === undefined) return void (await other.end);
  await other.until(1);
  assert.deepEqual(idsOf(other.events), ['e1']);
  await writer.delete(sibling);
  await other.end;
}

async function unlessGone(call: () => Promise<unknown>): Promise<void> {
  const error = await refusalOf(call);
  if (error !== undefined) {
    await expectError(() => Promise.reject(error), { code: 'not_found' });
  }
}

export const watchEndCases = casesOf('watch', [
  ...ends.map(([what, end]) => ({
    title: `ends with \`not_found\` when the session ${what}`,
    needs: 'watch' as const,
    run: (context: CaseContext) => expectEnd(context, [context.service, context.service], end),
  })),
  ...ends.map(([what, end]) => ({
    title: `ends with \`not_found\` when the session ${what} by another instance`,
    needs: ['watch', 'shared'] as const,
    run: async (context: CaseContext) =>
      expectEnd(context, [context.service, await another(context)], end),
  })),
  {
    title: 'ends with `not_found` when an idle session expires by itself',
    needs: ['watch', 'updateSession'],
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 1);
      const watch = watching(service, key);
      await watch.until(1);
      await service.updateSession({ ...key, expires: { afterIdle: 1 } });
      const error = await watch.end;
      await expectError(() => Promise.reject(error), { code: 'not_found', key });
    },
  },
  {
    title: 'ends with `not_found` at once if there is no session',
    needs: 'watch',
    async run(context) {
      const { service, newKey } = context;
      const key = newKey();
      const missing = { code: 'not_found', key } as const;
      await expectError(() => firstWatched(service, key), missing);
      await expectError(() => firstWatched(service, { ...key, afterSeq: 5 }), missing);
      const { events } = await read(service, await newSessionWithEvents(context, 1));
      assert.equal(events.length, 1);
      await service.create(key);
      const watch = watching(service, key);
      await appendEach(service, { key, ids: ['e1'] });
      await watch.until(1);
      await service.delete(key);
      await watch.end;
      assert.deepEqual(idsOf(watch.events), ['e1']);
    },
  },
  {
    title: 'ends with the reason of its signal, whether it waits or not',
    needs: 'watch',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 2);
      const reason = new Error('the page was closed');
      const before = { ...key, signal: AbortSignal.abort(reason) };
      assert.equal(await refusalOf(() => firstWatched(service, before)), reason);
      const controller = new AbortController();
      const waiting = watching(service, { ...key, signal: controller.signal });
      const other = watching(service, key);
      await Promise.all([waiting.until(2), other.until(2)]);
      await someTurns(10);
      controller.abort(reason);
      assert.equal(await waiting.end, reason);
      expectSeqs(waiting.events, { last: 2 });
      const second = new AbortController();
      const seen: unknown[] = [];
      const reading = refusalOf(async () => {
        for await (const event of service.watch({ ...key, signal: second.signal })) {
          seen.push(event.seq);
          second.abort(reason);
        }
      });
      assert.equal(await reading, reason);
      assert.deepEqual(seen, [1]);
      await appendEach(service, { key, ids: ['e3'] });
      await other.until(3);
      expectSeqs(other.events, { last: 3 });
      await service.delete(key);
      await other.end;
    },
  },
  {
    title: 'ends with `closed` when the service is closed, which waits for no watcher',
    needs: 'watch',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 2);
      const waiting = upTo(3).map(() => watching(service, key));
      for (const watch of waiting) await watch.until(2);
      await someTurns(10);
      const left = service.watch(key)[Symbol.asyncIterator]();
      assert.equal((await left.next()).value?.seq, 1);
      await service.close();
      for (const watch of waiting) {
        const error = await watch.end;
        await expectError(() => Promise.reject(error), { code: 'closed' });
        expectSeqs(watch.events, { last: 2 });
      }
      await expectError(() => firstWatched(service, key), { code: 'closed' });
      await left.return?.();
    },
  },
]);
