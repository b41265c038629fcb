import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { nextTurn } from '../race.ts';
import {
  at,
  idsOf,
  newSession,
  newSessionWithEvents,
  read,
  readState,
  seqsOf,
  upTo,
} from '../scenario.ts';

const capabilityNames = [
  ...['atomicAppState', 'erase', 'eraseUser', 'evicts', 'fork', 'getEvent', 'importSession'],
  ...['increments', 'listAllUsers', 'listUsers', 'persistent', 'shared', 'sweep', 'turns'],
  ...['updateSession', 'watch'],
];

export const lifecycleCases = casesOf('lifecycle', [
  {
    title: 'declares its capabilities: the closed set, each true or false, frozen',
    async run({ service }) {
      assert.deepEqual(Object.keys(service.capabilities).sort(), capabilityNames);
      for (const value of Object.values(service.capabilities))
        assert.equal(typeof value, 'boolean');
      assert.ok(Object.isFrozen(service.capabilities), 'the capabilities must be frozen');
    },
  },
  {
    title: 'rejects, and never throws at once',
    async run({ service }) {
      const wrong = undefined as never;
      const calls = [
        () => service.create(wrong),
        () => service.get(wrong),
        () => service.getOrCreate(wrong),
        () => service.list(wrong),
        () => service.delete(wrong),
        () => service.appendEvent(wrong),
        () => service.appendEvents(wrong),
        () => service.listEvents(wrong),
        () => service.getState(wrong),
        () => service.updateState(wrong),
      ];
      for (const call of calls) {
        let answer: Promise<unknown> | undefined;
        assert.doesNotThrow(() => {
          answer = call();
        });
        await assert.rejects(async () => answer);
      }
    },
  },
  {
    title: 'can be closed twice, even at the same time',
    async run({ service }) {
      await Promise.all([service.close(), service.close()]);
      await service.close();
    },
  },
  {
    title: 'is `closed` to every call after `close`',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const { appName, userId } = key;
      const owner = { scope: 'user', appName, userId } as const;
      await service.close();
      for (const call of [
        () => service.create({ appName, userId }),
        () => service.get(key),
        () => service.getOrCreate(key),
        () => service.list({ appName, userId }),
        () => service.delete(key),
        () => service.appendEvent({ ...key, event: {} }),
        () => service.appendEvent({ ...key, event: { partial: true } }),
        () => service.appendEvents({ ...key, events: [{}] }),
        () => service.appendEvents({ ...key, events: [] }),
        () => service.listEvents(key),
        () => service.getState(owner),
        () => service.updateState({ ...owner, set: { a: 1 } }),
      ]) {
        await expectError(call, { code: 'closed' });
      }
    },
  },
  {
    title: 'finishes the calls that it has accepted before `close` is done',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      let finished = 0;
      const calls = Promise.allSettled(
        upTo(10).map(async (n) => {
          const { seq } = await service.appendEvent({ ...key, event: { timestamp: at(n) } });
          finished++;
          return seq;
        }),
      );
      await service.close();
      await nextTurn();
      const finishedAtClose = finished;
      const seqs = (await calls).map((each) => (each.status === 'fulfilled' ? each.value : each));
      assert.deepEqual(new Set(seqs), new Set(upTo(10)));
      assert.equal(finishedAtClose, 10, 'close must wait for the calls before it');
    },
  },
  {
    title: 'is closed by `Symbol.asyncDispose`',
    async run({ service, newKey }) {
      await service[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
      await assert.rejects(service.get(newKey()));
    },
  },
  {
    title: 'has everything that was acknowledged when its storage is opened again',
    needs: 'persistent',
    async run(context) {
      const { service, reopen } = context;
      const key = await newSession(context, { own: 1, 'user:theirs': 2, 'app:everyones': 3 });
      const actions = { stateDelta: { later: { list: [4] } } };
      await service.appendEvent({ ...key, event: { id: 'e1', timestamp: at(1), actions } });
      const before = (await read(service, key)).toJSON();
      await service.close();
      const reopened = await reopen(service);
      assert.deepEqual((await read(reopened, key)).toJSON(), before);
      const { appName, userId } = key;
      assert.deepEqual(idsOf((await reopened.list({ appName, userId })).sessions), [key.sessionId]);
    },
  },
  {
    title: 'continues where it was when its storage is opened again',
    needs: 'persistent',
    async run(context) {
      const { service, reopen } = context;
      const key = await newSession(context);
      const event = { id: 'e1', timestamp: at(1) };
      const stored = await service.appendEvent({ ...key, event });
      await service.close();
      const reopened = await reopen(service);
      await expectError(() => reopened.create(key), { code: 'already_exists' });
      assert.deepEqual(await reopened.appendEvent({ ...key, event }), stored);
      const next = await reopened.appendEvent({ ...key, event: { timestamp: at(2) } });
      assert.equal(next.seq, 2);
    },
  },
  {
    title: 'shows at once what another instance has written',
    needs: 'shared',
    async run(context) {
      const { service, reopen } = context;
      const other = await reopen(service);
      const key = await newSession(context, { 'app:everyones': 0 });
      for (const n of upTo(5)) {
        const [writer, reader] = n % 2 === 0 ? [service, other] : [other, service];
        const actions = { stateDelta: { own: n, 'user:theirs': n, 'app:everyones': n } };
        await writer.appendEvent({ ...key, event: { timestamp: at(n), actions } });
        const expected = { own: n, 'user:theirs': n, 'app:everyones': n };
        assert.deepEqual(await readState(reader, key), expected);
        assert.equal((await read(reader, key)).revision, n);
      }
    },
  },
  {
    title: 'lets two instances append to one session at the same time',
    needs: 'shared',
    async run(context) {
      const { service, reopen } = context;
      const other = await reopen(service);
      const key = await newSessionWithEvents(context, 1);
      const events = await Promise.all(
        upTo(20).map((n) => {
          const writer = n % 2 === 0 ? service : other;
          return writer.appendEvent({ ...key, event: { timestamp: at(n + 1) } });
        }),
      );
      const seqs = seqsOf(events).map(Number);
      assert.deepEqual(
        seqs.sort((a, b) => a - b),
        upTo(21).slice(1),
      );
      assert.deepEqual(seqsOf((await read(other, key)).events), upTo(21));
    },
  },
]);
