import assert from 'node:assert/strict';
import { type SessionKey, type SessionService, takeTurn } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { answersOf, type Instances, nextTurn, outcomesOf, raceCases, turnOf } from '../race.ts';
import { idsOf, newSession, newSessionWithEvents, read, upTo } from '../scenario.ts';
import { eventInTurn as event, refusedTurn as refused } from '../turns.ts';

const ROUNDS = 3;

// Of a turn that will be lost: more than they come to write before.
const WRITERS = 2;
const MOST_WRITES = 10;

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

/** Whoever has lost the turn, at whatever moment, writes nothing once another has it. */
async function expectFenced(context: CaseContext, instances: Instances): Promise<void> {
  const { increments, erase } = context.service.capabilities;
  const kinds = [
    ...['append', 'batch', 'rewind', 'retract'],
    ...(increments ? ['increment'] : []),
    ...(erase ? ['erase'] : []),
  ] as readonly Kind[];
  for (const round of [0, 1]) {
    await Promise.all(kinds.map((kind) => handOver(context, { instances, kind, round })));
  }
}

type Kind = keyof typeof writes;

interface WriteInTurn extends SessionKey {
  readonly turn: string;
  readonly id: string;
}

/** What is written in a turn, by its kind. */
const writes = {
  append: ({ id, ...request }: WriteInTurn, service: SessionService) =>
    service.appendEvent({ ...request, event: event(id) }),
  batch: ({ id, ...request }: WriteInTurn, service: SessionService) =>
    service.appendEvents({ ...request, events: [event(id), event(`${id}b`)] }),
  rewind: ({ id, ...request }: WriteInTurn, service: SessionService) =>
    service.rewind({ ...request, toSeq: 0 }),
  retract: ({ id, ...request }: WriteInTurn, service: SessionService) =>
    service.retract({ ...request, throughSeq: 1 }),
  increment({ id, ...request }: WriteInTurn, service: SessionService) {
    const actions = { stateIncrements: { n: 1, 'app:n': 1 } };
    return service.appendEvent({ ...request, event: { ...event(id), actions } });
  },
  erase: ({ id, ...request }: WriteInTurn, service: SessionService) =>
    service.retract({ ...request, throughSeq: 1, erase: true }),
} as const;

/** Writes of one kind are under way, each writer's next behind its last, when the turn is lost. */
async function handOver(
  context: CaseContext,
  {
    instances,
    kind,
    round,
  }: { readonly instances: Instances; readonly kind: Kind; readonly round: number },
): Promise<void> {
  const key = await newSessionWithEvents(context, 1);
  await instances[0].acquireTurn({ ...key, turn: 'old' });
  let stored = 0;
  let begun = 0;
  let revision = 0;
  const writers = upTo(WRITERS).map((n) => async () => {
    try {
      for (const i of upTo(MOST_WRITES)) {
        const write = { ...key, turn: 'old', id: `old${n}-${i}` };
        const written = await writes[kind](write, turnOf(instances, n));
        stored += [written].flat().length;
        if (i === 1) begun++;
      }
    } catch (error) {
      begun = WRITERS;
      await expectError(() => Promise.reject(error), refused);
    }
  });
  const take = async () => {
    while (begun < WRITERS) await nextTurn();
    await instances[1].releaseTurn({ ...key, turn: 'old' });
    await instances[1].acquireTurn({ ...key, turn: 'new' });
    ({ revision } = await read(instances[1], key));
  };
  await answersOf([...writers, take], { round, random: context.random });
  for (const service of new Set(instances)) {
    const { events } = await read(service, key);
    assert.equal(events.length, 1 + stored, 'what was acknowledged is there, and nothing else');
    const late = idsOf(events.slice(revision));
    assert.deepEqual(late, [], `no ${kind} is stored in a turn that was lost before`);
  }
  await instances[0].appendEvent({ ...key, event: event('new'), turn: 'new' });
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
