import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { ListSessionRequest, SessionService, SessionSummary } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { unlessRefused } from '../expect-error.ts';
import { Progress, watchWhile } from '../progress.ts';
import { answersOf, type Instances, nextTurn, raceCases } from '../race.ts';
import { at, upTo, walkList } from '../scenario.ts';

const SESSIONS = 4;
const APPENDS = 28;
const GENERATIONS = 8;

/** The instances by turns. */
function serviceOf(instances: Instances, n: number): SessionService {
  return instances[n % 2 === 0 ? 0 : 1];
}

async function createAll(
  { service, newKey }: CaseContext,
  state: Readonly<Record<string, number>>,
): Promise<readonly SessionKey[]> {
  const first = newKey();
  const keys = upTo(SESSIONS).map((n) => ({ ...first, sessionId: `s${n}` }));
  for (const key of keys) await service.create({ ...key, state });
  return keys;
}

/** The order of a list: ascending by time, then by id. */
function inOrder(sessions: readonly SessionSummary[]): readonly SessionSummary[] {
  return sessions.toSorted((a, b) => a.lastUpdateTime - b.lastUpdateTime || (a.id < b.id ? -1 : 1));
}

/** Append `n` to a session has the time `at(n)`, whichever it is: all sessions move on and on. */
async function expectSummariesOfOneMoment(
  context: CaseContext,
  instances: Instances,
): Promise<void> {
  const keys = await createAll(context, { own: 0 });
  const [{ appName, userId }] = keys as readonly [SessionKey];
  const progress = new Map(keys.map(({ sessionId }) => [sessionId, new Progress()]));
  const all = new Progress();
  const write = async (pace: () => Promise<void>) => {
    for (const round of upTo(APPENDS)) {
      await pace();
      const key = keys[context.random.below(SESSIONS)] as SessionKey;
      await all.next((time) => {
        const own = progress.get(key.sessionId) as Progress;
        return own.next((n) => {
          const event = { timestamp: at(time), actions: { stateDelta: { own: n, time } } };
          return serviceOf(instances, round).appendEvent({ ...key, event });
        });
      });
    }
  };
  const expectSummary = (summary: SessionSummary) => {
    const { createTime, lastUpdateTime, revision, state } = summary;
    const time = state?.get('time');
    assert.equal(revision, state?.get('own'), 'the revision and the state of a summary');
    assert.equal(lastUpdateTime, time === undefined ? createTime : at(Number(time)));
  };
  const page = (order: 'asc' | 'desc') => async (service: SessionService) => {
    const watches = keys.map(
      ({ sessionId }) => [sessionId, (progress.get(sessionId) as Progress).watch()] as const,
    );
    const { sessions } = await service.list({ appName, userId, order, includeState: true });
    assert.equal(new Set(sessions.map(({ id }) => id)).size, SESSIONS);
    assert.equal(sessions.length, SESSIONS);
    const ordered = inOrder(sessions);
    assert.deepEqual(sessions, order === 'asc' ? ordered : ordered.toReversed());
    for (const summary of sessions) expectSummary(summary);
    for (const [sessionId, watch] of watches) {
      const revision = sessions.find(({ id }) => id === sessionId)?.revision ?? -1;
      watch.expect(revision, `the revision of ${sessionId} in a list`);
    }
  };
  const latest = async (service: SessionService) => {
    const watch = all.watch();
    const { sessions } = await service.list({ appName, userId, limit: 1, includeState: true });
    const [summary, ...others] = sessions;
    assert.ok(summary !== undefined && others.length === 0);
    expectSummary(summary);
    watch.expect(Number(summary.state?.get('time') ?? 0), 'the time of the first of a list');
  };
  await watchWhile(write, {
    instances,
    random: context.random,
    looks: [page('desc'), latest, page('asc')],
  });
}

