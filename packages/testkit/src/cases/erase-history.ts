import assert from 'node:assert/strict';
import type { JsonObject, SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError, unlessRefused } from '../expect-error.ts';
import { turnOf as eventOf, newPastSession, ownState, textsOf, wholeOf } from '../past-session.ts';
import { answersOf, type Instances, lookWhile, outcomesOf, raceCases, turnOf } from '../race.ts';
import { idsOf, newSession, read, seqsOf, upTo } from '../scenario.ts';

const needs = 'erase' as const;
const erase = true;

/** The state of a fork at a point; undefined if it is refused, as unknown. */
async function forkedAt(service: SessionService, { key, seq }: Point) {
  const call = () => service.fork({ ...key, throughSeq: seq });
  const fork = await unlessRefused('unsupported', call);
  return fork && ownState(fork.state);
}

interface Point {
  readonly key: SessionKey;
  readonly seq: number;
}

/** What is refused, what cannot be known any more, and what still can. */
export const eraseHistoryCases = casesOf('retract', [
  {
    title: 'erases nothing if an id is unknown, or the session has moved on or does not exist',
    needs,
    async run(context) {
      const { service, newId } = context;
      const { key, count } = await newPastSession(context);
      const before = await wholeOf(service, key);
      await expectError(() => service.retract({ ...key, eventIds: ['e1', 'e9'], erase }), {
        code: 'not_found',
        path: 'eventIds[1]',
      });
      for (const what of [{ eventIds: ['e1'] }, { throughSeq: 2 }]) {
        const late = { ...key, ...what, erase, expectedRevision: 3 } as never;
        await expectError(() => service.retract(late), { code: 'conflict', revision: count });
        const other = { ...key, userId: newId('user') };
        await expectError(() => service.retract({ ...other, ...what, erase } as never), {
          code: 'not_found',
          key: other,
        });
      }
      await expectError(() => service.retract({ ...key, throughSeq: count + 1, erase }), {
        code: 'invalid_argument',
        path: 'throughSeq',
      });
      assert.deepEqual(await wholeOf(service, key), before);
    },
  },
  {
    title: 'can be forked at the last event, stubs and all',
    needs: [needs, 'fork'],
    async run(context) {
      const { service } = context;
      const { key, states, count } = await newPastSession(context);
      await service.retract({ ...key, throughSeq: 4, erase });
      const source = await read(service, key);
      const fork = await service.fork(key);
      assert.equal(JSON.stringify(fork.events), JSON.stringify(source.events));
      assert.deepEqual(ownState(fork.state), states[count]);
      assert.deepEqual(textsOf(fork), ['t5', 't6']);
      const again = await service.appendEvent({ ...fork.key, event: eventOf(2) });
      assert.deepEqual([again.seq, again.erased], [2, true]);
      await service.delete(key);
      assert.deepEqual(idsOf((await read(service, fork.key)).events), idsOf(source.events));
    },
  },
  {
    title: 'knows the state before what is erased, and that of keys that are set behind it',
    needs: [needs, 'fork'],
    async run(context) {
      const { service } = context;
      const { key, states, count } = await newPastSession(context);
      await service.retract({ ...key, eventIds: ['e3'], erase });
      for (const seq of [0, 1, 2]) {
        assert.deepEqual(await forkedAt(service, { key, seq }), states[seq], `at ${seq}`);
      }
      // What e3 has done to `title` is undone by e5, and not known between the two.
      for (const seq of [3, 4]) {
        assert.equal(await forkedAt(service, { key, seq }), undefined, `at ${seq}`);
      }
      for (const seq of [count, count + 1]) {
        assert.deepEqual(await forkedAt(service, { key, seq }), states[count], `at ${seq}`);
      }
    },
  },
  {
    title: 'is `unsupported` to fork or rewind to a state that is not known any more',
    needs: [needs, 'fork'],
    async run(context) {
      const { service } = context;
      const { key, count } = await newPastSession(context);
      await service.retract({ ...key, throughSeq: 4, erase });
      const before = await wholeOf(service, key);
      const unsupported = (path: string) => ({ code: 'unsupported', path }) as const;
      for (const seq of [1, 3]) {
        const fork = () => service.fork({ ...key, throughSeq: seq });
        await expectError(fork, unsupported('throughSeq'));
        await expectError(() => service.rewind({ ...key, toSeq: seq }), unsupported('toSeq'));
      }
      assert.deepEqual(await wholeOf(service, key), before);
      const { appName, userId } = key;
      assert.equal((await service.list({ appName, userId, includeTotal: true })).total, 1);
      assert.equal((await service.rewind({ ...key, toSeq: count + 1 })).seq, count + 2);
    },
  },
  {
    title: 'can be rewound to where the state is known, and brings no body back',
    needs,
    async run(context) {
      const { service } = context;
      const { key, states, count } = await newPastSession(context);
      await service.retract({ ...key, eventIds: ['e4'], erase });
      const rewound = async (toSeq: number) => {
        await service.rewind({ ...key, toSeq });
        const session = await read(service, key);
        return [ownState(session.state), textsOf(session)];
      };
      assert.deepEqual(await rewound(2), [states[2], ['t1', 't2']]);
      assert.deepEqual(await rewound(0), [states[0], []]);
      // What e4 has set is known as long as no marker has set it again.
      await expectError(() => service.rewind({ ...key, toSeq: count }), { code: 'unsupported' });
    },
  },
  {
    title:
      'knows the state of an event that was erased after it changed nothing of its own session',
    needs: [needs, 'fork'],
    async run(context) {
      const { service } = context;
      const key = await newSession(context, { a: 1 });
      const states: JsonObject[] = [{ a: 1 }];
      for (const n of upTo(4)) {
        await service.appendEvent({
          ...key,
          event: { id: `e${n}`, actions: { stateDelta: { n } } },
        });
        states.push({ a: 1, n });
      }
      await service.retract({ ...key, eventIds: ['e1'], erase });
      for (const seq of [0, 2, 3, 4]) {
        assert.deepEqual(await forkedAt(service, { key, seq }), states[seq], `at ${seq}`);
      }
    },
  },
]);

