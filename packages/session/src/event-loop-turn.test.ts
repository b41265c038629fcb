import { afterEach, describe, expect, it, vi } from 'vitest';
import { CallGate } from './call-gate.ts';

const realNow = performance.now.bind(performance);

/** Makes calls that are answered at once, until `isDone` or for ten seconds. */
async function callUntil(isDone: () => boolean, call: () => Promise<unknown>): Promise<void> {
  const end = performance.now() + 10_000;
  while (!isDone() && performance.now() < end) await call();
}

function firesSoon(): () => boolean {
  let hasFired = false;
  setTimeout(() => {
    hasFired = true;
  }, 1);
  return () => hasFired;
}

describe('Calls that are answered without I/O', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a value', () => new CallGate().run(() => 1)],
    ['a promise', () => new CallGate().run(async () => 1)],
  ])('let timers fire if they answer with %s, each of a service of its own', async (_, call) => {
    const hasFired = firesSoon();
    await callUntil(hasFired, () => Promise.all(Array.from({ length: 16 }, call)));
    expect(hasFired()).toBe(true);
  });

  it('let timers fire if they throw or reject', async () => {
    for (const fail of [
      () => {
        throw new Error('no');
      },
      async () => {
        throw new Error('no');
      },
    ]) {
      const gate = new CallGate();
      const hasFired = firesSoon();
      await callUntil(hasFired, () => gate.run(fail).catch(() => {}));
      expect(hasFired()).toBe(true);
    }
  });

  it('let each of several loops go on, and none of them starve the others', async () => {
    const gate = new CallGate();
    const counts = [0, 0, 0, 0];
    const hasFired = firesSoon();
    await Promise.all(
      counts.map((_, i) =>
        callUntil(hasFired, async () => {
          await gate.run(() => 1);
          counts[i] = (counts[i] ?? 0) + 1;
        }),
      ),
    );
    expect(hasFired()).toBe(true);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });

  it('are answered in a test that replaces all timers', async () => {
    vi.useFakeTimers({ toFake: ['setImmediate', 'setTimeout', 'performance', 'Date'] });
    const gate = new CallGate();
    let count = 0;
    const end = realNow() + 40;
    for (; realNow() < end; count++) await gate.run(() => 1);
    expect(count).toBeGreaterThan(0);
  });

  it('are answered in a test that replaces timers before it loads the package', async () => {
    vi.useFakeTimers({ toFake: ['setImmediate', 'setTimeout', 'Date'] });
    vi.resetModules();
    const copy = await import('./call-gate.ts');
    const gate = new copy.CallGate();
    let count = 0;
    const end = realNow() + 40;
    for (; realNow() < end; count++) await gate.run(() => 1);
    expect(count).toBeGreaterThan(0);
  });

  it('are waited for by close, also while they wait for a turn', async () => {
    const gate = new CallGate();
    const log: string[] = [];
    let turnTaken = false;
    setTimeout(() => {
      turnTaken = true;
    }, 0);
    // Without awaiting: until one of them waits for the turn that the loop is owed.
    const end = performance.now() + 200;
    while (performance.now() < end) gate.run(() => 1);
    const calls = Array.from({ length: 8 }, (_, i) => gate.run(() => i)).map((call) =>
      call.then((i) => log.push(`call ${i}`)),
    );
    const closing = gate.close(() => {
      log.push(`release, turn taken: ${turnTaken}`);
    });
    await Promise.all([...calls, closing]);
    expect(log.at(-1)).toBe('release, turn taken: true');
    expect(log).toHaveLength(9);
  });
});
