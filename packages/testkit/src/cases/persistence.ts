import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { another, aPause, type Instances } from '../race.ts';
import {
  at,
  idsOf,
  newSession,
  newSessionWithEvents,
  newSibling,
  read,
  seqsOf,
  upTo,
} from '../scenario.ts';
import { viewOf } from '../storage-view.ts';
import { newStory, tell } from '../story.ts';

/** One writes, then the other, by turns: each sees at once what either wrote. */
export async function expectSeenByBoth(context: CaseContext, instances: Instances): Promise<void> {
  const [one, other] = instances;
  const { keys, steps } = newStory(context);
  // What is read before may be kept, and must not be shown later.
  await viewOf(other, keys);
  for (const by of [0, 1] as const) {
    const begun = by === 0 ? { keys, steps } : newStory(context);
    for (const [n, step] of begun.steps.entries()) {
      await step(instances[(n + by) % 2 === 0 ? 0 : 1]);
      const views = [await viewOf(one, begun.keys), await viewOf(other, begun.keys)];
      assert.deepEqual(views[1], views[0], `write ${n + 1} must be seen by both`);
    }
  }
}

/** What one has read, and closes with, undoes nothing that the other wrote meanwhile. */
export async function expectUndisturbed(context: CaseContext, instances: Instances): Promise<void> {
  const [writer, leaver] = instances;
  const earlier = newStory(context);
  await tell(earlier, writer);
  await viewOf(leaver, earlier.keys);
  await leaver.updateState({ ...ownerOf(earlier.keys), set: { left: 1 } });
  const story = newStory(context);
  await tell(story, writer);
  const key = story.keys[0] ?? context.newKey();
  await writer.appendEvent({ ...key, event: { id: 'before', timestamp: at(20) } });
  const keys = [...earlier.keys, ...story.keys];
  const before = [await viewOf(writer, earlier.keys), await viewOf(writer, story.keys)];
  await leaver.close();
  const third = await another(context);
  for (const service of [writer, third]) {
    const after = [await viewOf(service, earlier.keys), await viewOf(service, story.keys)];
    assert.deepEqual(after, before, 'an instance that closes must change nothing');
  }
  await writer.appendEvent({ ...key, event: { id: 'after', timestamp: at(21) } });
  assert.deepEqual(await viewOf(third, keys), await viewOf(writer, keys));
}

function ownerOf([key]: readonly { readonly appName: string; readonly userId: string }[]) {
  const { appName = '', userId = '' } = key ?? {};
  return { scope: 'user', appName, userId } as const;
}

/** Values of which a storage makes something else if it is not careful. */
const oddValues = {
  text: 'a\r\nb\u2028c\0d\ufeff\ud83d\ude00é',
  lone: '\ud800',
  date: '2026-01-02T03:04:05.678Z',
  numbers: [0, 1e21, 5e-324, 9_007_199_254_740_991, 0.1, -1.5],
  empty: ['', [], {}, null],
  'a.b/c:d': { '': { ['__proto__']: 1, constructor: 2 } },
  10: 'ten',
  2: 'two',
  long: 'x'.repeat(70_000),
};

