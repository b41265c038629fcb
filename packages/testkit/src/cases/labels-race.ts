import assert from 'node:assert/strict';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectLabels } from '../expect-labels.ts';
import { answersOf, type Instances, outcomesOf, raceCases, turnOf } from '../race.ts';
import { at, newSession, read, upTo } from '../scenario.ts';

const needs = 'updateSession' as const;
const ROUNDS = 4;

async function expectNoneLost(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = context.newKey();
    const before = Object.fromEntries(upTo(6).map((n) => [`old${n}`, `${n}`]));
    await instances[0].create({ ...key, labels: before });
    const calls = upTo(12).map((n) => async () => {
      const service = turnOf(instances, n);
      if (n % 2 === 0) {
        const labels = { remove: [`old${n / 2}`] };
        return (await service.updateSession({ ...key, labels })).labels[`old${n / 2}`];
      }
      const labels = { set: { [`new${n}`]: `${n}` } };
      return (await service.updateSession({ ...key, labels })).labels[`new${n}`];
    });
    const answers = await answersOf(calls, { round, random: context.random });
    const own = upTo(12).map((n) => (n % 2 === 0 ? undefined : `${n}`));
    assert.deepEqual(answers, own, 'each answer has its own change');
    const odd = upTo(12).filter((n) => n % 2 === 1);
    const after = Object.fromEntries(odd.map((n) => [`new${n}`, `${n}`]));
    for (const service of instances) await expectLabels(service, key, after);
    for (const [name, value] of Object.entries(after)) {
      const { sessions } = await instances[1].list({ ...key, labels: { [name]: value } });
      assert.equal(sessions.length, 1);
    }
  }
}

async function expectBesideAppends(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context);
    const calls = upTo(12).map((n) => async () => {
      const service = turnOf(instances, Math.floor(n / 2));
      if (n % 2 === 0) {
        const set = { [`l${n}`]: `${n}` };
        return void (await service.updateSession({ ...key, labels: { set } }));
      }
      const event = { timestamp: at(n), actions: { stateDelta: { [`k${n}`]: n } } };
      return void (await service.appendEvent({ ...key, event }));
    });
    await answersOf(calls, { round, random: context.random });
    for (const service of instances) {
      const { revision, state, lastUpdateTime } = await read(service, key);
      assert.deepEqual([revision, state.size, lastUpdateTime], [6, 6, at(11)]);
      const even = upTo(12).filter((n) => n % 2 === 0);
      await expectLabels(service, key, Object.fromEntries(even.map((n) => [`l${n}`, `${n}`])));
    }
  }
}

async function expectAtMost(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = context.newKey();
    const before = Object.fromEntries(upTo(28).map((n) => [`old${n}`, '']));
    await instances[0].create({ ...key, labels: before });
    const calls = upTo(8).map((n) => async () => {
      const set = { [`new${n}`]: '' };
      return turnOf(instances, n).updateSession({ ...key, labels: { set } });
    });
    const { answers, refusals } = await outcomesOf(calls, { round, random: context.random });
    assert.deepEqual([answers.length, refusals.length], [4, 4]);
    for (const { code, path } of refusals) {
      assert.deepEqual([code, path], ['invalid_argument', 'labels.set']);
    }
    assert.equal(Object.keys((await read(instances[1], key)).labels).length, 32);
  }
}

async function expectGoneOrKept(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newSession(context);
    const update = (n: number) => async () => {
      const set = { [`l${n}`]: `${n}` };
      await turnOf(instances, n).updateSession({ ...key, labels: { set } });
      return n;
    };
    const remove = async () => Number(await instances[1].delete(key)) - 1;
    const calls = [update(1), update(2), remove, update(3), update(4)];
    const { refusals } = await outcomesOf(calls, { round, random: context.random });
    for (const { code } of refusals) assert.equal(code, 'not_found');
    assert.equal(await instances[0].get(key), undefined);
    await instances[0].create(key);
    await expectLabels(instances[1], key, {});
    for (const n of upTo(4)) {
      const { sessions } = await instances[1].list({ ...key, labels: { [`l${n}`]: `${n}` } });
      assert.deepEqual(sessions, []);
    }
  }
}

/** Labels that many change at the same moment. */
export const labelRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: 'loses no label, however many set and remove others at once',
    needs,
    run: expectNoneLost,
  }),
  ...raceCases({
    title: 'loses neither labels nor events that come at the same time',
    needs,
    run: expectBesideAppends,
  }),
  ...raceCases({
    title: 'keeps at most 32 labels, however many add one at the same time',
    needs,
    run: expectAtMost,
  }),
  ...raceCases({
    title: 'has no label of a session that was deleted while it was set',
    needs,
    run: expectGoneOrKept,
  }),
]);
