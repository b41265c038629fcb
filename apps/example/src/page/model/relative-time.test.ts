import { expect, it } from 'vitest';
import { relativeTime } from './relative-time.ts';

const now = new Date(2026, 5, 15, 12).getTime();
const HOUR = 3_600_000;

it.each([
  [0, 'just now'],
  [-HOUR, 'just now'], // the clock of another machine
  [59_999, 'just now'],
  [60_000, '1 min ago'],
  [HOUR, '1 h ago'],
  [24 * HOUR, 'yesterday'],
  [48 * HOUR, '2 days ago'],
  [8 * 24 * HOUR, '7 Jun'],
  [365 * 24 * HOUR, '15 Jun 2025'],
])('says of %i ms ago: %s', (past, text) => {
  expect(relativeTime(now - past, now)).toBe(text);
});
