import assert from 'node:assert/strict';
import type { Event, JsonObject, SessionKey } from '@holdfast/core';
import type { ListSessionRequest, Session, SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError, unlessRefused } from '../expect-error.ts';
import { type Instances, lookWhile, nextTurn, raceCases, turnOf } from '../race.ts';
import { at, idsOf, upTo } from '../scenario.ts';

const ROUNDS = 4;

/** What everyone must see by now. */
interface Expected {
  readonly session: Session | undefined;
  readonly own: JsonObject;
  readonly user: JsonObject;
  readonly app: JsonObject;
}

const NOTHING: Expected = { session: undefined, own: {}, user: {}, app: {} };

function scoped(scope: string, state: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(state).map(([name, value]) => [`${scope}${name}`, value]),
  );
}

/** Looks, and fails unless it sees what is expected, if anything is. */
type Look = (expected?: Expected) => Promise<void>;

function look<T>(ask: () => Promise<T>, check: (answer: T, expected: Expected) => void): Look {
  return async (expected) => {
    const answer = await ask();
    if (expected !== undefined) check(answer, expected);
  };
}

/** Every way to look at a session. */
function looks(service: SessionService, key: SessionKey): readonly Look[] {
  const { appName, userId } = key;
  const lists: ListSessionRequest[] = [{ appName, userId }];
  if (service.capabilities.listAllUsers) lists.push({ appName, allUsers: true });
  const stateOf = ({ own, user, app }: Expected) => ({
    ...own,
    ...scoped('user:', user),
    ...scoped('app:', app),
  });
  const headOf = (found: Pick<Session, 'incarnation' | 'revision' | 'lastUpdateTime'>) => [
    found.incarnation,
    found.revision,
    found.lastUpdateTime,
  ];
  return [
    look(
      () => service.get(key),
      (found, expected) => {
        const { session } = expected;
        if (session === undefined) return assert.equal(found, undefined);
        assert.ok(found !== undefined, 'the session must be there');
        assert.deepEqual(headOf(found), headOf(session));
        assert.deepEqual(found.events, session.events);
        assert.deepEqual(found.state.toJSON(), stateOf(expected));
      },
    ),
    look(
      () => service.get({ ...key, numRecentEvents: 1 }),
      (found, { session }) => {
        assert.equal(found?.incarnation, session?.incarnation);
        assert.deepEqual(found?.events.at(-1), session?.events.at(-1));
      },
    ),
    look(
      () => unlessRefused('not_found', () => service.listEvents({ ...key, order: 'desc' })),
      (page, { session }) => assert.deepEqual(page?.events.toReversed(), session?.events),
    ),
    ...lists.map((request) =>
      look(
        () => service.list({ ...request, includeState: true, includeTotal: true }),
        ({ sessions, total }, expected) => {
          const heads = expected.session === undefined ? [] : [headOf(expected.session)];
          assert.deepEqual([sessions.map(headOf), total], [heads, heads.length]);
          for (const { state } of sessions) assert.deepEqual(state?.toJSON(), stateOf(expected));
        },
      ),
    ),
    look(
      () => service.getState({ scope: 'user', appName, userId }),
      (found, { user }) => assert.deepEqual(found, user),
    ),
    look(
      () => service.getState({ scope: 'app', appName }),
      (found, { app }) => assert.deepEqual(found, app),
    ),
  ];
}

type Step = (service: SessionService, expected: Expected) => Promise<Expected>;

async function appended(
  append: Promise<readonly Event[]>,
  { session, ...before }: Expected,
): Promise<Expected> {
  const events = await append;
  let next = session;
  for (const event of events) next = next?.withEvent(event);
  const changes = (scope: RegExp) =>
    Object.fromEntries(
      events
        .flatMap((event) => Object.entries(event.actions.stateDelta))
        .flatMap(([name, value]) => (scope.test(name) ? [[name.replace(scope, ''), value]] : [])),
    );
  return {
    session: next,
    own: { ...before.own, ...changes(/^(?!user:|app:)/) },
    user: { ...before.user, ...changes(/^user:/) },
    app: { ...before.app, ...changes(/^app:/) },
  };
}

