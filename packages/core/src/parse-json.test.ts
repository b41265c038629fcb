import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson, parseWithoutGuesses } from './parse-json.ts';

describe('parseJson', () => {
  // What was parsed before has to stay in memory: that is what an engine may guess from.
  const held: unknown[] = [];

  it.each([
    ['\\', '"'],
    ['\\', '\\'],
    ['a\\n', 'a\n'],
    ['\\u0041', 'A'],
    ['\\\\', '\\'],
    ['x\\', 'x"'],
  ])('reads the key %j before and after the key %j as they are', (first, second) => {
    for (const key of [first, second, first]) {
      const text = `{"p":0,${JSON.stringify(key)}:1}`;
      const object = parseJson(text);
      held.push(object);
      expect(Object.entries(object as object)).toStrictEqual([
        ['p', 0],
        [key, 1],
      ]);
    }
  });

  it('reads an escape in a key in each of its spellings', () => {
    held.push(parseJson('{"p":0,"\\\\u0022":1}'));
    expect(parseJson('{"p":0,"\\u0022":1}')).toStrictEqual({ p: 0, '"': 1 });
  });

  it('reads what JSON.stringify has written, whatever came before', () => {
    const key = fc.string({
      unit: fc.constantFrom('\\', '"', 'n', 'u', '\n', '/', 'é'),
      maxLength: 4,
    });
    const object = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue(),
        tie('object'),
        fc.array(tie('value')),
      ),
      object: fc.dictionary(key, tie('value')),
    })).value;
    fc.assert(
      fc.property(object, fc.boolean(), (value, indented) => {
        // Such keys as `__proto__` are ordinary.
        const text = JSON.stringify(value, null, indented ? 2 : 0);
        const parsed = parseJson(text);
        held.push(parsed);
        expect(JSON.stringify(parsed)).toBe(JSON.stringify(value));
        // Engines that need no help do not come to it.
        expect(JSON.stringify(parseWithoutGuesses(text))).toBe(JSON.stringify(value));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps a key named __proto__, and the last of two equal keys', () => {
    const text = '{"\\\\":[],"__proto__":{"a":[1,-0.5e3,true,null]},"k":1,"k":"\\ud800"}';
    held.push(parseJson('{"p":0,"\\\\":1}'));
    for (const read of [parseJson, parseWithoutGuesses]) expectAsWritten(read(text) as object);
  });

  function expectAsWritten(object: object): void {
    expect(Object.entries(object)).toStrictEqual([
      ['\\', []],
      ['__proto__', { a: [1, -500, true, null] }],
      ['k', '\ud800'],
    ]);
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
  }

  it('refuses what is not JSON as JSON.parse does', () => {
    for (const text of ['', '{', '{"\\\\":1,}', '[1 2]', '"\n"', '{"a":1}x', "{'a':1}"]) {
      for (const read of [parseJson, parseWithoutGuesses]) {
        expect(() => read(text)).toThrow(SyntaxError);
      }
    }
  });
});
