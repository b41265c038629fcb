import { type Event, HoldfastError } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ManualTimers, settle } from './manual-timers.fixture.ts';
import type { AcquireTurnRequest, AppendEventRequest, AppendEventsRequest } from './requests.ts';
import { type Turn, takeTurn } from './take-turn.ts';

const key = { appName: 'app', userId: 'ann', sessionId: 's' };
const conflict = () => new HoldfastError('conflict', { message: 'held', path: 'turn' });

/** What turns ask of a service. */
class Turns {
  readonly calls: string[] = [];
  readonly tokens = new Set<string>();
  /** What the next calls to hold the session come to; after these, it is held. */
  readonly faults: Error[] = [];
  releaseFault: Error | undefined;

  async acquireTurn({ turn, ttl, extend }: AcquireTurnRequest): Promise<number> {
    this.calls.push(extend ? `extend ${ttl}` : `acquire ${ttl}`);
    const fault = this.faults.shift();
    if (fault !== undefined) throw fault;
    this.tokens.add(turn);
    return 0;
  }

  async releaseTurn({ turn }: { readonly turn: string }): Promise<boolean> {
    this.calls.push('release');
    this.tokens.add(turn);
    if (this.releaseFault !== undefined) throw this.releaseFault;
    return true;
  }

  async appendEvent({ event, turn = '', sessionId }: AppendEventRequest): Promise<Event> {
    this.calls.push(`append ${event.id} to ${sessionId}`);
    this.tokens.add(turn);
    return event as Event;
  }

  async appendEvents({ events, turn = '' }: AppendEventsRequest): Promise<readonly Event[]> {
    this.calls.push(`append ${events.map(({ id }) => id)}`);
    this.tokens.add(turn);
    return events as readonly Event[];
  }
}

let timers: ManualTimers;
let service: Turns;
beforeEach(() => {
  timers = new ManualTimers();
  service = new Turns();
});
afterEach(() => void vi.restoreAllMocks());

/** A turn that goes on until it is told to end. */
function begin(request: Partial<Parameters<typeof takeTurn>[1]> = {}) {
  let end = (_answer: string) => {};
  const started: { turn?: Turn; ended: Promise<string> } = {
    ended: takeTurn(service, { ...key, ...request }, (turn) => {
      started.turn = turn;
      return new Promise<string>((resolve) => {
        end = resolve;
      });
    }),
  };
  return { started, end: (answer: string) => end(answer) };
}

