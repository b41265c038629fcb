import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { Session } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { answersOf, type Instances, nextTurn, outcomesOf, raceCases, turnOf } from '../race.ts';
import { idsOf, read, upTo, walkList } from '../scenario.ts';

const ROUNDS = 6;
const CALLERS = 8;

/** What caller `n` creates a session with. */
function stateOf(n: number, scopes: readonly string[]) {
  const names = scopes.flatMap((scope) => [`${scope}by`, `${scope}k${n}`]);
  return Object.fromEntries(names.map((name) => [name, n]));
}

/** The caller whose state the session has; it has nothing of the others. */
async function expectOneCreator(
  instances: Instances,
  { session, scopes }: { readonly session: Session; readonly scopes: readonly string[] },
): Promise<number> {
  const { key, incarnation, createTime } = session;
  const { appName, userId } = key;
  const n = Number(session.state.get('by'));
  for (const service of new Set(instances)) {
    const stored = await read(service, key);
    assert.deepEqual(stored.state.toJSON(), { ...stateOf(n, scopes), 'user:old': 0 });
    assert.deepEqual([stored.incarnation, stored.createTime], [incarnation, createTime]);
    assert.deepEqual([stored.revision, stored.events], [0, []]);
    const { sessions, total } = await service.list({ appName, userId, includeTotal: true });
    assert.deepEqual([idsOf(sessions), total], [[key.sessionId], 1]);
    assert.equal(sessions[0]?.incarnation, incarnation);
  }
  return n;
}

async function newOwner({ service, newKey }: CaseContext): Promise<SessionKey> {
  const key = newKey();
  const { appName, userId } = key;
  await service.updateState({ scope: 'user', appName, userId, set: { old: 0 } });
  return key;
}

async function expectOneWins(context: CaseContext, instances: Instances): Promise<void> {
  const { random } = context;
  const scopes = ['', 'user:', 'app:'];
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newOwner(context);
    const calls = upTo(CALLERS).map((n) => async () => ({
      n,
      session: await turnOf(instances, n).create({ ...key, state: stateOf(n, scopes) }),
    }));
    const { answers, refusals } = await outcomesOf(calls, { round, random });
    for (const { code } of refusals) assert.equal(code, 'already_exists');
    const [winner] = answers;
    assert.ok(winner !== undefined && answers.length === 1, `${answers.length} have created it`);
    const creator = await expectOneCreator(instances, { session: winner.session, scopes });
    assert.equal(creator, winner.n);
  }
}

async function expectSameSession(context: CaseContext, instances: Instances): Promise<void> {
  const { random } = context;
  const scopes = ['', 'user:'];
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newOwner(context);
    const calls = upTo(CALLERS).map(
      (n) => () => turnOf(instances, n).getOrCreate({ ...key, state: stateOf(n, scopes) }),
    );
    const sessions = await answersOf(calls, { round, random });
    const [first] = sessions as [Session];
    for (const session of sessions) assert.deepEqual(session.toJSON(), first.toJSON());
    await expectOneCreator(instances, { session: first, scopes });
  }
}

async function expectOneOfBoth(context: CaseContext, instances: Instances): Promise<void> {
  const { random } = context;
  const scopes = ['', 'user:', 'app:'];
  for (const round of upTo(ROUNDS).keys()) {
    const key = await newOwner(context);
    // Both kinds of call on both instances.
    const calls = upTo(CALLERS).map((n) => async () => {
      const call = n % 4 < 2 ? 'create' : 'getOrCreate';
      const request = { ...key, state: stateOf(n, scopes) };
      return { n, call, session: await turnOf(instances, n)[call](request) };
    });
    const { answers, refusals } = await outcomesOf(calls, { round, random });
    for (const { code } of refusals) assert.equal(code, 'already_exists');
    const created = answers.filter(({ call }) => call === 'create');
    assert.ok(created.length <= 1, `${created.length} have created it`);
    assert.equal(answers.length, CALLERS / 2 + created.length, '`getOrCreate` is never refused');
    const { incarnation } = await read(instances[1], key);
    for (const { session } of answers) assert.equal(session.incarnation, incarnation);
    const session = (answers[0] as { session: Session }).session;
    const creator = await expectOneCreator(instances, { session, scopes });
    if (created.length === 1) assert.equal(created[0]?.n, creator);
  }
}

