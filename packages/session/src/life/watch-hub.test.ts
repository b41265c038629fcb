import { HoldfastError, isHoldfastError, type SessionKey } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ManualTimers, settle } from '../manual-timers.fixture.ts';
import type { SessionPlace, SessionStore } from '../session-store.ts';
import { WatchHub } from './watch-hub.ts';

const keyOf = (sessionId: string): SessionKey => ({ appName: 'app', userId: 'ann', sessionId });

/** Where sessions are, and what was asked about them. */
class Places {
  readonly places = new Map<string, SessionPlace>();
  readonly looks: (readonly string[])[] = [];
  fault: Error | undefined;
  now = 0;
  clockFault: Error | undefined;

  move(sessionId: string, revision: number, others: Partial<SessionPlace> = {}): void {
    this.places.set(sessionId, { revision, incarnation: 'first', ...others });
  }

  hub(others: Partial<SessionStore> = {}): WatchHub {
    const store: Pick<SessionStore, 'findRevisions'> = {
      findRevisions: async (keys) => {
        this.looks.push(keys.map(({ sessionId }) => sessionId));
        if (this.fault !== undefined) throw this.fault;
        return keys.map(({ sessionId }) => this.places.get(sessionId));
      },
    };
    return new WatchHub({
      store: { ...store, ...others } as SessionStore,
      now: () => {
        if (this.clockFault !== undefined) throw this.clockFault;
        return this.now;
      },
      run: async (read) => read(),
    });
  }
}

let timers: ManualTimers;
let store: Places;
beforeEach(() => {
  timers = new ManualTimers();
  store = new Places();
});
afterEach(() => void vi.restoreAllMocks());

interface Wait {
  readonly sessionId?: string;
  readonly position?: number;
  readonly signal?: AbortSignal;
  readonly expireTime?: number | undefined;
}

/** Waits for an event behind a position, and says how that ended. */
function waitIn(hub: WatchHub, { sessionId = 's', position = 0, signal, expireTime }: Wait = {}) {
  const watcher = hub.watch(keyOf(sessionId), expireTime);
  const wait = { outcome: 'waits', watcher };
  watcher.wait({ position, incarnation: 'first', signal }).then(
    () => {
      wait.outcome = 'woken';
    },
    (error) => {
      wait.outcome = isHoldfastError(error) ? error.code : String(error);
    },
  );
  return wait;
}

