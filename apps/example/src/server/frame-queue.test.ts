import { expect, test } from 'vitest';
import { FrameQueue } from './frame-queue.ts';

const frame = { type: 'done' } as const;
const LONG = 1_000_000;

test('frames are taken in order, each once', async () => {
  const queue = new FrameQueue();
  const temp = { type: 'temp', temp: {} } as const;
  queue.push(temp);
  queue.push(frame);
  await queue.wait(LONG);
  expect(queue.take()).toEqual([temp, frame]);
  expect(queue.take()).toEqual([]);
});

test('who waits is woken by a frame, by the end, and by the time', async () => {
  const queue = new FrameQueue();
  const woken = queue.wait(LONG);
  queue.push(frame);
  await woken;
  queue.take();
  await queue.wait(1);
  expect(queue.take()).toEqual([]);
  const ended = queue.wait(LONG);
  queue.close();
  await ended;
  await queue.wait(LONG);
  expect(queue.isClosed).toBe(true);
});

test('a reader who is too far behind is cut off', () => {
  const queue = new FrameQueue();
  for (let i = 0; i < 10_000; i++) queue.push(frame);
  expect(queue.isClosed).toBe(false);
  queue.push(frame);
  expect(queue.isClosed).toBe(true);
});
