import { type Event, isHoldfastError, type SessionKey } from '@holdfast/session';
import { expect, it } from 'vitest';
import { describeEachKind, type Kind } from './each-kind.fixture.ts';

const HOUR = 3_600_000;

describeEachKind('the life of sessions in Redis', (kind) => {
  let users = 0;
  /** A user that nobody else has, and a clock. */
  const world = () => {
    const clock = { time: 1_800_000_000_000 };
    const service = kind.open({ now: () => clock.time });
    const owner = { appName: 'app', userId: `user ${++users}` };
    return { clock, service, owner, key: { ...owner, sessionId: 's' } };
  };

  it('keeps the labels of many writers at once', async () => {
    const { service, key } = world();
    await service.create({ ...key, labels: { begun: 'yes', gone: 'soon' } });
    const other = kind.open();
    const names = Array.from({ length: 24 }, (_, i) => `label ${i}`);
    await Promise.all([
      ...names.map((name, i) =>
        (i % 2 === 0 ? service : other).updateSession({ ...key, labels: { set: { [name]: 'x' } } }),
      ),
      other.updateSession({ ...key, labels: { remove: ['gone'] } }),
    ]);
    const labels = { begun: 'yes', ...Object.fromEntries(names.map((name) => [name, 'x'])) };
    expect((await service.get(key))?.labels).toEqual(labels);
    const listed = await service.list({ ...key, labels, includeTotal: true });
    expect([listed.total, listed.sessions[0]?.labels]).toEqual([1, labels]);
    expect((await service.list({ ...key, labels: { gone: 'soon' } })).sessions).toEqual([]);
  });

  it('finds sessions by labels, whatever these are, page by page in both orders', async () => {
    const { clock, service, owner } = world();
    const texts = ['', 'x', 'x\n', 'x\ny', '\u0000', '"],["', 'é😀', '\u000b', ' ', '\\', 'x"'];
    const made: { readonly id: string; readonly text: string; readonly time: number }[] = [];
    for (let i = 0; i < 66; i++) {
      if (i % 4 === 0) clock.time++;
      const text = texts[i % texts.length] as string;
      const labels = { text, ...(i < 33 && { half: 'first' }), all: 'yes' };
      const { id } = await service.create({ ...owner, labels, state: { i, 'user:i': i } });
      made.push({ id, text, time: clock.time });
    }
    const walk = async (labels: Record<string, string>, order: 'asc' | 'desc', limit: number) => {
      const ids: string[] = [];
      for (let cursor: string | undefined, isFirst = true; isFirst || cursor; isFirst = false) {
        const page = await service.list({
          ...{ ...owner, labels, order, limit, cursor, includeTotal: true },
          includeState: limit % 2 === 0,
        });
        ids.push(...page.sessions.map(({ id }) => id));
        for (const { id, labels: own, state } of page.sessions) {
          expect(own).toMatchObject(labels);
          const i = made.findIndex((each) => each.id === id);
          if (limit % 2 === 0) expect(state?.toJSON()).toEqual({ i, 'user:i': 65 });
        }
        expect(page.total).toBe(made.filter(isMeant(labels)).length);
        cursor = page.nextCursor;
      }
      return ids;
    };
    const isMeant =
      ({ text, half }: Record<string, string>) =>
      (each: { readonly text: string }, i: number) =>
        (text === undefined || each.text === text) && (half === undefined || i < 33);
    for (const labels of [...texts.map((text) => ({ text })), { all: 'yes' }, { half: 'first' }]) {
      const all = 'all' in labels ? {} : labels;
      const expected = made
        .filter(isMeant(all))
        .sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
      const ids = expected.map(({ id }) => id);
      expect(await walk(labels, 'asc', 3)).toEqual(ids);
      expect(await walk(labels, 'desc', 4)).toEqual([...ids].reverse());
    }
    const both = made.filter(isMeant({ text: 'x', half: 'first' })).map(({ id }) => id);
    const found = await walk({ half: 'first', text: 'x', all: 'yes' }, 'asc', 100);
    expect(found.sort()).toEqual(both.sort());
    for (const labels of [{ text: 'nothing' }, { text: 'x', half: 'second' }]) {
      const none = await service.list({ ...owner, labels, includeTotal: true });
      expect(none).toEqual({ sessions: [], total: 0 });
    }
  });

  it('takes a session for gone from the moment on at which it expires', async () => {
    const { clock, service, owner, key } = world();
    const appName = `expiring ${owner.userId}`;
    const at = clock.time + 1_000;
    const expiring = { ...key, appName };
    const kept = { ...expiring, sessionId: 'kept' };
    await service.create({ ...kept, labels: { a: 'b' } });
    await service.create({ ...expiring, labels: { a: 'b' }, expires: { at }, state: { old: 1 } });
    await service.appendEvent({ ...expiring, event: { id: 'e', timestamp: 8e15 } });
    const lists = async () => {
      const requests = [{ userId: key.userId }, { userId: key.userId, labels: { a: 'b' } }];
      const all = [...requests, { allUsers: true } as const].flatMap((users) =>
        [true, false].map((includeState) => ({ ...users, includeState })),
      );
      const counts = await Promise.all(
        all.map(async (more) => {
          const { sessions, total } = await service.list({ appName, ...more, includeTotal: true });
          return [sessions.length, total];
        }),
      );
      return [...new Set(counts.flat())];
    };

    clock.time = at - 1;
    expect(await service.get(expiring)).toMatchObject({ expires: { at }, revision: 1 });
    expect(await lists()).toEqual([2]);

    clock.time = at;
    expect(await service.get(expiring)).toBeUndefined();
    expect(await lists()).toEqual([1]);
    const missing = { code: 'not_found' };
    for (const event of [{}, { id: 'e', timestamp: 8e15 }]) {
      await expect(service.appendEvent({ ...expiring, event })).rejects.toMatchObject(missing);
    }
    await expect(service.appendEvents({ ...expiring, events: [{}, {}] })).rejects.toMatchObject(
      missing,
    );
    await expect(service.updateSession({ ...expiring, expires: null })).rejects.toMatchObject(
      missing,
    );
    await expect(service.acquireTurn({ ...expiring, turn: 't' })).rejects.toMatchObject(missing);
    await expect(service.listEvents(expiring)).rejects.toMatchObject(missing);
    expect(await service.delete(expiring)).toBe(false);

    const again = await service.create(expiring);
    expect([again.events, again.labels, again.state.toJSON()]).toEqual([[], {}, {}]);
    expect((await service.get(expiring))?.events).toEqual([]);
    expect(await lists()).toEqual([2, 1]);
  });

  it('moves the expiry with appends and updates, whatever the times of events are', async () => {
    const { clock, service, owner, key } = world();
    const afterIdle = 1_000;
    await service.create({ ...key, expires: { afterIdle } });
    const events = (timestamp: number) => [{ timestamp }, { timestamp }];
    const touches = [
      () => service.appendEvent({ ...key, event: { timestamp: 5 } }),
      () => service.appendEvent({ ...key, event: { timestamp: clock.time + HOUR } }),
      () => service.appendEvents({ ...key, events: events(7) }),
      () => service.appendEvents({ ...key, events: events(clock.time + 2 * HOUR) }),
      () => service.updateSession({ ...key, labels: { set: { title: 'x' } } }),
      () =>
        service.appendEvent({
          ...key,
          event: { actions: { stateDelta: { a: 1, 'user:a': 1, 'app:a': 1 } } },
        }),
    ];
    for (const touch of touches) {
      clock.time += afterIdle - 1;
      await touch();
      expect((await service.list({ ...owner, includeTotal: true })).total).toBe(1);
    }
    // A turn is not news, nor is a conflict.
    clock.time += 1;
    await service.acquireTurn({ ...key, turn: 't' });
    await expect(
      service.appendEvent({ ...key, event: {}, expectedRevision: 0 }),
    ).rejects.toMatchObject({ code: 'conflict' });
    clock.time += afterIdle - 1;
    expect(await service.get(key)).toBeUndefined();
    expect(await service.list({ ...owner, includeTotal: true })).toEqual({
      sessions: [],
      total: 0,
    });

    await service.create({ ...key, expires: { afterIdle } });
    await service.updateSession({ ...key, expires: null });
    clock.time += HOUR;
    expect((await service.get(key))?.expires).toBeUndefined();
    await service.updateSession({ ...key, expires: { at: clock.time + 1 } });
    await service.appendEvent({ ...key, event: {} });
    clock.time++;
    expect(await service.get(key)).toBeUndefined();
  });

  it('appends for a turn only as long as the session is held for it', async () => {
    const { clock, service, key } = world();
    await service.create(key);
    const conflict = { code: 'conflict' };
    const append = (turn: string | undefined, event: object) =>
      service.appendEvent({ ...key, turn, event });
    await expect(append('one', {})).rejects.toMatchObject(conflict);
    await expect(service.acquireTurn({ ...key, turn: 'one', extend: true })).rejects.toMatchObject(
      conflict,
    );
    await service.acquireTurn({ ...key, turn: 'one:a', ttl: 1_000 });
    const first = await append('one:a', { id: 'first' });
    await service.appendEvents({ ...key, turn: 'one:a', events: [{}, {}] });
    await append(undefined, {});
    const two = { ...key, turn: 'two', ttl: 1_000 };
    clock.time += 999;
    await expect(service.acquireTurn(two)).rejects.toMatchObject(conflict);
    clock.time++;
    await service.acquireTurn(two);
    for (const events of [[{}], [{}, {}]]) {
      const lost = service.appendEvents({ ...key, turn: 'one:a', events });
      await expect(lost).rejects.toMatchObject(conflict);
    }
    // It was stored when its turn was held.
    expect(await append('one:a', { id: 'first' })).toEqual(first);
    expect(await service.releaseTurn({ ...key, turn: 'one:a' })).toBe(false);
    await append('two', {});
    clock.time += HOUR;
    await service.acquireTurn({ ...two, extend: true });
    expect(await service.releaseTurn(two)).toBe(true);
    await expect(append('two', {})).rejects.toMatchObject(conflict);
    expect((await service.get(key))?.revision).toBe(5);
  });

  it('lets one of many have a turn', async () => {
    const { service, key } = world();
    await service.create(key);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => service.acquireTurn({ ...key, turn: `turn ${i}` })),
    );
    const refused = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(refused).toHaveLength(19);
    expect(refused.every((error) => isHoldfastError(error, 'conflict'))).toBe(true);
  });

  it('sweeps what has expired or was not touched for long, as much as it is told, and leaves nothing of it', async () => {
    const { clock, service, owner } = world();
    const appName = `swept by ${owner.userId}`;
    const before = await kind.dump();
    const make = (userId: string, sessionId: string, more: object) =>
      service.create({ appName, userId, sessionId, ...more });
    const begun = clock.time;
    for (let i = 0; i < 30; i++) {
      const user = `u ${i % 10}`;
      await make(user, `ends ${i}`, {
        expires: { at: begun + HOUR },
        labels: { of: user },
        state: { a: 1 },
      });
      await make(user, `idle ${i}`, { labels: { of: user } });
      const times = [begun + 9 * HOUR, begun].map((timestamp) => ({ timestamp }));
      await service.appendEvents({ appName, userId: user, sessionId: `idle ${i}`, events: times });
    }
    const all = { appName, allUsers: true } as const;
    expect(await service.sweep(all)).toEqual({ deleted: 0, done: true });
    clock.time += HOUR;
    expect(await service.sweep({ ...all, limit: 7 })).toEqual({ deleted: 7, done: false });
    expect(await service.sweep({ appName, userId: 'u 3' })).toMatchObject({ done: true });
    const rest = await service.sweep(all);
    expect([rest.deleted <= 23, rest.done]).toEqual([true, true]);
    expect((await service.list({ ...all, includeTotal: true })).total).toBe(30);

    const touched = { appName, userId: 'u 1', sessionId: 'idle 1' };
    clock.time += 10;
    await service.appendEvent({ ...touched, event: { timestamp: 1 } });
    await service.updateSession({ ...touched, sessionId: 'idle 11', labels: { remove: ['of'] } });
    clock.time += HOUR - 10;
    const idleFor = HOUR;
    expect(await service.sweep({ appName, userId: 'u 1', idleFor })).toEqual({
      deleted: 1,
      done: true,
    });
    const some = await service.sweep({ ...all, idleFor, limit: 5 });
    expect(some).toEqual({ deleted: 5, done: false });
    expect(await service.sweep({ ...all, idleFor })).toEqual({ deleted: 22, done: true });
    const left = await service.list(all);
    expect(left.sessions.map(({ sessionId }) => sessionId).sort()).toEqual(['idle 1', 'idle 11']);
    for (const session of left.sessions) await service.delete(session);
    expect(sorted(await kind.dump())).toEqual(sorted(before));
  });

  it('never sweeps what was touched after it was found', async () => {
    const { clock, service, key } = world();
    const store = kind.store();
    await service.create({ ...key, expires: { afterIdle: 1_000 } });
    clock.time += 999;
    const sweep = { ...key, now: clock.time + 1, untouchedSince: clock.time - 1, limit: 10 };
    expect(await store.findExpired(sweep)).toEqual([key]);
    await service.appendEvent({ ...key, event: {} });
    const { now, untouchedSince } = sweep;
    expect(await store.deleteExpired({ key, now, untouchedSince })).toBe(false);
    expect(await store.findExpired(sweep)).toEqual([]);
    expect((await service.get(key))?.revision).toBe(1);
  });

  it('finds an event by its id', async () => {
    const { service, key } = world();
    await service.create(key);
    const events = await service.appendEvents({ ...key, events: [{ id: 'a' }, { id: 'é' }, {}] });
    for (const event of events) {
      expect(await service.getEvent({ ...key, eventId: event.id })).toEqual(event);
    }
    expect(await service.getEvent({ ...key, eventId: 'b' })).toBeUndefined();
  });

  it('loads the active events alone if it is asked for them, and the initial state', async () => {
    const { service, key } = world();
    const store = kind.store();
    const state = { a: [1] };
    await service.create({ ...key, state });
    const stored: Event[] = [];
    for (let i = 1; i <= 9; i++) {
      const event = { timestamp: i === 5 ? 1 : i, actions: { stateDelta: { a: i } } };
      stored.push(await service.appendEvent({ ...key, event }));
    }
    const seqs = async (more: object) => {
      const get = { numRecentEvents: undefined, afterTimestamp: undefined, active: true };
      const found = await store.get({ key, ...get, includeInitialState: false, ...more });
      return found?.events.map(({ seq }) => seq);
    };
    expect(await seqs({})).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await appendRaw(store, key, 4);
    expect(await seqs({})).toEqual([4, 5, 6, 7, 8, 9, 10]);
    expect(await seqs({ numRecentEvents: 2 })).toEqual([9, 10]);
    expect(await seqs({ afterTimestamp: 2 })).toEqual([4, 6, 7, 8, 9, 10]);
    expect(await seqs({ active: false, numRecentEvents: 8 })).toHaveLength(8);
    await appendRaw(store, key, 1);
    expect(await seqs({})).toHaveLength(11);
    const found = await store.get({
      ...{ key, numRecentEvents: 0, afterTimestamp: undefined, active: true },
      includeInitialState: true,
    });
    expect(Object.fromEntries(found?.initialState ?? [])).toEqual({ a: [1] });
  });
});

/** An append after which the active events begin elsewhere. */
async function appendRaw(
  store: ReturnType<Kind['store']>,
  key: SessionKey,
  activeFrom: number,
): Promise<void> {
  const actions = { stateDelta: {}, artifactDelta: {} };
  const event = { id: `raw ${activeFrom}`, invocationId: '', timestamp: 99, actions } as Event;
  const none = new Map();
  const outcome = await store.append({
    ...{ key, events: [event], latestTimestamp: 99, now: 1_800_000_000_000, activeFrom },
    changes: { session: none, user: none, app: none },
    expectedRevision: undefined,
    expectedIncarnation: undefined,
  });
  expect(outcome.type).toBe('written');
}

function sorted(dump: string): readonly string[] {
  return dump
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}
