import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CallTimer } from './call-timer.ts';
import type { Timers } from './real-timers.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Those of the test. */
const timers: Timers = {
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  now: () => performance.now(),
};

/** Calls that write down how they ended. */
function newCalls() {
  const timer = new CallTimer(100, timers);
  const ended: string[] = [];
  const begin = (name: string) => {
    let finish = () => {};
    const work = new Promise<string>((resolve) => {
      finish = () => resolve('done');
    });
    void timer
      .limit(
        () => work,
        () => new Error('late'),
      )
      .then(
        (result) => ended.push(`${name} ${result}`),
        ({ message }: Error) => ended.push(`${name} ${message}`),
      );
    return finish;
  };
  return { ended, begin };
}

it('ends each call when its own time is over, and none that was done before', async () => {
  const { ended, begin } = newCalls();
  begin('a');
  await vi.advanceTimersByTimeAsync(60);
  begin('b');
  const finish = begin('c');
  await vi.advanceTimersByTimeAsync(39);
  expect(ended).toStrictEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(ended).toStrictEqual(['a late']);
  finish();
  await vi.advanceTimersByTimeAsync(60);
  expect(ended).toStrictEqual(['a late', 'c done', 'b late']);
});

it('ends calls that begin after it was idle', async () => {
  const { ended, begin } = newCalls();
  begin('a')();
  await vi.advanceTimersByTimeAsync(250);
  begin('b');
  await vi.advanceTimersByTimeAsync(100);
  expect(ended).toStrictEqual(['a done', 'b late']);
});

it('passes on what a call fails with', async () => {
  const failing = new CallTimer(100).limit(
    async () => {
      throw new Error('broken');
    },
    () => new Error('late'),
  );
  await expect(failing).rejects.toThrow('broken');
});

it('ends a call although a test has faked all timers', async () => {
  const late = new CallTimer(20).limit(
    () => new Promise(() => {}),
    () => new Error('late'),
  );
  await expect(late).rejects.toThrow('late');
});
