import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { HoldfastError } from './holdfast-error.ts';
import { isError } from './is-error.ts';

describe('isError', () => {
  it.each([
    new Error('a'),
    new RangeError('b'),
    new HoldfastError('internal', { message: 'c' }),
    new DOMException('d'),
    runInNewContext('new Error("e")'),
    runInNewContext('new (class Lost extends TypeError {})("f")'),
  ])('knows %s', (error) => {
    expect(isError(error)).toBe(true);
  });

  it.each([undefined, null, 'a', { message: 'b' }, () => {}])('is not taken in by %s', (value) => {
    expect(isError(value)).toBe(false);
  });
});
