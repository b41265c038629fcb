import { describe, expect, it } from 'vitest';
import { describeType } from './check-value.ts';
import { checkIdentifier, checkSessionKey, compareIdentifiers } from './identifier.ts';

describe('checkIdentifier', () => {
  it.each([
    'a',
    'a b',
    'x'.repeat(255),
    'é'.repeat(127),
    '日'.repeat(85),
    '😀'.repeat(63),
    ':{}*/%',
  ])('takes %j', (id) => {
    expect(checkIdentifier(id, 'id')).toBe(id);
  });

  it.each([
    ['', 'empty'],
    ['x'.repeat(256), '255 bytes'],
    ['é'.repeat(128), '255 bytes'],
    ['日'.repeat(86), '255 bytes'],
    ['😀'.repeat(64), '255 bytes'],
    [' a', 'white space'],
    ['a\u00a0', 'white space'],
    ['\ufeffa', 'white space'],
    ['a\nb', 'control'],
    ['a\u0085b', 'control'],
    ['\u007f', 'control'],
    ['\ud800', 'well-formed'],
    ['a\udc00', 'well-formed'],
    [5, 'a string, got 5'],
    [null, 'got null'],
    [undefined, 'got undefined'],
    [{}, 'got an object'],
    [[], 'got an array'],
    [true, 'got true'],
  ])('refuses %j', (id, problem) => {
    expect(() => checkIdentifier(id, 'userId')).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        path: 'userId',
        message: expect.stringContaining(problem),
      }),
    );
  });

  it('says which of the three ids of a key is wrong', () => {
    const key = { appName: 'a', userId: 'u', sessionId: 's' };
    expect(checkSessionKey({ ...key, ...{ other: 1 } })).toStrictEqual(key);
    for (const id of ['appName', 'userId', 'sessionId'] as const) {
      expect(() => checkSessionKey({ ...key, [id]: '' })).toThrow(
        expect.objectContaining({ path: id }),
      );
    }
  });
});

describe('compareIdentifiers', () => {
  it('orders by the bytes of UTF-8, also beyond the basic plane', () => {
    const ids = ['a', 'A', 'á', '', 'ab', '\u{10000}', '\ue000', '\uffee', '\ud7ff', '\u{1f600}'];
    const byBytes = [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect([...ids].sort(compareIdentifiers)).toEqual(byBytes);
    expect(compareIdentifiers('same', 'same')).toBe(0);
  });
});

describe('describeType', () => {
  it('names functions and symbols by their kind', () => {
    expect(describeType(() => 0)).toBe('a function');
    expect(describeType('x')).toBe('a string');
  });
});