async function expectBesideAppends(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(5).keys()) {
    const key = await newSession(context);
    await instances[0].appendEvents({ ...key, events: upTo(4).map(eventOf) });
    const calls = upTo(10).map((n) => async () => {
      const service = turnOf(instances, n);
      if (n === 3) return service.retract({ ...key, eventIds: ['e1', 'e3'], erase });
      if (n === 8) return service.retract({ ...key, throughSeq: 2, erase });
      const actions = { stateDelta: { [`k${n}`]: n } };
      return service.appendEvent({ ...key, event: { ...eventOf(n + 4), actions } });
    });
    const answers = await answersOf(calls, { round, random: context.random });
    for (const service of instances) {
      const { events, state } = await read(service, key);
      assert.deepEqual(seqsOf(events), upTo(14));
      assert.equal(state.size, 8);
      const erased = events.filter((event) => event.erased === true);
      assert.deepEqual(idsOf(erased), ['e1', 'e2', 'e3']);
      for (const answer of answers) assert.deepEqual(answer, events[(answer.seq ?? 0) - 1]);
    }
  }
}

async function expectRetriesAnswered(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(5).keys()) {
    const key = await newSession(context);
    const stored = await instances[0].appendEvents({ ...key, events: upTo(3).map(eventOf) });
    const calls = upTo(8).map((n) => async () => {
      const service = turnOf(instances, Math.floor(n / 2));
      if (n % 4 === 0) return service.retract({ ...key, eventIds: [`e${n / 4}`], erase });
      return service.appendEvent({ ...key, event: eventOf(n % 4) });
    });
    const answers = await answersOf(calls, { round, random: context.random });
    const { events, revision } = await read(instances[1], key);
    assert.equal(revision, 5);
    for (const answer of answers) {
      const { seq = 0 } = answer;
      const whole = seq <= 3 ? stored[seq - 1] : events[seq - 1];
      if (answer.erased) assert.equal(answer.id, whole?.id);
      else assert.deepEqual(answer, whole);
    }
  }
}

async function expectWholeOrStub(context: CaseContext, instances: Instances): Promise<void> {
  const key = await newSession(context);
  const [writer, other] = instances;
  const before = await writer.appendEvents({ ...key, events: upTo(12).map(eventOf) });
  const write = async () => {
    for (const n of upTo(6)) {
      await writer.retract({ ...key, eventIds: [`e${n * 2}`, `e${n * 2 - 1}`], erase });
    }
  };
  const look = async () => {
    const { events, revision } = await read(other, key);
    assert.deepEqual(seqsOf(events), upTo(revision));
    const erased = events.filter((event) => event.erased === true).length;
    assert.equal(erased, (revision - 12) * 2, 'bodies go together with their marker');
    for (const [i, event] of before.entries()) {
      if (events[i]?.erased !== true) assert.deepEqual(events[i], event);
    }
  };
  await lookWhile(write, look);
  await look();
}

async function expectGone(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(5).keys()) {
    const key = await newSession(context);
    await instances[0].appendEvents({ ...key, events: upTo(4).map(eventOf) });
    const again = async () => {
      await instances[1].delete(key);
      await instances[1].create(key);
      return instances[1].appendEvents({ ...key, events: upTo(4).map(eventOf) });
    };
    const eraser = (n: number) => async () => {
      const eventIds = [`e${n}`];
      const { seq = 0 } = await turnOf(instances, n).retract({ ...key, eventIds, erase });
      return { n, seq };
    };
    const calls: (() => Promise<unknown>)[] = [eraser(1), again, eraser(2), eraser(3)];
    const { refusals } = await outcomesOf(calls, { round, random: context.random });
    for (const { code } of refusals) assert.equal(code, 'not_found');
    const { events } = await read(instances[0], key);
    const marked = events.flatMap(({ actions }) => actions.retract?.eventIds ?? []);
    const erased = events.filter((event) => event.erased === true);
    assert.deepEqual(idsOf(erased), marked.toSorted(), 'those that its own markers name');
  }
}

/** Erasures while others write and read. */
export const eraseRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: 'erases what was asked for, and nothing that is appended at the same time',
    needs,
    run: expectBesideAppends,
  }),
  ...raceCases({
    title: 'answers retries with the event or its stub while it is erased',
    needs,
    run: expectRetriesAnswered,
  }),
  ...raceCases({
    title: 'shows a body or a stub, and stubs together with their marker, while events are erased',
    needs,
    run: expectWholeOrStub,
  }),
  ...raceCases({
    title: 'never erases an event of the next session of its ids',
    needs,
    run: expectGone,
  }),
]);
