import { expect, it } from 'vitest';
import { storedTime, timeOfSeconds, unitOf } from './stored-time.ts';

const TIME = Date.UTC(2026, 0, 2, 3, 4, 5, 250);

it.each([
  ['2026-01-02 03:04:05.25+00:00', TIME],
  ['2026-01-02 03:04:05.250000', TIME],
  ['2026-01-02T03:04:05.25Z', TIME],
  ['2026-01-02 03:04:05.25 +0000 UTC', TIME],
  ['2026-01-02 03:04:05.25 UTC', TIME],
  ['2026-01-02 04:04:05.25 +0100 CET m=+0.123', TIME],
  ['2026-01-02 08:34:05.25 +0530 +0530', TIME],
  ['2026-01-01 22:34:05.25-04:30', TIME],
  ['2026-01-02 05:04:05.25+02', TIME],
  ['2026-01-02 03:04:05.250004', TIME + 0.004],
  ['2026-01-02 03:04:05', TIME - 250],
  ['0099-06-01 00:00:00', -59_029_948_800_000],
])('a time stored as %j is read', (text, time) => {
  expect(storedTime(text)).toBeCloseTo(time, 3);
});

it.each([
  '',
  ' ',
  'yesterday',
  '20260102',
  '1767323045',
  '2026-02-30 00:00:00',
  '2026-13-45 25:61:61',
  '2026-01-02 24:00:00',
  '2026-01-02 03:04:05 BC',
  '2026-01-02 03:04:05 PM',
  '2026-01-02 03:04:05+99:99',
  ' 2026-01-02 03:04:05',
  '12026-01-02 03:04:05',
])('%j is not taken for a time', (text) => {
  expect(storedTime(text)).toBeUndefined();
});

it.each([
  ['86400.000000', 86_400_000],
  ['253402214400', 253_402_214_400_000],
  ['-1', -1000],
  ['', undefined],
  ['Infinity', undefined],
])('%j seconds are so many milliseconds', (text, time) => {
  expect(timeOfSeconds(text)).toBe(time);
});

it.each([
  [1_767_323_045.25, TIME, 's'],
  [TIME, TIME, 'ms'],
  [253_402_300_799, 253_402_300_799_000, 's'],
  [253_402_300_799, 253_402_300_799, 'ms'],
  [5_000, 5_000, 'ms'],
  [86_400 * 30, 86_400_000 * 30 + 3_600_000, 's'],
  [1_767_323_045.25, undefined, 's'],
  [TIME, undefined, 'ms'],
  [5_000, undefined, undefined],
  [-5, undefined, 'ms'],
  [5_000, TIME, undefined],
])('the unit of %j, with %j in the column, is %j', (time, column, unit) => {
  expect(unitOf(time, column)).toBe(unit);
});