async function expectAllCreated(context: CaseContext, instances: Instances): Promise<void> {
  const { newKey, newId, random, service } = context;
  for (const round of upTo(4).keys()) {
    const { appName } = newKey();
    const users = [newId('user'), newId('user')] as const;
    const calls = upTo(12).map((n) => async () => {
      const userId = users[n % 4 < 2 ? 0 : 1];
      const create = { appName, userId, state: { own: n, [`user:k${n}`]: n, [`app:k${n}`]: n } };
      // Half of them leave the id to the service.
      const request = n % 3 === 0 ? create : { ...create, sessionId: `s${n}` };
      return { n, key: (await turnOf(instances, n).create(request)).key };
    });
    const created = await answersOf(calls, { round, random });
    const reader = turnOf(instances, round);
    for (const userId of users) {
      const its = created.filter(({ key }) => key.userId === userId);
      const names = its.map(({ n }) => [`k${n}`, n] as const);
      const ofUser = await reader.getState({ scope: 'user', appName, userId });
      assert.deepEqual(ofUser, Object.fromEntries(names), 'the `user:` keys of all');
      const expected = its.map(({ n, key }) => [key.sessionId, n]).sort();
      const list = { appName, userId, includeState: true, includeTotal: true };
      const { sessions, total } = await reader.list(list);
      const seen = sessions.map(({ id, state }) => [id, state?.get('own')]).sort();
      assert.deepEqual([seen, total], [expected, expected.length]);
    }
    const ofApp = await reader.getState({ scope: 'app', appName });
    assert.equal(Object.keys(ofApp).length, created.length, 'the `app:` keys of all');
    if (!service.capabilities.listAllUsers) continue;
    const pages = await walkList(reader, { appName, allUsers: true, limit: 5 });
    assert.deepEqual(idsOf(pages.flat()).sort(), created.map(({ key }) => key.sessionId).sort());
  }
}

async function expectNeverRefused(context: CaseContext, instances: Instances): Promise<void> {
  const { newKey, random } = context;
  for (const round of upTo(ROUNDS).keys()) {
    const key = newKey();
    const creators = new Map<string, unknown>();
    let deleted = 0;
    const create = (n: number) => async () => {
      for (const _ of upTo(5)) {
        const session = await turnOf(instances, n).getOrCreate({ ...key, state: stateOf(n, ['']) });
        const { incarnation, state, revision } = session;
        const by = Number(state.get('by'));
        assert.deepEqual([revision, state.toJSON()], [0, stateOf(by, [''])]);
        assert.equal(creators.get(incarnation) ?? by, by, 'the same session for all');
        creators.set(incarnation, by);
        await nextTurn();
      }
    };
    const remove = (n: number) => async () => {
      for (const _ of upTo(6)) {
        if (await turnOf(instances, n).delete(key)) deleted++;
        await nextTurn();
      }
    };
    const calls = [create(1), create(2), create(3), create(4), remove(1), remove(2)];
    await answersOf(calls, { round, random });
    // Each session that was created was answered to its creator.
    const left = (await turnOf(instances, round).get(key)) === undefined ? 0 : 1;
    assert.equal(creators.size, deleted + left, 'sessions created, and deleted or still there');
  }
}

/** Sessions that are created at the same moment. */
export const createRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: 'lets one of many racing creates win, whose state is kept',
    run: expectOneWins,
  }),
  ...raceCases({
    title: 'gives all of many racing `getOrCreate` the same session',
    run: expectSameSession,
  }),
  ...raceCases({
    title: 'creates a session once if `create` and `getOrCreate` race',
    run: expectOneOfBoth,
  }),
  ...raceCases({
    title: 'keeps and lists each of many sessions that are created at the same time',
    run: expectAllCreated,
  }),
  ...raceCases({
    title: 'gives each `getOrCreate` a session, however often it is deleted meanwhile',
    run: expectNeverRefused,
  }),
]);
