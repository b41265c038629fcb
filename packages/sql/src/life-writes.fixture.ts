import { isHoldfastError, type Session, type SessionService } from '@holdfast/session';
import { afterEach, expect, it } from 'vitest';

/** A database that several services have in common. */
export interface LifeDatabase {
  /** A service with connections of its own. */
  open(): Promise<SessionService>;
  /** All that the database holds, in any form in which a value can be found. */
  dump(): Promise<string>;
}

const TIMEOUT = { timeout: 120_000 };

/** What must hold of forks, counters, imports and erasures while others write, within a `describe`. */
export function itKeepsLivesApart({ open: openOne, dump }: LifeDatabase): void {
  const opened: SessionService[] = [];
  const open = async () => {
    const service = await openOne();
    opened.push(service);
    return service;
  };
  const openAll = (count: number) => Promise.all(Array.from({ length: count }, open));
  afterEach(async () => {
    for (const service of opened.splice(0)) await service.close();
  });

  it('ends at the sum if 16 writers raise the same counters in any order', TIMEOUT, async () => {
    const services = await openAll(4);
    const [service] = services as [SessionService];
    const owner = { appName: 'counters', userId: 'ada' };
    const keys = await raiseCounters(services, owner);
    const app = await service.getState({ scope: 'app', appName: owner.appName });
    expect(app).toMatchObject({ a: 480, b: 480, é: 480 });
    expect(await service.getState({ scope: 'user', ...owner })).toMatchObject({ a: 400, b: 400 });
    for (const key of keys) {
      const session = await service.get(key);
      expect(session?.revision).toBe(120);
      expect(session?.state.get('c')).toBe(100);
    }
  });

  it('writes nothing if an increment does not fit, and takes its retry for one', async () => {
    const service = await open();
    const { key } = await service.create({ appName: 'unfit', userId: 'ada', state: { text: 'a' } });
    const event = {
      id: 'one',
      actions: { stateIncrements: { 'user:n': 1, 'app:new': 1, text: 1 } },
    };
    await expect(service.appendEvent({ ...key, event })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect((await service.get(key))?.toJSON()).toMatchObject({ revision: 0, state: { text: 'a' } });
    expect(await service.listUsers({ appName: 'unfit' })).toMatchObject({ userIds: ['ada'] });
    const fits = { id: 'two', actions: { stateIncrements: { 'user:n': 1 } } };
    const stored = await service.appendEvent({ ...key, event: fits });
    await service.updateState({ scope: 'user', ...key, set: { n: 'not a number' } });
    expect(await service.appendEvent({ ...key, event: fits })).toStrictEqual(stored);
    const again = { ...fits, id: 'three' };
    await expect(service.appendEvent({ ...key, event: again })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('forks as of one moment while others append', TIMEOUT, async () => {
    const services = await openAll(3);
    const [service] = services as [SessionService];
    const { key } = await service.create({
      appName: 'forks',
      userId: 'ada',
      state: { kept: null, gone: 'soon', n: 0 },
    });
    await service.appendEvent({ ...key, event: { actions: { removedStateKeys: ['gone'] } } });
    let isDone = false;
    const appends = inParallel(3, async (writer) => {
      for (let i = 0; i < 60; i++) {
        const actions = { stateIncrements: { n: 1 }, stateDelta: { [`writer-${writer}`]: i } };
        await services[writer]?.appendEvent({ ...key, event: { actions } });
      }
      isDone = true;
    });
    const forks: Session[] = [];
    while (!isDone) forks.push(await service.fork({ ...key, labels: { of: 'many' } }));
    await appends;
    forks.push(await service.fork({ ...key, throughSeq: 0 }), await service.fork(key));
    const source = await service.get(key);
    for (const fork of forks) {
      const read = await service.get(fork.key);
      expect(read?.events).toStrictEqual(source?.events.slice(0, fork.revision));
      expect(read?.events).toHaveLength(fork.revision);
      expect(read?.forkedFrom).toStrictEqual({ sessionId: key.sessionId, seq: fork.revision });
      expect(read?.state.get('n')).toBe(Math.max(0, fork.revision - 1));
      expect(read?.state.has('gone')).toBe(fork.revision === 0);
      expect(read?.lastUpdateTime).toBeGreaterThanOrEqual(read?.events.at(-1)?.timestamp ?? 0);
    }
    expect(source?.revision).toBe(181);
    // Each goes on by itself, and can be forked back to its beginning.
    const [first] = forks as [Session];
    await service.appendEvent({ ...first.key, event: { actions: { stateDelta: { n: -1 } } } });
    const begun = await service.fork({ ...first.key, throughSeq: 0 });
    expect(begun.state.toJSON()).toStrictEqual({ kept: null, gone: 'soon', n: 0 });
  });

  it('makes one session of two forks at once that are to have the same id', async () => {
    const services = await openAll(2);
    const { key } = await (services[0] as SessionService).create({
      appName: 'twice',
      userId: 'ada',
    });
    for (let i = 0; i < 20; i++) await services[0]?.appendEvent({ ...key, event: {} });
    for (let round = 0; round < 10; round++) {
      const newSessionId = `fork-${round}`;
      const outcomes = await Promise.allSettled(
        services.map((service, i) =>
          service.fork({ ...key, newSessionId, throughSeq: 10 + i * 5 }),
        ),
      );
      const refused = outcomes.filter(({ status }) => status === 'rejected');
      expect(refused).toMatchObject([{ reason: { code: 'already_exists' } }]);
      const fork = await services[0]?.get({ ...key, sessionId: newSessionId });
      expect(fork?.events).toHaveLength(fork?.revision ?? 0);
    }
  });

  it('keeps nothing of what events said once they are erased', async () => {
    const service = await open();
    const { key } = await service.create({ appName: 'erased', userId: 'ada' });
    const secret = (i: number) => `secret-${i}-of-ada`;
    await service.appendEvents({
      ...key,
      events: Array.from({ length: 80 }, (_, i) => ({
        id: `event-${i}`,
        author: 'ada',
        timestamp: 1_000 + i,
        content: { parts: [{ text: secret(i).repeat(i === 7 ? 5_000 : 1) }] },
      })),
    });
    expect(await dump()).toContain(secret(70));
    await service.retract({ ...key, throughSeq: 60, erase: true });
    await service.retract({ ...key, eventIds: ['event-70'], erase: true });
    const session = await service.get(key);
    expect(session?.events.map(({ seq }) => seq)).toStrictEqual(
      Array.from({ length: 82 }, (_, i) => i + 1),
    );
    const { events = [] } = session ?? {};
    expect(events[69]).not.toHaveProperty('erased');
    expect(events[70]).toStrictEqual(
      expect.objectContaining({ id: 'event-70', timestamp: 1_070, author: 'ada', erased: true }),
    );
    const left = await dump();
    for (let i = 0; i < 60; i++) expect(left).not.toContain(secret(i));
    expect(left).not.toContain(secret(70));
    expect(left).toContain(secret(71));
  });

  it('brings an import to its end that was begun again', async () => {
    const [service, other] = (await openAll(2)) as [SessionService, SessionService];
    const { key } = await service.create({
      appName: 'moved',
      userId: 'ada',
      state: { kept: null, gone: 1 },
      labels: { title: 'Moved' },
    });
    const events = Array.from({ length: 10 }, (_, i) => ({
      id: `event-${i}`,
      timestamp: 1_000 + i,
      actions: i === 4 ? { removedStateKeys: ['gone'], stateDelta: { last: i } } : {},
    }));
    const stored = await service.appendEvents({ ...key, events });
    const { createTime, lastUpdateTime, labels, revision } = (await service.get(key)) as Session;
    const session = {
      createTime,
      lastUpdateTime,
      revision,
      labels,
      expires: { afterIdle: 60_000 },
      initialState: { kept: null, gone: 1 },
      state: { kept: null, last: 4 },
    };
    const target = { ...key, userId: 'eve' };
    const begin = () => service.importSession({ ...target, session, events: stored.slice(0, 4) });
    const first = await begin();
    expect(await service.get(target)).toBeUndefined();
    expect((await service.list({ ...target, includeTotal: true })).total).toBe(0);
    const second = await begin();
    const goOn = (part: typeof first, from: number, to: number) =>
      other.importSession({ ...target, session, events: stored.slice(from, to), part });
    await expect(goOn(first, 4, 6)).rejects.toMatchObject({ code: 'conflict' });
    const third = await goOn(second, 4, 6);
    await expect(goOn(second, 4, 6)).rejects.toMatchObject({ code: 'conflict' });
    await goOn(third, 6, 10);
    await expect(goOn(third, 6, 10)).rejects.toMatchObject({ code: 'conflict' });
    await expect(begin()).rejects.toMatchObject({ code: 'already_exists' });
    const moved = await other.get(target);
    expect(moved?.events).toStrictEqual(stored);
    expect(moved?.state.toJSON()).toStrictEqual({ kept: null, last: 4 });
    expect(moved).toMatchObject({ createTime, lastUpdateTime, labels, revision });
    const byLabel = await service.list({ ...target, labels: { title: 'Moved' } });
    expect(byLabel.sessions.map(({ id }) => id)).toStrictEqual([key.sessionId]);
    const back = await other.fork({ ...target, throughSeq: 3 });
    expect(back.state.toJSON()).toStrictEqual({ kept: null, gone: 1 });
  });

  it(
    'erases a user while others create sessions of that user, and comes to an end',
    TIMEOUT,
    async () => {
      const services = await openAll(3);
      const [service] = services as [SessionService];
      const owner = { appName: 'erasing', userId: 'ada' };
      const before: Session['key'][] = [];
      for (let i = 0; i < 110; i++) {
        const state = { secret: `before-${i}-it`, [`user:before-${i}`]: `before-${i}-it` };
        before.push(
          (await service.create({ ...owner, state, labels: { at: `before-${i}-it` } })).key,
        );
      }
      for (const key of before.slice(0, 5)) {
        const event = {
          author: 'before-event-it',
          actions: { stateDelta: { 'user:shared': 'before-s-it' } },
        };
        await service.appendEvent({ ...key, event });
      }
      let isErased = false;
      const writers = inParallel(8, async (writer) => {
        const own = services[writer % 2] as SessionService;
        for (let i = 0; !isErased; i++) {
          const mark = `${writer}-${i}`;
          const state = { mark, [`user:of-${mark}`]: mark, 'user:shared': mark };
          const { key } = await own.create({ ...owner, state, labels: { mark } });
          const event = {
            actions: { stateDelta: { 'user:shared': mark }, stateIncrements: { 'user:n': 1 } },
          };
          await own.appendEvent({ ...key, event }).catch(unlessGone);
          await own.updateState({
            scope: 'user',
            ...owner,
            set: { [`set-${mark}`]: mark },
            increment: { n: 1 },
          });
        }
      });
      const erased = await (services[2] as SessionService).eraseUser(owner);
      expect(erased.sessions).toBeGreaterThanOrEqual(before.length);
      expect(erased.stateKeys).toBeGreaterThanOrEqual(111);
      for (const key of before) expect(await service.get(key)).toBeUndefined();
      isErased = true;
      await writers;

      expect(await dump()).not.toMatch(/before-\w+-it/);
      // What is left was written behind the moment, as a whole.
      const userState = await service.getState({ scope: 'user', ...owner });
      for (let cursor: string | undefined; ; ) {
        const page = await service.list({ ...owner, limit: 1_000, includeState: true, cursor });
        for (const { state, labels } of page.sessions) {
          const mark = state?.get('mark');
          expect(labels).toStrictEqual({ mark });
          expect(userState).toHaveProperty(`of-${mark}`);
        }
        cursor = page.nextCursor;
        if (cursor === undefined) break;
      }
      await service.eraseUser(owner);
      expect(await service.listUsers({ appName: owner.appName })).toMatchObject({ userIds: [] });
      expect(await dump()).not.toContain('of-0-');
      expect(await dump()).not.toContain('set-0-');
    },
  );

  it('lists users who have sessions or state of their own, by their bytes', async () => {
    const service = await open();
    const appName = 'users';
    for (const userId of ['b', 'a', 'B', 'é', '😀']) {
      await service.create({ appName, userId });
      await service.create({ appName, userId });
    }
    for (const userId of ['a', 'c', 'Z', 'gone']) {
      await service.updateState({ scope: 'user', appName, userId, set: { x: 1, y: 2 } });
    }
    await service.updateState({ scope: 'user', appName, userId: 'gone', remove: ['x', 'y'] });
    await service.updateState({ scope: 'app', appName, set: { x: 1 } });
    const all = ['B', 'Z', 'a', 'b', 'c', 'é', '😀'];
    expect(await service.listUsers({ appName })).toStrictEqual({ userIds: all, hasMore: false });
    const page = await service.listUsers({ appName, afterUserId: 'Z', limit: 3 });
    expect(page).toStrictEqual({ userIds: ['a', 'b', 'c'], hasMore: true });
  });

  it('tells watchers of many sessions what others append, each event once', TIMEOUT, async () => {
    const [service, other] = (await openAll(2)) as [SessionService, SessionService];
    const owner = { appName: 'watched', userId: 'a "da" \\ é' };
    const keys: Session['key'][] = [];
    for (let i = 0; i < 100; i++) keys.push((await service.create(owner)).key);
    const controller = new AbortController();
    const seen = keys.map((): (number | undefined)[] => []);
    const watchers = keys.map(async (key, i) => {
      for await (const { seq } of service.watch({ ...key, signal: controller.signal })) {
        seen[i]?.push(seq);
        if (seq === 3) return;
      }
    });
    for (let n = 0; n < 3; n++) {
      for (const key of keys) await other.appendEvent({ ...key, event: {} });
    }
    await Promise.all(watchers);
    expect(seen).toStrictEqual(keys.map(() => [1, 2, 3]));
    const gone = service.watch(keys[0] as Session['key'])[Symbol.asyncIterator]();
    for (let n = 0; n < 3; n++) await gone.next();
    const next = gone.next();
    await other.delete(keys[0] as Session['key']);
    await expect(next).rejects.toMatchObject({ code: 'not_found' });
  });
}

/** 16 writers raise counters of four sessions, and of whoever has them, in any order; some set keys. */
export async function raiseCounters(
  services: readonly SessionService[],
  owner: Pick<Session['key'], 'appName' | 'userId'>,
): Promise<readonly Session['key'][]> {
  const keys: Session['key'][] = [];
  const names = ['app:b', 'user:a', 'app:a', 'c', 'user:b', 'app:é'];
  for (let i = 0; i < 4; i++) {
    keys.push((await (services[0] as SessionService).create(owner)).key);
  }
  await inParallel(16, async (writer) => {
    const service = services[writer % services.length] as SessionService;
    const key = keys[writer >> 2] as Session['key'];
    for (let i = 0; i < 25; i++) {
      const from = (writer + i) % names.length;
      const turned = [...names.slice(from), ...names.slice(0, from)];
      const stateIncrements = Object.fromEntries(turned.map((name) => [name, 1]));
      await service.appendEvent({ ...key, event: { actions: { stateIncrements } } });
      if (i % 5 === 0) {
        const stateDelta = { 'user:set': i, 'app:set': i };
        await service.appendEvent({ ...key, event: { actions: { stateDelta } } });
      }
      if (i % 5 === 1) {
        const app = { scope: 'app', appName: owner.appName } as const;
        await service.updateState({ ...app, increment: { é: 1, b: 1, a: 1 }, remove: ['set'] });
      }
    }
  });
  return keys;
}

async function inParallel(count: number, work: (index: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, i) => work(i)));
}

function unlessGone(error: unknown): void {
  if (!isHoldfastError(error, 'not_found')) throw error;
}
