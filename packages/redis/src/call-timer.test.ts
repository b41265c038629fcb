import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CallTimer } from './call-timer.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('ends each call when its own time is over, and none that was stopped', () => {
  const timer = new CallTimer(100);
  const ended: string[] = [];
  timer.start(() => ended.push('a'));
  vi.advanceTimersByTime(60);
  timer.start(() => ended.push('b'));
  const c = timer.start(() => ended.push('c'));
  vi.advanceTimersByTime(39);
  expect(ended).toStrictEqual([]);
  vi.advanceTimersByTime(1);
  expect(ended).toStrictEqual(['a']);
  timer.stop(c);
  vi.advanceTimersByTime(60);
  expect(ended).toStrictEqual(['a', 'b']);
});

it('ends calls that begin after it was idle', () => {
  const timer = new CallTimer(100);
  const ended: string[] = [];
  timer.stop(timer.start(() => ended.push('a')));
  vi.advanceTimersByTime(250);
  timer.start(() => ended.push('b'));
  vi.advanceTimersByTime(100);
  expect(ended).toStrictEqual(['b']);
});
