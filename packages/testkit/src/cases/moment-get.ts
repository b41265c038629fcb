import assert from 'node:assert/strict';
import type { Session, SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { Progress, type Watch, watchWhile } from '../progress.ts';
import { type Instances, raceCases } from '../race.ts';
import { at, newSession, newSibling, read, seqsOf, upTo } from '../scenario.ts';

const EVENTS = 20;

/** The numbers from `first` to `last`. */
function range(first: number, last: number): number[] {
  return upTo(Math.max(0, last - first + 1)).map((n) => first + n - 1);
}

/** Event `n` has the time `at(n)`, and sets a key of the session and one of the user to `n`. */
function expectMoment(session: Session | undefined, watch: Watch): number {
  assert.ok(session !== undefined, 'the session must be there');
  const { revision, state, createTime, lastUpdateTime } = session;
  watch.expect(revision, 'the revision');
  const seen = [state.get('own'), state.get('user:theirs'), lastUpdateTime];
  const time = revision === 0 ? createTime : at(revision);
  assert.deepEqual(seen, [revision, revision, time], `at revision ${revision}`);
  return revision;
}

async function expectWindowsOfOneMoment(context: CaseContext, instances: Instances): Promise<void> {
  const { random } = context;
  const key = await newSession(context, { own: 0, 'user:theirs': 0 });
  const progress = new Progress();
  const write = async (pace: () => Promise<void>) => {
    for (const _ of upTo(EVENTS)) {
      await pace();
      await progress.next((n) => {
        const actions = { stateDelta: { own: n, 'user:theirs': n } };
        return instances[0].appendEvent({ ...key, event: { timestamp: at(n), actions } });
      });
    }
  };

  const whole = async (service: SessionService) => {
    const watch = progress.watch();
    const session = await read(service, key);
    const revision = expectMoment(session, watch);
    assert.deepEqual(seqsOf(session.events), upTo(revision));
  };
  const recent = async (service: SessionService) => {
    const watch = progress.watch();
    const numRecentEvents = random.below(4);
    const session = await service.get({ ...key, numRecentEvents });
    const revision = expectMoment(session, watch);
    const first = Math.max(1, revision - numRecentEvents + 1);
    assert.deepEqual(seqsOf(session?.events ?? []), range(first, revision));
  };
  const later = async (service: SessionService) => {
    const watch = progress.watch();
    const first = 1 + random.below(EVENTS);
    const session = await service.get({ ...key, afterTimestamp: at(first) });
    const revision = expectMoment(session, watch);
    assert.deepEqual(seqsOf(session?.events ?? []), range(first, revision));
  };
  const both = async (service: SessionService) => {
    const watch = progress.watch();
    const first = 1 + random.below(EVENTS);
    const window = { numRecentEvents: 3, afterTimestamp: at(first) };
    const session = await service.getOrCreate({ ...key, ...window, state: { own: 'new' } });
    const revision = expectMoment(session, watch);
    assert.deepEqual(seqsOf(session.events), range(Math.max(first, revision - 2), revision));
  };
  await watchWhile(write, {
    instances,
    random: context.random,
    looks: [whole, recent, later, both],
  });
}

async function expectStatesOfOneMoment(
  context: CaseContext,
  { instances, scope }: { readonly instances: Instances; readonly scope: 'user' | 'app' },
): Promise<void> {
  const names = ['user:first', `${scope}:second`];
  const key = await newSession(context, Object.fromEntries(names.map((name) => [name, 0])));
  const sibling = await newSibling(context, key);
  const progress = new Progress();
  const write = async (pace: () => Promise<void>) => {
    for (const _ of upTo(EVENTS)) {
      await pace();
      await progress.next((n) => {
        const stateDelta = Object.fromEntries(names.map((name) => [name, n]));
        const event = { timestamp: at(n), actions: { stateDelta } };
        return instances[0].appendEvent({ ...sibling, event });
      });
    }
  };
  const expectEqual = (state: Session['state'] | undefined, watch: Watch) => {
    const [first, second] = names.map((name) => state?.get(name));
    assert.equal(first, second, 'keys that change together');
    watch.expect(Number(first), names.join(' and '));
  };
  const get = async (service: SessionService) => {
    const watch = progress.watch();
    const session = await service.get({ ...key, numRecentEvents: 0 });
    expectEqual(session?.state, watch);
  };
  const list = async (service: SessionService) => {
    const watch = progress.watch();
    const { sessions } = await service.list({ ...key, includeState: true });
    assert.equal(sessions.length, 2);
    for (const { state } of sessions) expectEqual(state, watch);
  };
  await watchWhile(write, { instances, random: context.random, looks: [get, list] });
}

/** What `get` shows of a session while others write: all of it of one moment. */
export const getMomentCases = casesOf('moments', [
  ...raceCases({
    title: 'gives events, revision, state and time of one moment, for any window',
    run: expectWindowsOfOneMoment,
  }),
  ...raceCases({
    title: "shows `user:` keys that another session's append changes together",
    run: (context, instances) => expectStatesOfOneMoment(context, { instances, scope: 'user' }),
  }),
  ...raceCases({
    title: "shows `user:` and `app:` keys that another session's append changes together",
    needs: 'atomicAppState',
    run: (context, instances) => expectStatesOfOneMoment(context, { instances, scope: 'app' }),
  }),
]);