/** Sessions come and go, and are appended to meanwhile. */
async function expectWhatIsThere(
  context: CaseContext,
  { instances, allUsers }: { readonly instances: Instances; readonly allUsers: boolean },
): Promise<void> {
  const { newKey, random } = context;
  const { appName, userId } = newKey();
  const request: ListSessionRequest = allUsers ? { appName, allUsers } : { appName, userId };
  const states = new Map<string, 'comes' | 'is there' | 'goes' | 'is gone'>();
  const live = async (n: number, pace: () => Promise<void>) => {
    const service = serviceOf(instances, n);
    for (const generation of upTo(GENERATIONS)) {
      const sessionId = `s${n}-${generation}`;
      const key = { appName, userId: allUsers ? `${userId}-${n % 2}` : userId, sessionId };
      states.set(sessionId, 'comes');
      await service.create({ ...key, state: { own: sessionId } });
      states.set(sessionId, 'is there');
      await service.appendEvent({ ...key, event: { timestamp: at(n) } });
      await pace();
      states.set(sessionId, 'goes');
      const late = { ...key, event: { timestamp: at(n + generation) } };
      const append = () =>
        unlessRefused('not_found', () => serviceOf(instances, n + 1).appendEvent(late));
      const [isDeleted] = await answersOf<unknown>([() => service.delete(key), append], {
        round: generation,
        random,
      });
      assert.equal(isDeleted, true);
      states.set(sessionId, 'is gone');
    }
  };
  const write = async (pace: () => Promise<void>) => {
    await Promise.all(upTo(SESSIONS).map((n) => live(n, pace)));
  };
  const look = (options: Partial<ListSessionRequest>) => async (service: SessionService) => {
    const before = new Map(states);
    const { sessions, total } = await service.list({
      ...request,
      ...options,
      includeTotal: true,
    } as ListSessionRequest);
    assert.equal(total, sessions.length, 'the total of a page that has all');
    const listed = new Map(sessions.map((each) => [each.id, each]));
    assert.equal(listed.size, sessions.length, 'a session is listed once');
    for (const [sessionId, state] of listed) {
      assert.notEqual(before.get(sessionId) ?? 'comes', 'is gone', `${sessionId} is listed`);
      if (options.includeState) assert.equal(state.state?.get('own'), sessionId);
    }
    for (const [sessionId, state] of before) {
      const stays = state === 'is there' && states.get(sessionId) === 'is there';
      assert.ok(!stays || listed.has(sessionId), `${sessionId} is there, and not listed`);
    }
  };
  const looks = [look({}), look({ includeState: true }), look({ order: 'asc', limit: 50 })];
  await watchWhile(write, { instances, random: context.random, looks });
  for (const each of looks) await each(instances[1]);
  assert.deepEqual((await instances[0].list(request)).sessions, []);
}

/** Walks the pages of a list, some of whose sessions nobody touches. */
async function expectUntouchedOnce(context: CaseContext, instances: Instances): Promise<void> {
  const { newKey } = context;
  const { appName, userId } = newKey();
  const untouched = upTo(6).map((n) => `m${n}`);
  const moving = upTo(4).map((n) => `n${n}`);
  for (const [i, sessionId] of untouched.entries()) {
    await instances[0].create({ appName, userId, sessionId });
    const event = { timestamp: at(100 + i) };
    await instances[0].appendEvent({ appName, userId, sessionId, event });
  }
  for (const sessionId of moving) await instances[0].create({ appName, userId, sessionId });
  let walks = 0;
  const write = async () => {
    for (let n = 0; walks < 8; n++) {
      const key = { appName, userId, sessionId: moving[n % moving.length] as string };
      const service = serviceOf(instances, n);
      const time = at([0, 100, 103, 200][Math.floor(n / 4) % 4] as number);
      await service.appendEvent({ ...key, event: { timestamp: time } });
      if (n % 8 > 3) {
        await service.delete(key);
        await service.create(key);
      }
      await nextTurn();
    }
  };
  const walk = (order: 'asc' | 'desc') => async (service: SessionService) => {
    const pages = await walkList(service, { appName, userId, order, limit: 2 });
    const found = pages.flat().filter(({ id }) => untouched.includes(id));
    const ids = found.map(({ id }) => id);
    assert.deepEqual(ids, order === 'asc' ? untouched : untouched.toReversed());
    walks++;
  };
  await watchWhile(write, {
    instances,
    random: context.random,
    looks: [walk('asc'), walk('desc')],
  });
}

/** What a list shows while sessions come, move and go. */
export const listChangesCases = casesOf('moments', [
  ...raceCases({
    title: 'lists the revision, state, time and place of each session as of one moment',
    run: expectSummariesOfOneMoment,
  }),
  ...raceCases({
    title: 'lists the sessions that are there, while some come and go',
    run: (context, instances) => expectWhatIsThere(context, { instances, allUsers: false }),
  }),
  ...raceCases({
    title: 'lists the sessions of all users that are there, while some come and go',
    needs: 'listAllUsers',
    run: (context, instances) => expectWhatIsThere(context, { instances, allUsers: true }),
  }),
  ...raceCases({
    title: 'lists each session that nobody touches once on its pages, while others move',
    run: expectUntouchedOnce,
  }),
]);
