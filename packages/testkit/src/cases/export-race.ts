import assert from 'node:assert/strict';
import { importRecords, type SessionKey } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { recordsOf, toApp } from '../moving.ts';
import { type Instances, lookWhile, raceCases, turnOf } from '../race.ts';
import { at, newSession, read, seqsOf, upTo } from '../scenario.ts';

/** Exports beside writers: what is imported of each is a session as it once was. */
async function expectWholeSessions(context: CaseContext, instances: Instances): Promise<void> {
  const { newId } = context;
  const first = await newSession(context, { n: 0 });
  const { appName, userId } = first;
  const keys: SessionKey[] = [first];
  for (const n of upTo(3)) {
    const key = { appName, userId, sessionId: `s${n}` };
    await instances[0].create({ ...key, state: { n: 0 } });
    keys.push(key);
  }
  const write = async () => {
    for (const n of upTo(12)) {
      await Promise.all(
        keys.map(async (key, i) => {
          const actions = { stateDelta: { n, [`k${n}`]: n } };
          const event = { id: `e${n}`, timestamp: at(n), actions };
          await turnOf(instances, n + i).appendEvent({ ...key, event });
        }),
      );
    }
  };
  let exports = 0;
  const look = async () => {
    const service = turnOf(instances, exports++);
    const records = await recordsOf(service, { appName, userId });
    const moved = newId('app');
    const result = await importRecords(service, toApp(records, moved));
    assert.deepEqual([result.sessions, result.incomplete], [keys.length, 0]);
    for (const { sessionId } of keys) {
      const session = await read(service, { appName: moved, userId, sessionId });
      const { revision, events, state } = session;
      assert.deepEqual(seqsOf(events), upTo(revision));
      const written = upTo(revision).map((n) => [`k${n}`, n] as const);
      assert.deepEqual(state.toJSON(), { n: revision, ...Object.fromEntries(written) });
    }
  };
  await lookWhile(write, look, 1);
  await look();
}

export const exportRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: 'exports sessions that are written to as they are at some moment',
    needs: 'importSession',
    run: expectWholeSessions,
  }),
]);
