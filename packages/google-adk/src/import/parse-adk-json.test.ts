import { describe, expect, it } from 'vitest';
import { parseAdkJson } from './parse-adk-json.ts';

describe('JSON as the ADKs write it', () => {
  it.each([
    ['{"a": NaN}', { a: Number.NaN }],
    ['[Infinity, -Infinity]', [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ['"NaN"', 'NaN'],
    ['{"NaN": "Infinity 12345678901234567890"}', { NaN: 'Infinity 12345678901234567890' }],
    ['"\\" 12345678901234567890"', '" 12345678901234567890'],
    ['"\\\\"', '\\'],
    [
      '[12345678901234567890, -12345678901234567890]',
      ['12345678901234567890', '-12345678901234567890'],
    ],
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740992', '9007199254740992'],
    ['1234567890.1234567890123456', 1234567890.1234567],
    ['1234567890123456789e-10', Number('123456789.0123456789')],
    ['12345678901234567890.0', Number('12345678901234567890')],
    ['{"__proto__": NaN}', JSON.parse('{"__proto__": 0}')],
  ])('%s', (text, value) => {
    const parsed = parseAdkJson(text, 'text').value;
    if (text.includes('__proto__')) expect(Object.keys(parsed as object)).toEqual(['__proto__']);
    else expect(parsed).toEqual(value);
  });

  it('counts the integers that became text, and gives BigInts if they are to be refused', () => {
    const text = '[12345678901234567890, {"a": 12345678901234567891}, 1]';
    expect(parseAdkJson(text, 'text').bigIntegers).toBe(2);
    const { value, bigIntegers } = parseAdkJson(text, 'refuse');
    expect(bigIntegers).toBe(0);
    expect(value).toEqual([12345678901234567890n, { a: 12345678901234567891n }, 1]);
  });

  it.each(['{"a": -NaN}', '[NaN', 'aNaN', '12345678901234567890a', '[1234567890123456,]', 'nan'])(
    'refuses %s',
    (text) => {
      expect(() => parseAdkJson(text, 'text')).toThrow(SyntaxError);
    },
  );

  it('tells keys with escapes apart, whatever was parsed before', () => {
    for (const [text, expected] of [
      ['{"p":0,"\\\\":1}', '\\'],
      ['{"p":0,"\\"":NaN}', '"'],
      ['{"p":0,"\\"":1}', '"'],
    ] as const) {
      const [, key] = Object.keys(parseAdkJson(text, 'text').value as object);
      expect(key).toBe(expected);
    }
  });

  it('takes a long text', () => {
    const words = 'say \\"NaN\\" '.repeat(500_000);
    expect(parseAdkJson(`["${words}", NaN]`, 'text').value).toEqual([
      'say "NaN" '.repeat(500_000),
      Number.NaN,
    ]);
  });
});
