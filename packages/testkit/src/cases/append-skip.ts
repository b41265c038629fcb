import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { at, idsOf, newSession, read, readState, seqsOf } from '../scenario.ts';

const a = { id: 'a', timestamp: at(1), author: 'user' };
const b = { id: 'b', timestamp: at(2), author: 'agent' };
const c = { id: 'c', timestamp: at(3), author: 'agent' };
const d = { id: 'd', timestamp: at(4), author: 'user' };

const onStored = 'skip';

async function stored(service: SessionService, key: SessionKey): Promise<unknown> {
  return (await read(service, key)).toJSON();
}

/** Batches of which a part is stored already: `onStored: 'skip'` appends the rest. */
export const appendSkipCases = casesOf('append', [
  {
    title:
      "appends only what is not stored yet for `onStored: 'skip'`, and answers with all events",
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await service.appendEvents({ ...key, events: [a, b] });
      const partial = { id: 'p', timestamp: at(9), partial: true };
      const events = [c, b, partial, d, a];
      const answer = await service.appendEvents({ ...key, events, onStored });
      assert.deepEqual(idsOf(answer), ['c', 'b', 'p', 'd', 'a']);
      assert.deepEqual(seqsOf(answer), [3, 2, undefined, 4, 1]);
      const all = (await read(service, key)).events;
      assert.deepEqual(idsOf(all), ['a', 'b', 'c', 'd']);
      assert.deepEqual([answer[4], answer[1], answer[0], answer[3]], all);
    },
  },
  {
    title: "changes the state only by what it appends for `onStored: 'skip'`",
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const set = (stateDelta: Record<string, number>) => ({ actions: { stateDelta } });
      const first = { ...a, ...set({ own: 1, 'user:theirs': 1, 'app:everyones': 1 }) };
      await service.appendEvent({ ...key, event: first });
      const later = { own: 2, 'user:theirs': 2, 'app:everyones': 2 };
      await service.appendEvent({ ...key, event: { ...b, ...set(later) } });
      const events = [first, { ...c, ...set({ other: 3 }) }];
      await service.appendEvents({ ...key, events, onStored });
      assert.deepEqual(await readState(service, key), { ...later, other: 3 });
    },
  },
  {
    title: "is `already_exists` for other content even with `onStored: 'skip'`, and writes nothing",
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await service.appendEvents({ ...key, events: [a, b] });
      const before = await stored(service, key);
      for (const events of [
        [c, { ...b, author: 'someone' }],
        [a, { ...b, actions: { stateDelta: { own: 1 } } }, c],
      ]) {
        const expected = { code: 'already_exists', key } as const;
        await expectError(() => service.appendEvents({ ...key, events, onStored }), expected);
      }
      assert.deepEqual(await stored(service, key), before);
    },
  },
  {
    title:
      "answers with the stored events, and writes nothing, if `onStored: 'skip'` skips them all",
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const events = await service.appendEvents({ ...key, events: [a, b, c] });
      const before = await stored(service, key);
      const answer = await service.appendEvents({ ...key, events: [a, c], onStored });
      assert.deepEqual(answer, [events[0], events[2]]);
      assert.deepEqual(await stored(service, key), before);
    },
  },
  {
    title: "appends the rest only at `expectedRevision` for `onStored: 'skip'`",
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await service.appendEvents({ ...key, events: [a, b] });
      const before = await stored(service, key);
      const events = [b, c];
      for (const expectedRevision of [0, 1]) {
        const call = () => service.appendEvents({ ...key, events, onStored, expectedRevision });
        await expectError(call, { code: 'conflict', key });
      }
      assert.deepEqual(await stored(service, key), before);
      const request = { ...key, events, onStored, expectedRevision: 2 } as const;
      assert.deepEqual(seqsOf(await service.appendEvents(request)), [2, 3]);
    },
  },
  {
    title: "answers a retry with `onStored: 'skip'` as it did the first time",
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await service.appendEvent({ ...key, event: a });
      const events = [b, a, c];
      const request = { ...key, events, onStored, expectedRevision: 1 } as const;
      const answer = await service.appendEvents(request);
      await service.appendEvent({ ...key, event: d });
      assert.deepEqual(await service.appendEvents(request), answer);
      assert.deepEqual(idsOf((await read(service, key)).events), ['a', 'b', 'c', 'd']);
    },
  },
  {
    title: "appends the whole batch for `onStored: 'skip'` if nothing is stored yet",
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const answer = await service.appendEvents({ ...key, events: [a, b], onStored });
      assert.deepEqual(seqsOf(answer), [1, 2]);
      assert.deepEqual((await read(service, key)).events, answer);
    },
  },
  {
    title: 'refuses an unknown `onStored`',
    async run(context) {
      const key = await newSession(context);
      for (const wrong of ['ignore', true, null]) {
        const request = { ...key, events: [a], onStored: wrong } as never;
        const expected = { code: 'invalid_argument', path: 'onStored' } as const;
        await expectError(() => context.service.appendEvents(request), expected);
      }
    },
  },
]);
