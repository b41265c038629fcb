import assert from 'node:assert/strict';
import { exportUser, importRecords, type SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import {
  expectNothingOfBefore,
  expectWhole,
  expectWholeSession,
  expireHalf,
  killDuring,
  newWorld,
  recordsOf,
  renamed,
} from '../killed-life.ts';
import { patiently } from '../killed-writer.ts';
import { read, upTo } from '../scenario.ts';

// So often is a process killed, each time at another moment.
const KILLS = 3;

interface Round {
  /** What the process does. */
  work(service: SessionService): Promise<unknown>;
  /** What must be there, however far it came; then it is done again. */
  expect(): Promise<void>;
}

/** Kills a process in the midst of some work, again and again: each round is made anew. */
async function killInRounds(context: CaseContext, begin: () => Promise<Round>): Promise<void> {
  const { service, random, startProcess } = context;
  // How long it takes if nobody is killed says where its midst is.
  const first = await begin();
  const whole = await startProcess(service);
  const start = performance.now();
  await first.work(whole.service);
  const took = performance.now() - start;
  await whole.kill();
  await first.expect();
  for (const n of upTo(KILLS)) {
    const round = await begin();
    const ms = (took * (n - 1 + random.below(100) / 100)) / KILLS;
    await killDuring(await startProcess(service), { work: (there) => round.work(there), ms });
    await round.expect();
  }
}

export const killedLifeCases = casesOf('processes', [
  {
    title: 'has a fork as a whole or not at all, if its process is killed',
    needs: ['shared', 'fork', 'updateSession'],
    needsProcess: true,
    async run(context) {
      const { service } = context;
      await killInRounds(context, async () => {
        const world = await newWorld(context);
        const [source] = world.keys;
        assert.ok(source !== undefined);
        const fork = { ...source, newSessionId: 'fork', labels: { status: 'open' } };
        const forked = { ...source, sessionId: 'fork' };
        return {
          work: (there) => there.fork(fork),
          async expect() {
            const there = await patiently(() => service.get(forked));
            if (there === undefined) await service.fork(fork);
            await expectWhole(service, { ...world, keys: [forked, ...world.keys] });
            expectWholeSession(await read(service, forked));
          },
        };
      });
    },
  },
  {
    title: 'has erased events all or none, with the marker, if the process is killed',
    needs: ['shared', 'erase', 'updateSession'],
    needsProcess: true,
    async run(context) {
      const { service } = context;
      await killInRounds(context, async () => {
        const world = await newWorld(context);
        const [key] = world.keys;
        assert.ok(key !== undefined);
        const { revision } = await read(service, key);
        const retract = { ...key, throughSeq: revision, erase: true };
        return {
          work: (there) => there.retract(retract),
          async expect() {
            const { events } = await patiently(() => read(service, key));
            const erased = events.filter((event) => event.erased === true).length;
            if (events.length === revision) {
              assert.equal(erased, 0, 'without a marker nothing is erased');
              await service.retract(retract);
            } else {
              assert.equal(erased, revision, 'with the marker all of it is');
            }
            const now = await read(service, key);
            assert.equal(now.revision, revision + 1);
            assert.equal(now.events.filter((event) => event.erased === true).length, revision);
            assert.deepEqual(now.conversationHistory, []);
          },
        };
      });
    },
  },
  {
    title: 'has each session that is swept as a whole or not at all, if the process is killed',
    needs: ['shared', 'sweep', 'updateSession'],
    needsProcess: true,
    async run(context) {
      const { service } = context;
      await killInRounds(context, async () => {
        const world = await newWorld(context);
        const { appName, userId, keys, expired } = world;
        await expireHalf(service, world);
        return {
          work: (there) => there.sweep({ appName, userId }),
          async expect() {
            assert.equal((await expectWhole(service, world)).length, keys.length - expired.length);
            const swept = await patiently(() => service.sweep({ appName, userId }));
            assert.ok(swept.done && swept.deleted <= expired.length);
            assert.equal((await service.sweep({ appName, userId })).deleted, 0);
            await expectNothingOfBefore(service, expired);
          },
        };
      });
    },
  },
  {
    title: 'goes on with the erasure of a user whose process was killed',
    needs: ['shared', 'eraseUser', 'updateSession'],
    needsProcess: true,
    async run(context) {
      const { service } = context;
      await killInRounds(context, async () => {
        const world = await newWorld(context);
        const { appName, userId, keys } = world;
        const user = { appName, userId };
        return {
          work: (there) => there.eraseUser(user),
          async expect() {
            const left = await expectWhole(service, world);
            const state = await service.getState({ scope: 'user', ...user });
            const hasState = Object.keys(state).length > 0;
            assert.ok(hasState || left.length === 0, 'the state of the user goes last');
            const { sessions } = await patiently(() => service.eraseUser(user));
            assert.equal(sessions, left.length);
            assert.deepEqual(await service.getState({ scope: 'user', ...user }), {});
            assert.deepEqual((await service.list({ ...user })).sessions, []);
            await expectNothingOfBefore(service, keys);
          },
        };
      });
    },
  },
  {
    title: 'goes on with an import whose process was killed, and doubles nothing',
    needs: ['shared', 'importSession', 'updateSession'],
    needsProcess: true,
    async run(context) {
      const { service, newId } = context;
      const source = await newWorld(context);
      const records = await recordsOf(service, source);
      await killInRounds(context, async () => {
        const userId = newId('user');
        const moved = renamed(records, userId);
        const keys = source.keys.map((key) => ({ ...key, userId }));
        const world = { ...source, userId, keys };
        return {
          work: (there) => importRecords(there, moved),
          async expect() {
            const present = await expectWhole(service, world);
            const result = await patiently(() => importRecords(service, moved));
            assert.equal(result.present, present.length);
            assert.equal(result.sessions, keys.length - present.length);
            assert.equal((await expectWhole(service, world)).length, keys.length);
            const again: unknown[] = [];
            for await (const record of exportUser(service, world)) again.push(record);
            assert.deepEqual(again, moved);
          },
        };
      });
    },
  },
]);