describe('WatchHub', () => {
  it('wakes those who wait for an event of this service at once, without a look', async () => {
    const hub = store.hub();
    const [first, behind, other] = [
      waitIn(hub),
      waitIn(hub, { position: 1 }),
      waitIn(hub, { sessionId: 'other' }),
    ];
    hub.appended(keyOf('s'), 1);
    await settle();
    expect([first.outcome, behind.outcome, other.outcome]).toEqual(['woken', 'waits', 'waits']);
    expect(store.looks).toEqual([]);
  });

  it('looks once at all sessions that may have changed together', async () => {
    const hub = store.hub();
    store.move('moved', 1);
    store.move('still', 0);
    const [moved, still, gone] = ['moved', 'still', 'gone'].map((sessionId) =>
      waitIn(hub, { sessionId }),
    );
    hub.changedAll();
    await settle();
    expect([moved, still, gone].map((wait) => wait?.outcome)).toEqual([
      'woken',
      'waits',
      'not_found',
    ]);
    expect(store.looks).toEqual([['moved', 'still', 'gone']]);
  });

  it('does not wait for an event that came while the watcher was reading', async () => {
    const hub = store.hub();
    const watcher = hub.watch(keyOf('s'));
    watcher.reading();
    hub.appended(keyOf('s'), 3);
    await watcher.wait({ position: 2, incarnation: 'first', signal: undefined });
    watcher.reading();
    const end = new AbortController();
    const wait = watcher.wait({ position: 3, incarnation: 'first', signal: end.signal });
    end.abort(new Error('nothing came'));
    await expect(wait).rejects.toThrow('nothing came');
  });

  it('looks for all who wait at once: one read, however many they are', async () => {
    const hub = store.hub();
    const waits = Array.from({ length: 1000 }, (_, i) => {
      const sessionId = `s${i % 10}`;
      store.move(sessionId, 0);
      return waitIn(hub, { sessionId });
    });
    await timers.advance(1000);
    const all = Array.from({ length: 10 }, (_, i) => `s${i}`);
    expect(store.looks).toEqual([all, all, all, all, all]);
    expect(waits.every(({ outcome }) => outcome === 'waits')).toBe(true);
    store.move('s3', 1);
    await timers.advance(200);
    expect(waits.filter(({ outcome }) => outcome === 'woken')).toHaveLength(100);
    expect(waits.every(({ outcome }, i) => (outcome === 'woken') === (i % 10 === 3))).toBe(true);
  });

  it('ends a watcher once, whoever watches the session then', async () => {
    const hub = store.hub();
    const first = hub.watch(keyOf('s'));
    first.end();
    const wait = waitIn(hub);
    first.end();
    hub.appended(keyOf('s'), 1);
    await settle();
    expect(wait.outcome).toBe('woken');
  });

  it('looks only for those who wait, and not at all if nobody does', async () => {
    const hub = store.hub();
    store.move('s', 0);
    store.move('reads', 0);
    const reading = hub.watch(keyOf('reads'));
    const wait = waitIn(hub);
    await timers.advance(200);
    expect(store.looks).toEqual([['s']]);
    hub.appended(keyOf('s'), 1);
    await settle();
    wait.watcher.end();
    await timers.advance(60_000);
    expect(store.looks).toEqual([['s']]);
    expect(timers.waiting).toBe(0);
    reading.end();
  });

  it('begins to look again when somebody waits again', async () => {
    const hub = store.hub();
    store.move('s', 1);
    const first = waitIn(hub);
    await timers.advance(200);
    expect(first.outcome).toBe('woken');
    await timers.advance(60_000);
    expect(timers.waiting).toBe(0);
    const second = waitIn(hub, { position: 1 });
    store.move('s', 2);
    await timers.advance(200);
    expect(second.outcome).toBe('woken');
  });

  it.each<[string, Partial<SessionPlace> | undefined]>([
    ['is gone', undefined],
    ['was deleted and created again', { incarnation: 'second', revision: 9 }],
    ['has expired', { expireTime: 5 }],
  ])('is `not_found` if the session %s', async (_, place) => {
    const hub = store.hub();
    store.now = 5;
    store.move('s', 0);
    const wait = waitIn(hub);
    await timers.advance(200);
    expect(wait.outcome).toBe('waits');
    if (place === undefined) store.places.delete('s');
    else store.move('s', 0, place);
    await timers.advance(200);
    expect(wait.outcome).toBe('not_found');
  });

  it('looks at once if the session may have changed in any way', async () => {
    const hub = store.hub();
    const wait = waitIn(hub);
    hub.changed(keyOf('other'));
    hub.changed(keyOf('s'));
    await settle();
    expect(wait.outcome).toBe('not_found');
    expect(store.looks).toEqual([['s']]);
  });

  it('ends with what does not pass by itself', async () => {
    const hub = store.hub();
    const waits = [waitIn(hub), waitIn(hub, { sessionId: 'other' })];
    store.fault = new HoldfastError('misconfigured', { message: 'the tables are gone' });
    await timers.advance(200);
    expect(waits.map(({ outcome }) => outcome)).toEqual(['misconfigured', 'misconfigured']);
    await timers.advance(60_000);
    expect(store.looks).toHaveLength(1);
  });

  it.each([undefined, () => () => {}])('ends with a clock that fails', async (subscribe) => {
    store.move('s', 0);
    const wait = waitIn(store.hub(subscribe && { subscribe }));
    store.clockFault = new HoldfastError('invalid_argument', { message: 'no time', path: 'now' });
    await timers.advance(200);
    expect(wait.outcome).toBe('invalid_argument');
  });

  it('waits while the store cannot be reached, and goes on after that', async () => {
    const hub = store.hub();
    store.move('s', 0);
    store.fault = new HoldfastError('unavailable', { message: 'no server' });
    const wait = waitIn(hub);
    await timers.advance(1000);
    expect([store.looks.length, wait.outcome]).toEqual([5, 'waits']);
    store.fault = undefined;
    store.move('s', 1);
    await timers.advance(200);
    expect(wait.outcome).toBe('woken');
  });

  it('ends a wait by its signal, and no other', async () => {
    const hub = store.hub();
    store.move('s', 0);
    const end = new AbortController();
    const [ended, goesOn] = [waitIn(hub, { signal: end.signal }), waitIn(hub)];
    end.abort('enough');
    await settle();
    expect([ended.outcome, goesOn.outcome]).toEqual(['enough', 'waits']);
    store.move('s', 1);
    await timers.advance(200);
    expect(goesOn.outcome).toBe('woken');
  });

  it('is `closed` for all who wait, and who come later, and looks no more', async () => {
    const hub = store.hub();
    const waits = [waitIn(hub), waitIn(hub, { sessionId: 'other' })];
    const watcher = hub.watch(keyOf('third'));
    hub.close();
    await settle();
    expect(waits.map(({ outcome }) => outcome)).toEqual(['closed', 'closed']);
    const wait = watcher.wait({ position: 0, incarnation: 'first', signal: undefined });
    await expect(wait).rejects.toMatchObject({ code: 'closed' });
    await timers.advance(60_000);
    expect([store.looks, timers.waiting]).toEqual([[], 0]);
  });
});