describe('takeTurn', () => {
  it('holds the session, runs, lets it go, and gives what the run gave', async () => {
    const answer = await takeTurn(service, key, async (turn) => {
      expect(turn.key).toEqual(key);
      expect(turn.signal.aborted).toBe(false);
      await turn.append({ event: { id: 'e1' } });
      await turn.appendEvents({ events: [{ id: 'e2' }, { id: 'e3' }] });
      return 'answer';
    });
    expect(answer).toBe('answer');
    expect(service.calls).toEqual(['acquire 30000', 'append e1 to s', 'append e2,e3', 'release']);
    expect(service.tokens.size).toBe(1);
  });

  it('has a token of its own each time', async () => {
    const tokens = new Set<string>();
    const run = async ({ token }: Turn) => void tokens.add(token);
    await takeTurn(service, key, run);
    await takeTurn(service, key, run);
    expect(tokens.size).toBe(2);
  });

  it('appends to its own session, in its own turn, whatever an append says', async () => {
    await takeTurn(service, key, async (turn) => {
      const other = { ...key, sessionId: 'other', turn: 'other' };
      await turn.append({ ...other, event: { id: 'e1' } });
      await turn.appendEvents({ ...other, events: [{ id: 'e2' }] });
    });
    expect(service.calls).toContain('append e1 to s');
    expect(service.tokens.size).toBe(1);
  });

  it('lets the session go if the run fails', async () => {
    const failed = takeTurn(service, key, async () => {
      throw new Error('no model');
    });
    await expect(failed).rejects.toThrow('no model');
    expect(service.calls).toEqual(['acquire 30000', 'release']);
  });

  it('gives what the run gave even if the session cannot be let go', async () => {
    service.releaseFault = new HoldfastError('unavailable', { message: 'no server' });
    expect(await takeTurn(service, key, async () => 'answer')).toBe('answer');
  });

  it('waits for a turn of others to end, and asks more and more seldom', async () => {
    service.faults.push(...Array.from({ length: 20 }, conflict));
    const { started, end } = begin({ ttl: 86_400_000 });
    await timers.advance(1000);
    const early = service.calls.length;
    expect(early).toBeGreaterThan(4);
    expect(started.turn).toBeUndefined();
    await timers.advance(1000);
    expect(service.calls.length - early).toBeLessThan(7);
    await timers.advance(5000);
    expect(service.calls).toEqual(Array(21).fill('acquire 86400000'));
    end('mine');
    expect(await started.ended).toBe('mine');
  });

  it('is `conflict` at once with `wait: false`, and nothing runs', async () => {
    service.faults.push(conflict());
    const run = vi.fn();
    await expect(takeTurn(service, { ...key, wait: false }, run)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(run).not.toHaveBeenCalled();
    expect(service.calls).toEqual(['acquire 30000']);
    expect(timers.waiting).toBe(0);
  });

  it('does not wait for anything but a turn of others', async () => {
    service.faults.push(new HoldfastError('not_found', { message: 'no session' }));
    const run = vi.fn();
    await expect(takeTurn(service, key, run)).rejects.toMatchObject({ code: 'not_found' });
    expect([run.mock.calls, service.calls]).toEqual([[], ['acquire 30000']]);
  });

  it('ends the wait by its signal', async () => {
    service.faults.push(...Array.from({ length: 1000 }, conflict));
    const stop = new AbortController();
    const run = vi.fn();
    const waiting = takeTurn(service, { ...key, signal: stop.signal }, run);
    const ended = expect(waiting).rejects.toBe('enough');
    await timers.advance(100);
    stop.abort('enough');
    await ended;
    const asked = service.calls.length;
    await timers.advance(10_000);
    expect(service.calls).toHaveLength(asked);
    expect(run).not.toHaveBeenCalled();
  });

  it('lets a turn go that comes when its signal is aborted', async () => {
    const stop = new AbortController();
    const run = vi.fn();
    const waiting = takeTurn(service, { ...key, signal: stop.signal }, run);
    stop.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    expect(service.calls).toEqual(['acquire 30000', 'release']);
    expect(run).not.toHaveBeenCalled();
  });

  it('runs to its end if the signal is aborted later', async () => {
    const stop = new AbortController();
    const run = async () => {
      stop.abort('too late');
      return 'answer';
    };
    expect(await takeTurn(service, { ...key, signal: stop.signal }, run)).toBe('answer');
  });

  it('asks for nothing if the signal was aborted before', async () => {
    const signal = AbortSignal.abort('too late');
    await expect(takeTurn(service, { ...key, signal }, vi.fn())).rejects.toBe('too late');
    expect(service.calls).toEqual([]);
  });

  it('goes on holding the session while it runs, and no longer', async () => {
    const { started, end } = begin({ ttl: 3000 });
    await timers.advance(3000);
    const extended = ['extend 3000', 'extend 3000', 'extend 3000'];
    expect(service.calls).toEqual(['acquire 3000', ...extended]);
    end('done');
    await started.ended;
    await timers.advance(60_000);
    expect(service.calls).toEqual(['acquire 3000', ...extended, 'release']);
    expect([service.tokens.size, timers.waiting]).toEqual([1, 0]);
  });

  it('aborts its signal once it is known to be lost, and extends it no more', async () => {
    const { started, end } = begin({ ttl: 3000 });
    await settle();
    const lost = conflict();
    service.faults.push(lost);
    await timers.advance(999);
    expect(started.turn?.signal.aborted).toBe(false);
    await timers.advance(1);
    expect(started.turn?.signal).toMatchObject({ aborted: true, reason: lost });
    await timers.advance(60_000);
    expect(service.calls).toEqual(['acquire 3000', 'extend 3000']);
    end('late');
    expect(await started.ended).toBe('late');
  });

  it('is not lost if the store cannot be reached for a moment', async () => {
    const { started, end } = begin({ ttl: 3000 });
    await settle();
    service.faults.push(new HoldfastError('unavailable', { message: 'no server' }));
    await timers.advance(2000);
    expect(service.calls).toEqual(['acquire 3000', 'extend 3000', 'extend 3000']);
    expect(started.turn?.signal.aborted).toBe(false);
    end('done');
    await started.ended;
  });

  it('is `invalid_argument` without a function, and asks for nothing', async () => {
    await expect(takeTurn(service, key, 'run' as never)).rejects.toMatchObject({
      code: 'invalid_argument',
      path: 'run',
    });
    expect(service.calls).toEqual([]);
  });

  it('never throws at once from an append that cannot be read', async () => {
    const append = Object.defineProperty({}, 'event', {
      enumerable: true,
      get() {
        throw new Error('not today');
      },
    }) as never;
    await takeTurn(service, key, async (turn) => {
      for (const answer of [turn.append(append), turn.append(undefined as never)]) {
        await expect(answer).rejects.toBeDefined();
      }
      await expect(turn.appendEvents(append)).rejects.toMatchObject({ path: 'event' });
    });
    expect(service.calls).toEqual(['acquire 30000', 'release']);
  });

  it.each<[string, object]>([
    ['ttl', { ttl: 0 }],
    ['ttl', { ttl: 86_400_001 }],
    ['wait', { wait: 'no' }],
    ['signal', { signal: {} }],
    ['sessionId', { sessionId: '' }],
  ])('is `invalid_argument` for a bad %s, and asks for nothing', async (path, bad) => {
    const refused = takeTurn(service, { ...key, ...bad }, vi.fn());
    await expect(refused).rejects.toMatchObject({ code: 'invalid_argument', path });
    expect(service.calls).toEqual([]);
  });
});
