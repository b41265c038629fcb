import { describe, expect, it } from 'vitest';
import { readInteger, readRows, readText } from './read-value.ts';

describe('An answer of a database', () => {
  it('has integers as numbers, as bigints or in digits', () => {
    for (const value of [8_640_000_000_000_000, 8_640_000_000_000_000n, '8640000000000000']) {
      expect(readInteger(value)).toBe(8.64e15);
    }
    expect(readInteger('-1')).toBe(-1);
    expect(readInteger('0')).toBe(0);
  });

  it('is corrupt if an integer is none or too large to be exact, or a text is a number', () => {
    const wrong = [
      '',
      ' ',
      '1.5',
      '1e3',
      '0x10',
      '01 ',
      'one',
      1.5,
      Number.NaN,
      2 ** 53,
      2n ** 53n,
    ];
    for (const value of [...wrong, '9007199254740993']) {
      expect(() => readInteger(value)).toThrow(expect.objectContaining({ code: 'corrupt' }));
    }
    for (const value of [1, 1n]) {
      expect(() => readText(value)).toThrow(expect.objectContaining({ code: 'corrupt' }));
    }
  });

  it('is misconfigured if a client has made something else of it', () => {
    const misconfigured = expect.objectContaining({ code: 'misconfigured' });
    for (const value of [undefined, null, true, {}, [], new Date(), Buffer.from('1')]) {
      expect(() => readInteger(value)).toThrow(misconfigured);
      expect(() => readText(value)).toThrow(misconfigured);
    }
    for (const value of [undefined, {}, 'rows', [{}], [[], null]]) {
      expect(() => readRows(value)).toThrow(misconfigured);
    }
  });

  it('has texts and rows as they are', () => {
    expect(readText('')).toBe('');
    const rows = [['a', null, 1], []];
    expect(readRows(rows)).toBe(rows);
  });
});
