import assert from 'node:assert/strict';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { aPause, type Instances, raceCases, turnOf } from '../race.ts';
import { at, idsOf, newSession, read, upTo } from '../scenario.ts';
import { expectSeqs, watching } from '../watching.ts';

const WRITERS = 16;
const APPENDS = 12;

/** Many writers, and watchers of both instances, of which some come late and some are slow. */
async function expectAllSeenByAll(context: CaseContext, instances: Instances): Promise<void> {
  const key = await newSession(context);
  const begun = upTo(4).map((n) => watching(turnOf(instances, n), { ...key, slowly: n > 2 }));
  const total = WRITERS * APPENDS;
  const writers = upTo(WRITERS).map(async (writer) => {
    const service = turnOf(instances, writer);
    for (const n of upTo(APPENDS / 3)) {
      const event = (i: number) => ({ id: `w${writer}-${n}-${i}`, timestamp: at(n) });
      await service.appendEvent({ ...key, event: event(0) });
      await service.appendEvents({ ...key, events: [event(1), event(2)] });
      if (n === 2) await aPause();
    }
  });
  const late = async () => {
    await aPause();
    return upTo(2).map((n) => watching(turnOf(instances, n), { ...key, afterSeq: 7 }));
  };
  const [others] = await Promise.all([late(), ...writers]);
  const { events } = await read(instances[0], key);
  assert.equal(events.length, total);
  for (const watch of begun) {
    await watch.until(total);
    assert.deepEqual(idsOf(watch.events), idsOf(events));
    expectSeqs(watch.events, { last: total });
  }
  for (const watch of others) {
    await watch.until(total - 7);
    expectSeqs(watch.events, { afterSeq: 7, last: total });
  }
  await instances[1].delete(key);
  for (const { end } of [...begun, ...others]) {
    const error = await end;
    await expectError(() => Promise.reject(error), { code: 'not_found' });
  }
}

export const watchRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: 'shows every watcher each event once and in order, beside 16 writers',
    needs: 'watch',
    run: expectAllSeenByAll,
  }),
]);
