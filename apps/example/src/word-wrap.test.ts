import { expect, test } from 'vitest';
import { WordWrap } from './word-wrap.ts';

test('a text that comes in pieces breaks between words', () => {
  const wrap = new WordWrap({ width: 10, column: 4 });
  const pieces = ['one ', 'two ', 'three four\nfive ', 'unbreak', 'able x'];
  expect(pieces.map((piece) => wrap.push(piece)).join('')).toBe(
    'one\ntwo three\nfour\nfive\nunbreakable\nx',
  );
});

test('an infinite width breaks nothing', () => {
  const wrap = new WordWrap({ width: Number.POSITIVE_INFINITY, column: 0 });
  const text = 'word '.repeat(100);
  expect(wrap.push(text)).toBe(text.trimEnd());
});