describe('WatchHub over a store that tells of changes', () => {
  const told = new Map<string, () => void>();
  const subscribe: SessionStore['subscribe'] = ({ sessionId }, changed) => {
    expect(told.has(sessionId)).toBe(false);
    told.set(sessionId, changed);
    return () => void told.delete(sessionId);
  };
  beforeEach(() => told.clear());

  it('is told of each session once, for as long as anyone watches it', () => {
    const hub = store.hub({ subscribe });
    const [first, second] = [hub.watch(keyOf('s')), hub.watch(keyOf('s'))];
    hub.watch(keyOf('other'));
    expect([...told.keys()]).toEqual(['s', 'other']);
    first.end();
    expect([...told.keys()]).toEqual(['s', 'other']);
    second.end();
    expect([...told.keys()]).toEqual(['other']);
    hub.close();
    expect([...told.keys()]).toEqual([]);
  });

  it('looks as soon as it is told, at that session alone', async () => {
    const hub = store.hub({ subscribe });
    const [wait, other] = [waitIn(hub), waitIn(hub, { sessionId: 'other' })];
    store.move('s', 1);
    told.get('s')?.();
    await settle();
    expect([wait.outcome, other.outcome]).toEqual(['woken', 'waits']);
    expect(store.looks).toEqual([['s']]);
  });

  it('finds what has expired in time, and looks at nothing else', async () => {
    const hub = store.hub({ subscribe });
    const waits = ['soon', 'later', 'never'].map((sessionId, i) => {
      const expireTime = [10, 20, undefined][i];
      store.move(sessionId, 0, { expireTime });
      return waitIn(hub, { sessionId, expireTime });
    });
    store.now = 10;
    await timers.advance(200);
    expect(waits.map(({ outcome }) => outcome)).toEqual(['not_found', 'waits', 'waits']);
    expect(store.looks).toEqual([['soon']]);
    // Another process has put it off, and then it is as it was.
    store.move('later', 0, { expireTime: 30 });
    store.now = 20;
    await timers.advance(1000);
    expect(store.looks).toEqual([['soon'], ['later']]);
    store.now = 30;
    await timers.advance(200);
    expect(waits.map(({ outcome }) => outcome)).toEqual(['not_found', 'not_found', 'waits']);
  });

  it('knows when a session expires after it was told of a change', async () => {
    const hub = store.hub({ subscribe });
    const wait = waitIn(hub, { expireTime: 1000 });
    store.move('s', 0, { expireTime: 10 });
    told.get('s')?.();
    await settle();
    expect(wait.outcome).toBe('waits');
    store.now = 10;
    await timers.advance(200);
    expect(wait.outcome).toBe('not_found');
  });

  it('looks soon at what could not be read, until that succeeds', async () => {
    const hub = store.hub({ subscribe });
    const missed = waitIn(hub);
    const other = waitIn(hub, { sessionId: 'other' });
    store.move('s', 1);
    store.move('other', 1);
    store.fault = new HoldfastError('unavailable', { message: 'no server' });
    missed.watcher.missed();
    await timers.advance(400);
    store.fault = undefined;
    await timers.advance(200);
    expect([missed.outcome, other.outcome]).toEqual(['woken', 'waits']);
    expect(store.looks).toEqual([['s'], ['s'], ['s']]);
  });

  it('finds what it was not told of, if later', async () => {
    const hub = store.hub({ subscribe });
    store.move('s', 1);
    const wait = waitIn(hub);
    await timers.advance(1000);
    expect(wait.outcome).toBe('waits');
    await timers.advance(4000);
    expect(wait.outcome).toBe('woken');
  });
});
