import assert from 'node:assert/strict';
import type { SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { watchWhile } from '../progress.ts';
import { type Instances, outcomesOf, raceCases, turnOf } from '../race.ts';
import { at, newSession, read, upTo } from '../scenario.ts';

async function expectNothingLeft(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(6).keys()) {
    const key = await newSession(context);
    const appends = upTo(10).map((n) => async () => {
      const event = { id: `e${n}`, timestamp: at(n), actions: { stateDelta: { own: n } } };
      await turnOf(instances, n).appendEvent({ ...key, event });
      return true;
    });
    const calls = [() => turnOf(instances, round).delete(key), ...appends];
    const { answers, refusals } = await outcomesOf(calls, { round, random: context.random });
    for (const { code } of refusals) assert.equal(code, 'not_found');
    assert.ok(!answers.includes(false), 'the session was deleted');
    const [first, second] = instances;
    assert.equal(await second.get(key), undefined);
    const again = await first.create(key);
    assert.deepEqual([again.revision, again.state.size], [0, 0]);
    const { revision, events, state } = await read(second, key);
    assert.deepEqual([revision, events, state.size], [0, [], 0]);
  }
}

/** Each event sets the keys to its number; whoever looks finds as many events as they say. */
async function expectTogether(
  context: CaseContext,
  { instances, names }: { readonly instances: Instances; readonly names: readonly string[] },
): Promise<void> {
  const stateOf = (n: number) => Object.fromEntries(names.map((name) => [name, n]));
  const key = await newSession(context, stateOf(0));
  const write = async (pace: () => Promise<void>) => {
    for (const n of upTo(15)) {
      await pace();
      const event = { timestamp: at(n), actions: { stateDelta: stateOf(n) } };
      await turnOf(instances, n).appendEvent({ ...key, event });
    }
  };
  const look = async (service: SessionService) => {
    const { revision, events, state } = await read(service, key);
    assert.equal(events.length, revision);
    assert.deepEqual(state.toJSON(), stateOf(revision), `the state at revision ${revision}`);
  };
  await watchWhile(write, { instances, looks: [look], random: context.random });
}

async function expectAcknowledged(context: CaseContext, instances: Instances): Promise<void> {
  const key = await newSession(context);
  const { appName } = key;
  for (const n of upTo(6)) {
    const actions = { stateDelta: { 'app:count': n } };
    await turnOf(instances, n).appendEvent({ ...key, event: { timestamp: at(n), actions } });
    for (const service of new Set(instances)) {
      assert.deepEqual(await service.getState({ scope: 'app', appName }), { count: n });
    }
  }
}

/** What is seen of appends, and of deletes among them. */
export const concurrencyCases = casesOf('concurrency', [
  ...raceCases({
    title: 'leaves nothing of a session that is deleted while others append',
    run: expectNothingLeft,
  }),
  ...raceCases({
    title: 'shows an event and its state change together',
    run: (context, instances) =>
      expectTogether(context, { instances, names: ['count', 'user:count'] }),
  }),
  ...raceCases({
    title: 'shows an event and its `app:` keys together',
    needs: 'atomicAppState',
    run: (context, instances) => expectTogether(context, { instances, names: ['app:count'] }),
  }),
  ...raceCases({
    title: 'shows `app:` keys at the latest when the append is acknowledged',
    run: expectAcknowledged,
  }),
]);
