import { expect, it } from 'vitest';
import { storedTime } from './stored-time.ts';

const TIME = Date.UTC(2026, 0, 2, 3, 4, 5, 250);

it.each([
  ['2026-01-02 03:04:05.25+00:00', TIME],
  ['2026-01-02 03:04:05.250000', TIME],
  ['2026-01-02T03:04:05.25Z', TIME],
  ['2026-01-02 03:04:05.25 +0000 UTC', TIME],
  ['2026-01-02 04:04:05.25 +0100 CET m=+0.123', TIME],
  ['2026-01-01 22:34:05.25-04:30', TIME],
  ['2026-01-02 03:04:05.250004', TIME + 0.004],
  ['2026-01-02 03:04:05', TIME - 250],
  ['1767323045.250000', TIME],
  ['1767323045250', TIME],
  ['', undefined],
  ['yesterday', undefined],
])('a time stored as %j is read', (text, time) => {
  const read = storedTime(text);
  if (time === undefined) expect(read).toBeUndefined();
  else expect(read).toBeCloseTo(time, 3);
});
