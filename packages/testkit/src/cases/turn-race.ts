import assert from 'node:assert/strict';
import { takeTurn } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { answersOf, type Instances, outcomesOf, raceCases, turnOf } from '../race.ts';
import { at, idsOf, newSession, read, upTo } from '../scenario.ts';

const ROUNDS = 3;
const refused = { code: 'conflict', path: 'turn' } as const;

function event(id: string) {
  return { id, timestamp: at(1) };
}

async function expectOneHolder(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context);
    const calls = upTo(10).map((n) => async () => {
      await turnOf(instances, n).acquireTurn({ ...key, turn: `t${n}` });
      return n;
    });
    const { answers, refusals } = await outcomesOf(calls, { round, random: context.random });
    assert.equal(answers.length, 1, 'one of them has the session');
    for (const { code, path } of refusals) assert.deepEqual([code, path], ['conflict', 'turn']);
    for (const n of upTo(10)) {
      const append = () =>
        turnOf(instances, n + 1).appendEvent({ ...key, event: event(`e${n}`), turn: `t${n}` });
      if (n === answers[0]) await append();
      else await expectError(append, refused);
    }
  }
}

/** Runs of many appends each: none has an event of another one in its midst. */
async function expectNoneBetween(context: CaseContext, instances: Instances): Promise<void> {
  const key = await newSession(context);
  const runs = upTo(6).map((n) => async () => {
    await takeTurn(turnOf(instances, n), key, async (turn) => {
      for (const i of upTo(4)) await turn.append({ event: event(`r${n}-${i}`) });
    });
  });
  await answersOf(runs, { round: 0, random: context.random });
  const { events } = await read(instances[1], key);
  const runsInOrder = idsOf(events).map((id) => id.slice(0, 2));
  const blocks = runsInOrder.filter((run, i) => run !== runsInOrder[i - 1]);
  assert.deepEqual([events.length, blocks.length], [24, 6], 'a run has no other in its midst');
}

/** Whoever has lost the turn, at whatever moment, writes nothing after whoever has it now. */
async function expectFenced(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context);
    await instances[0].acquireTurn({ ...key, turn: 'old' });
    const appends = upTo(6).map((n) => async () => {
      const service = turnOf(instances, n);
      await service.appendEvent({ ...key, event: event(`old${n}`), turn: 'old' });
    });
    const take = async () => {
      await instances[1].releaseTurn({ ...key, turn: 'old' });
      await instances[1].acquireTurn({ ...key, turn: 'new' });
      await instances[1].appendEvent({ ...key, event: event('new'), turn: 'new' });
    };
    const { refusals } = await outcomesOf([...appends, take], { round, random: context.random });
    for (const { code, path } of refusals) assert.deepEqual([code, path], ['conflict', 'turn']);
    for (const service of new Set(instances)) {
      const { events } = await read(service, key);
      assert.equal(idsOf(events).at(-1), 'new', 'nothing of the old turn comes behind the new one');
      assert.equal(events.length, 7 - refusals.length);
    }
  }
}

export const turnRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: 'holds a session for one of many that ask for it at the same moment',
    needs: 'turns',
    run: expectOneHolder,
  }),
  ...raceCases({
    title: 'lets runs of many appends take turns, none in the midst of another',
    needs: 'turns',
    run: expectNoneBetween,
  }),
  ...raceCases({
    title: 'keeps what was lost of a turn from what comes after it',
    needs: 'turns',
    run: expectFenced,
  }),
]);
