/// <reference types="node" />

import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { andThen, CallGate } from './call-gate.ts';

describe('a promise of another realm', () => {
  const seven: Promise<number> = runInNewContext('Promise.resolve(7)');

  it('is waited for', async () => {
    expect(seven).not.toBeInstanceOf(Promise);
    expect(await andThen(seven, (value) => value + 1)).toBe(8);
    expect(await new CallGate().run(() => seven)).toBe(7);
  });

  it('keeps a service from closing', async () => {
    const gate = new CallGate();
    const log: string[] = [];
    const call = gate.run(() => andThen(seven, () => log.push('call')));
    await gate.close(() => {
      log.push('release');
    });
    await call;
    expect(log).toEqual(['call', 'release']);
  });
});

describe('CallGate', () => {
  it('waits for the calls that it has let in, then releases', async () => {
    const gate = new CallGate();
    const log: string[] = [];
    const { promise, resolve } = withResolvers();
    const call = gate.run(async () => {
      await promise;
      log.push('call');
    });
    const closing = gate.close(() => {
      log.push('release');
    });
    await Promise.resolve();
    expect(log).toEqual([]);
    resolve();
    await Promise.all([call, closing]);
    expect(log).toEqual(['call', 'release']);
  });

  it('lets nothing in after close, while others still run', async () => {
    const gate = new CallGate();
    const { promise, resolve } = withResolvers();
    const call = gate.run(() => promise);
    const closing = gate.close(() => {});
    await expect(gate.run(() => 1)).rejects.toMatchObject({ code: 'closed' });
    resolve();
    await Promise.all([call, closing]);
  });

  it('releases once, and rejects alike for everyone where that fails', async () => {
    const gate = new CallGate();
    let count = 0;
    const release = () => {
      count++;
      throw new Error('no');
    };
    await expect(gate.close(release)).rejects.toThrow('no');
    await expect(gate.close(release)).rejects.toThrow('no');
    expect(count).toBe(1);
  });

  it('lets a timer fire while it is closed again and again', async () => {
    const gate = new CallGate();
    let hasFired = false;
    setTimeout(() => {
      hasFired = true;
    }, 1);
    const end = performance.now() + 10_000;
    while (!hasFired && performance.now() < end) await gate.close(() => {});
    expect(hasFired).toBe(true);
  });

  it('gives what is thrown at once as a rejection, and counts the call as ended', async () => {
    const gate = new CallGate();
    const call = gate.run(() => {
      throw new Error('bad input');
    });
    await expect(call).rejects.toThrow('bad input');
    await gate.close(() => {});
  });
});

function withResolvers() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
