import assert from 'node:assert/strict';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { KilledWriter } from '../killed-writer.ts';
import { at, read, readState, upTo } from '../scenario.ts';
import { viewOf } from '../storage-view.ts';
import { newStory, tell } from '../story.ts';

// So often is a process killed, each time at another moment.
const KILLS = 8;

/** What a process writes last, and what must be seen of it when the process is gone. */
async function expectLastWrites({ service, newKey, startProcess }: CaseContext): Promise<void> {
  const key = newKey();
  const { appName, userId } = key;
  const owner = { scope: 'user', appName, userId } as const;
  let other = await startProcess(service);
  await other.service.create({ ...key, state: { own: 1, 'user:theirs': 1 } });
  await other.kill();
  assert.deepEqual(await readState(service, key), { own: 1, 'user:theirs': 1 });
  other = await startProcess(service);
  const actions = { stateDelta: { own: 2, 'user:theirs': 2 } };
  await other.service.appendEvent({ ...key, event: { id: 'e1', timestamp: at(1), actions } });
  await other.kill();
  assert.equal((await read(service, key)).revision, 1);
  assert.deepEqual(await readState(service, key), { own: 2, 'user:theirs': 2 });
  other = await startProcess(service);
  await other.service.updateState({ ...owner, set: { more: 3 }, remove: ['theirs'] });
  await other.kill();
  assert.deepEqual(await service.getState(owner), { more: 3 });
  other = await startProcess(service);
  await other.service.delete(key);
  await other.kill();
  assert.equal(await service.get(key), undefined);
  assert.deepEqual((await service.list({ appName, userId })).sessions, []);
}

export const killedProcessCases = casesOf('processes', [
  {
    title: 'has what was acknowledged last, if a process is killed right after it',
    needs: 'shared',
    needsProcess: true,
    run: expectLastWrites,
  },
  {
    title: 'has what a process wrote that was killed, when its storage is opened again',
    needs: 'persistent',
    needsProcess: true,
    async run(context) {
      const { service, reopen, startProcess } = context;
      const story = newStory(context);
      await service.close();
      const other = await startProcess(service);
      await tell(story, other.service);
      const before = await viewOf(other.service, story.keys);
      await other.kill();
      const reopened = await reopen(service);
      assert.deepEqual(await viewOf(reopened, story.keys), before);
      await reopened.close();
      const next = await startProcess(reopened);
      assert.deepEqual(await viewOf(next.service, story.keys), before);
    },
  },
  {
    title: 'has each write as a whole or not at all, if a process is killed beside others',
    needs: 'shared',
    needsProcess: true,
    async run(context) {
      const { service, reopen, random, startProcess } = context;
      const rounds = upTo(KILLS).map(() => new KilledWriter(context));
      let starting = startProcess(service);
      for (const [i, writes] of rounds.entries()) {
        await writes.prepare(service);
        await writes.killWhileItWrites(await starting, { random, beside: service });
        if (i + 1 < KILLS) starting = startProcess(service);
        // What is wrong with the case ends it; this one is waited for by the next round.
        starting.catch(() => {});
        await writes.expectWholeOrNothing(service);
        await writes.expectEachOnceAfterRetries(service);
      }
      // Whoever opens the storage finds it as it is, whatever the dead have left behind.
      const opened = await reopen(service);
      for (const writes of rounds) await writes.expectEachOnce(opened);
      for (const writes of rounds) await writes.expectEachOnce(service);
    },
  },
  {
    title: 'has each write as a whole or not at all, when opened again after a process was killed',
    needs: 'persistent',
    needsProcess: true,
    async run(context) {
      const { reopen, random, startProcess } = context;
      let { service } = context;
      const rounds = upTo(KILLS).map(() => new KilledWriter(context));
      for (const writes of rounds) {
        await writes.prepare(service);
        await service.close();
        await writes.killWhileItWrites(await startProcess(service), { random });
        service = await reopen(service);
        await writes.expectWholeOrNothing(service);
        await writes.expectEachOnceAfterRetries(service);
      }
      for (const writes of rounds) await writes.expectEachOnce(service);
    },
  },
]);