/** Steps, each of which depends on those before. */
function stepsOf(key: SessionKey, round: number): readonly Step[] {
  const { appName, userId } = key;
  const change = (n: number) => ({ k: n, 'user:k': n, 'app:k': n, [`user:r${round}`]: n });
  const event = (n: number) => ({
    id: `e${n}`,
    author: `round ${round}`,
    timestamp: at(100 * round + n),
    actions: { stateDelta: change(n) },
  });
  const create: Step = async (service, { user, app }) => {
    const state = { own: round, 'user:created': round };
    const session = await service.create({ ...key, state });
    return { session, own: { own: round }, user: { ...user, created: round }, app };
  };
  const expecting = ({ session }: Expected) => ({
    ...key,
    expectedRevision: session?.revision,
    expectedIncarnation: session?.incarnation,
  });
  return [
    create,
    async (service, before) =>
      appended(
        service.appendEvent({ ...expecting(before), event: event(1) }).then((each) => [each]),
        before,
      ),
    async (service, before) =>
      appended(
        service.appendEvents({ ...expecting(before), events: [event(2), event(3)] }),
        before,
      ),
    async (service, before) => {
      // A retry of what the other has appended changes nothing.
      const stored = await service.appendEvent({ ...key, event: event(2) });
      assert.equal(stored.seq, 2);
      const again = { ...key, events: [event(3), event(1)], onStored: 'skip' } as const;
      assert.deepEqual(idsOf(await service.appendEvents(again)), ['e3', 'e1']);
      return before;
    },
    async (service, before) => {
      const set = { k: `updated ${round}`, [`u${round}`]: 1 };
      const owner = { scope: 'user', appName, userId } as const;
      const user = await service.updateState({ ...owner, set, remove: [`r${round}`] });
      const { [`r${round}`]: _, ...kept } = before.user;
      assert.deepEqual(user, { ...kept, ...set });
      return { ...before, user };
    },
    async (service, before) => {
      const set = { k: `updated ${round}` };
      const app = await service.updateState({ scope: 'app', appName, set });
      assert.deepEqual(app, { ...before.app, ...set });
      return { ...before, app };
    },
    async (service, before) => {
      // Later, with an earlier time.
      const late = { ...event(4), timestamp: at(1) };
      const request = { ...expecting(before), event: late };
      return appended(
        service.appendEvent(request).then((each) => [each]),
        before,
      );
    },
    async (service, before) => {
      const request = { ...expecting(before), event: event(5) };
      return appended(
        service.appendEvent(request).then((each) => [each]),
        before,
      );
    },
    async (service, before) => {
      assert.equal(await service.delete(key), true);
      return { ...before, session: undefined, own: {} };
    },
    async (service, before) => {
      const missing = { code: 'not_found' } as const;
      await expectError(() => service.appendEvent({ ...key, event: event(1) }), missing);
      // Not always: an instance may forget by it what it knew.
      if (round % 3 === 0) assert.equal(await service.delete(key), false);
      return before;
    },
  ];
}

async function expectSeen(context: CaseContext, instances: Instances): Promise<void> {
  const key = context.newKey();
  const readers = [...new Set(instances)].flatMap((service) => looks(service, key));
  let expected = NOTHING;
  for (const round of upTo(ROUNDS)) {
    for (const [i, step] of stepsOf(key, round).entries()) {
      expected = await step(turnOf(instances, round + i), expected);
      await Promise.all(readers.map((look) => look(expected)));
    }
  }
}

/** The same, while others read all the time. */
async function expectSeenAmongReads(context: CaseContext, instances: Instances): Promise<void> {
  const key = context.newKey();
  const readers = [...new Set(instances)].flatMap((service) => looks(service, key));
  let turn = 0;
  const readAnything = async () => readers[turn++ % readers.length]?.();
  const write = async () => {
    let expected = NOTHING;
    for (const round of upTo(ROUNDS)) {
      for (const [i, step] of stepsOf(key, round).entries()) {
        // Reads begin before it.
        for (let turns = context.random.below(3); turns > 0; turns--) await nextTurn();
        expected = await step(turnOf(instances, round + i), expected);
        await Promise.all(readers.map((look) => look(expected)));
      }
    }
  };
  await lookWhile(write, readAnything, 6);
}

/** Calls, each of which begins when the one before was acknowledged, perhaps by another instance. */
export const freshCases = casesOf('concurrency', [
  ...raceCases({
    title: 'goes on from what was acknowledged last, in every call that reads or writes',
    run: expectSeen,
  }),
  ...raceCases({
    title: 'reads what was acknowledged last, even if the same was asked for shortly before',
    run: expectSeenAmongReads,
  }),
]);
