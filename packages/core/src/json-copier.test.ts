import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { HoldfastError } from './holdfast-error.ts';
import { JsonCopier, MAX_JSON_BYTES, MAX_JSON_DEPTH } from './json-copier.ts';

function copy(value: unknown) {
  return new JsonCopier().copy(value, 'value');
}

function failure(act: () => unknown): HoldfastError {
  try {
    act();
  } catch (error) {
    if (error instanceof HoldfastError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

function nest(levels: number): unknown {
  let value: unknown = 0;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

class Point {
  readonly x = 1;
}

class List extends Array<number> {}

describe('JsonCopier', () => {
  it('gives a deeply frozen copy that shares nothing with its input', () => {
    const input = { list: [{ a: 1 }], text: 'x', none: null, yes: true };
    const copied = copy(input) as typeof input;
    expect(copied).toEqual(input);
    expect(copied.list).not.toBe(input.list);
    expect(Object.isFrozen(copied)).toBe(true);
    expect(Object.isFrozen(copied.list)).toBe(true);
    expect(Object.isFrozen(copied.list[0])).toBe(true);
    expect(Object.isFrozen(input.list)).toBe(false);
  });

  it('turns -0 into 0, and takes an undefined property as absent', () => {
    expect(Object.is(copy(-0), 0)).toBe(true);
    expect(copy({ a: undefined, b: 1 })).toStrictEqual({ b: 1 });
  });

  it('ignores symbol keys, and takes objects without a prototype and of other realms', () => {
    expect(copy({ a: 1, [Symbol('s')]: 2 })).toStrictEqual({ a: 1 });
    expect(copy(Object.assign(Object.create(null), { a: 1 }))).toStrictEqual({ a: 1 });
    expect(copy(runInNewContext('({ a: [1, { b: 2 }] })'))).toStrictEqual({ a: [1, { b: 2 }] });
  });

  it('keeps keys such as __proto__ as ordinary keys', () => {
    const copied = copy(JSON.parse('{"__proto__": {"admin": true}, "constructor": 1}')) as object;
    expect(JSON.stringify(copied)).toBe('{"__proto__":{"admin":true},"constructor":1}');
    expect('admin' in copied).toBe(false);
  });

  it.each([
    ['NaN', Number.NaN, 'value must be a finite number, got NaN'],
    ['Infinity', { a: [Number.POSITIVE_INFINITY] }, 'value.a[0] must be a finite number'],
    ['a BigInt', { 'a b': 1n }, 'value["a b"] must be JSON, got a bigint'],
    ['a function', { f() {} }, 'value.f must be JSON, got a function'],
    ['a symbol', [Symbol('s')], 'value[0] must be JSON, got a symbol'],
    ['undefined', undefined, 'value must be JSON, got undefined'],
    ['undefined in an array', [1, undefined], 'value[1] must not be undefined'],
    // biome-ignore lint/suspicious/noSparseArray: it is what is tested
    ['a hole', [1, , 2], 'value[1] must not be a hole'],
    [
      'an array with properties',
      Object.assign([1], { extra: 1 }),
      'value must be an array without',
    ],
    ['a subclass of Array', List.from([1]), 'value must be a plain array'],
    ['a Date', { at: new Date(0) }, 'value.at must be JSON, got an instance of Date'],
    ['a Map', new Map(), 'value must be JSON, got an instance of Map'],
    ['a class instance', [new Point()], 'value[0] must be JSON, got an instance of Point'],
    ['an anonymous instance', new (class {})(), 'value must be JSON, got a class instance'],
    [
      'a getter that throws',
      {
        get a(): never {
          throw new Error('no');
        },
      },
      'value.a could not be read',
    ],
    [
      'an element that throws',
      Object.defineProperty([0], 0, {
        enumerable: true,
        get() {
          throw new Error('no');
        },
      }),
      'value[0] could not be read',
    ],
  ])('refuses %s and says where', (_, value, message) => {
    const error = failure(() => copy(value));
    expect(error.code).toBe('invalid_argument');
    expect(error.message).toContain(message);
    expect(message.startsWith(error.path ?? '?')).toBe(true);
  });

  it(`takes ${MAX_JSON_DEPTH} levels, and refuses more, cycles too`, () => {
    expect(copy(nest(MAX_JSON_DEPTH))).toEqual(nest(MAX_JSON_DEPTH));
    expect(failure(() => copy(nest(MAX_JSON_DEPTH + 1))).code).toBe('invalid_argument');
    expect(failure(() => copy(nest(100_000))).code).toBe('invalid_argument');
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(failure(() => copy(cycle)).message).toContain('refers to itself');
  });

  it('stops at the size limit where a reference is shared very often', () => {
    const shared = { text: 'x'.repeat(1000) };
    expect(failure(() => copy(Array(1_000_000).fill(shared))).code).toBe('too_large');
    let doubled: unknown[] = [];
    for (let i = 0; i < 100; i++) doubled = [doubled, doubled];
    expect(failure(() => copy(doubled)).code).toBe('too_large');
    expect(failure(() => copy('x'.repeat(MAX_JSON_BYTES))).code).toBe('too_large');
  });

  it.each([
    ['plain text', 'x'.repeat(98)],
    ['two-byte text', 'é'.repeat(49)],
    ['three-byte text', `${'€'.repeat(32)}xx`],
    ['pairs of surrogates', `${'😀'.repeat(24)}xx`],
    ['escapes', `${'\n'.repeat(49)}`],
  ])('counts the bytes of %s exactly', (_, text) => {
    const size = new TextEncoder().encode(JSON.stringify(text)).length;
    expect(size).toBe(100);
    for (const [limit, fits] of [
      [size, true],
      [size - 1, false],
    ] as const) {
      const copier = new JsonCopier(limit);
      const check = () => copier.checkSize(copier.copy(text, 'value'));
      if (fits) check();
      else expect(failure(check).code).toBe('too_large');
    }
  });
});