export const persistenceCases = casesOf('lifecycle', [
  {
    title: 'has each kind of write when its storage is opened again',
    needs: 'persistent',
    async run(context) {
      const { keys, steps } = newStory(context);
      let { service } = context;
      for (const [n, step] of steps.entries()) {
        await step(service);
        const before = await viewOf(service, keys);
        await service.close();
        service = await context.reopen(service);
        assert.deepEqual(await viewOf(service, keys), before, `after write ${n + 1}`);
      }
    },
  },
  {
    title: 'has each kind of write at once in an instance that is opened after it',
    needs: 'shared',
    async run(context) {
      const { keys, steps } = newStory(context);
      let { service } = context;
      for (const [n, step] of steps.entries()) {
        await step(service);
        const opened = await context.reopen(service);
        const view = await viewOf(opened, keys);
        assert.deepEqual(await viewOf(service, keys), view, `after write ${n + 1}`);
        service = opened;
      }
    },
  },
  {
    title: 'shows each kind of write of one instance at once in the other',
    needs: 'shared',
    run: async (context) => expectSeenByBoth(context, [context.service, await another(context)]),
  },
  {
    title: 'is not disturbed by another instance that closes',
    needs: 'shared',
    run: async (context) => expectUndisturbed(context, [context.service, await another(context)]),
  },
  {
    title: 'gives back the same values when its storage is opened again',
    needs: 'persistent',
    async run(context) {
      const { service, newKey } = context;
      const key = newKey();
      const { appName, userId } = key;
      const state = { own: oddValues, 'user:theirs': oddValues, 'app:everyones': oddValues };
      await service.create({ ...key, state });
      const [content, customMetadata] = [{ parts: [{ text: oddValues.text }] }, oddValues];
      const event = { id: 'e1', timestamp: at(1), author: 'ü\0', content, customMetadata };
      const stored = await service.appendEvent({ ...key, event });
      const set = { [oddValues.date]: oddValues, ['__proto__']: [1] };
      await service.updateState({ scope: 'user', appName, userId, set });
      await service.close();
      const reopened = await context.reopen(service);
      const session = await read(reopened, key);
      assert.deepEqual(session.events, [stored]);
      assert.deepEqual(stored['customMetadata'], oddValues);
      assert.deepEqual(session.state.get('own'), oddValues);
      assert.deepEqual(await reopened.getState({ scope: 'app', appName }), {
        everyones: oddValues,
      });
      const theirs = await reopened.getState({ scope: 'user', appName, userId });
      assert.deepEqual(theirs, { theirs: oddValues, ...set });
      assert.deepEqual(await reopened.appendEvent({ ...key, event }), stored);
    },
  },
  {
    title: 'knows what was stored before its storage was opened again, for retries and refusals',
    needs: 'persistent',
    async run(context) {
      const { service, reopen } = context;
      const key = await newSessionWithEvents(context, 150);
      const gone = await newSessionWithEvents(context, 2);
      const { incarnation, events } = await read(service, key);
      await service.delete(gone);
      await service.close();
      const reopened = await reopen(service);
      const [first, second] = events;
      assert.ok(first !== undefined && second !== undefined);
      assert.deepEqual(await reopened.appendEvent({ ...key, event: first }), first);
      assert.deepEqual(await reopened.appendEvents({ ...key, events }), events);
      const changed = { ...first, author: 'another' };
      const taken = { code: 'already_exists' } as const;
      await expectError(() => reopened.appendEvent({ ...key, event: changed }), taken);
      await expectError(() => reopened.create(key), taken);
      assert.equal((await reopened.getOrCreate({ ...key, state: { a: 1 } })).state.size, 0);
      const late = { ...key, event: { timestamp: at(999) }, expectedRevision: 149 };
      await expectError(() => reopened.appendEvent(late), { code: 'conflict', revision: 150 });
      const expected = { ...key, expectedRevision: 150, expectedIncarnation: incarnation };
      const next = await reopened.appendEvent({ ...expected, event: { timestamp: at(999) } });
      assert.equal(next.seq, 151);
      assert.equal(await reopened.delete(gone), false);
      await reopened.create(gone);
      await reopened.appendEvent({ ...gone, event: { id: 'e2', timestamp: at(1) } });
      assert.deepEqual(idsOf((await read(reopened, gone)).events), ['e2']);
    },
  },
  {
    title: 'has all of many sessions and events when its storage is opened again, in their order',
    needs: 'persistent',
    async run(context) {
      const { service, reopen } = context;
      const first = await newSession(context);
      const { appName, userId } = first;
      const siblings = await Promise.all(upTo(24).map(() => newSibling(context, first)));
      await Promise.all(
        siblings.map((key, n) =>
          service.appendEvent({ ...key, event: { timestamp: at((n % 5) + 1) } }),
        ),
      );
      const events = upTo(250).map((n) => ({ timestamp: at((n * 7) % 11) }));
      await service.appendEvents({ ...first, events });
      const list = { appName, userId, limit: 10, includeTotal: true };
      const page = await service.list(list);
      const { sessions } = await service.list({ appName, userId });
      const session = (await read(service, first)).toJSON();
      await service.close();
      const reopened = await reopen(service);
      assert.equal(page.total, 25);
      const rest = await reopened.list({ ...list, cursor: page.nextCursor });
      assert.deepEqual([...page.sessions, ...rest.sessions], sessions.slice(0, 20));
      assert.deepEqual((await reopened.list({ appName, userId })).sessions, sessions);
      assert.deepEqual((await read(reopened, first)).toJSON(), session);
      const last = await reopened.listEvents({ ...first, order: 'desc', limit: 3 });
      assert.deepEqual(seqsOf(last.events), [250, 249, 248]);
    },
  },
  {
    title: 'has the calls that it had accepted when it was closed',
    needs: 'persistent',
    async run(context) {
      const { service, newKey, newId } = context;
      const key = await newSession(context);
      const { appName, userId } = key;
      const owner = { scope: 'user', appName, userId } as const;
      const created = upTo(4).map(() => ({ ...key, sessionId: newId('created') }));
      const gone = newKey();
      await service.create(gone);
      const calls = Promise.all([
        ...upTo(6).map((n) => service.appendEvent({ ...key, event: { id: `e${n}` } })),
        ...created.map((each) => service.create(each)),
        ...upTo(4).map((n) => service.updateState({ ...owner, set: { [`k${n}`]: n } })),
        service.delete(gone),
      ]);
      await Promise.all([calls, service.close()]);
      const reopened = await context.reopen(service);
      assert.equal((await read(reopened, key)).revision, 6);
      for (const each of created) await read(reopened, each);
      assert.equal(Object.keys(await reopened.getState(owner)).length, 4);
      assert.equal(await reopened.get(gone), undefined);
    },
  },
  {
    title: 'loses nothing that is written while another instance is opened',
    needs: 'shared',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const sibling = await newSibling(context, key);
      const { appName, userId } = key;
      let isOpening = true;
      // Each to a session of its own: nobody else changes what a writer changes without end.
      const write = async (session: SessionKey) => {
        const written: string[] = [];
        for (let n = 1; isOpening; n++) {
          const id = `e${n}`;
          const actions = { stateDelta: { last: n } };
          await service.appendEvent({ ...session, event: { id, timestamp: at(n), actions } });
          written.push(id);
          // Opening may have to come between two of these, by a lock that need not be fair.
          await aPause();
        }
        return written;
      };
      const writing = Promise.all([write(key), write(sibling)]);
      writing.catch(() => {});
      const opened = [service];
      try {
        for (const _ of upTo(5)) {
          const instance = await another(context);
          opened.push(instance);
          await instance.updateState({
            scope: 'user',
            appName,
            userId,
            set: { [`by${opened.length}`]: 1 },
          });
        }
      } finally {
        isOpening = false;
      }
      const written = await writing;
      for (const each of opened) {
        const [first, second] = [await read(each, key), await read(each, sibling)];
        assert.deepEqual([idsOf(first.events), idsOf(second.events)], written);
        const { state } = second;
        assert.deepEqual(state.get('last'), second.revision);
        assert.equal([...state.keys()].filter((name) => name.startsWith('user:by')).length, 5);
      }
    },
  },
]);
