import { describe, expect, it } from 'vitest';
import { jsonForm } from './json-form.ts';

class Point {
  readonly x = 1;
  readonly #hidden = 2;
  get sum() {
    return this.x + this.#hidden;
  }
}

class Price {
  toJSON(key: string) {
    return { key, cents: 5n.toString(), since: new Date(0) };
  }
}

const circle: { self?: unknown; list: unknown[] } = { list: [] };
circle.list.push({ circle });

describe('the JSON form of a value', () => {
  const ownProto = JSON.parse('{"__proto__":{"a":1},"b":2}');
  const sparse = Object.assign(new Array(3), { 0: 1, 2: 3 });
  it.each([
    ['scalars', ['x', '', '\ud800', 0, -0, 1e300, true, null]],
    ['numbers that are not finite', [Number.NaN, Number.POSITIVE_INFINITY]],
    ['a date', { at: new Date(0), never: new Date(Number.NaN) }],
    ['undefined, functions and symbols', { a: undefined, b: () => 1, c: Symbol('c') }],
    ['the same in an array', [undefined, () => 1, Symbol('c')]],
    ['a hole', sparse],
    ['an array with a property', Object.assign([1], { more: 2 })],
    ['collections', [new Map([[1, 2]]), new Set([1]), new Uint8Array([1, 2]), /x/g]],
    ['instances of classes', { point: new Point(), price: new Price(), error: new Error('x') }],
    ['a toJSON on a function', Object.assign(() => 1, { toJSON: () => 'f' })],
    ['a toJSON that gives nothing', { a: { toJSON: () => undefined }, b: 1 }],
    ['boxed scalars', [Object(1), Object('s'), Object(false)]],
    ['no prototype, and a key __proto__', [Object.assign(Object.create(null), { a: 1 }), ownProto]],
    ['symbol keys and hidden properties', Object.defineProperty({ [Symbol('s')]: 1 }, 'h', {})],
    ['one object twice', (([object]) => [object, object])([{ a: 1 }])],
  ])('is that of JSON.stringify: %s', (_, value) => {
    expect(jsonForm(value, [])).toEqual(JSON.parse(JSON.stringify(value)));
    expect(JSON.stringify(jsonForm(value, []))).toBe(JSON.stringify(value));
  });

  it.each([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
  ])('is nothing: %s', (_, value) => {
    expect(jsonForm(value, [])).toBeUndefined();
  });

  it.each([
    ['a BigInt', { list: [0, { n: 1n }] }, 'k.list[1].n'],
    ['a cycle', circle, 'k.list[0].circle'],
    [
      'a getter that throws',
      {
        get a() {
          throw new Error('no');
        },
      },
      'k.a',
    ],
    [
      'a toJSON that throws',
      {
        a: {
          toJSON() {
            throw new Error('no');
          },
        },
      },
      'k.a',
    ],
    ['a revoked proxy', { a: revoked() }, 'k.a'],
  ])('does not exist, which is invalid_argument with its path: %s', (_, value, path) => {
    expect(() => JSON.stringify(value)).toThrow();
    expect(() => jsonForm(value, ['k'])).toThrow(
      expect.objectContaining({ code: 'invalid_argument', path }),
    );
  });

  it('is refused if it nests too deeply, or grows beyond measure by shared references', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(() => jsonForm(deep, ['k'])).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    );
    let wide: unknown = 'x'.repeat(1000);
    for (let i = 0; i < 60; i++) wide = [wide, wide];
    expect(() => jsonForm(wide, ['k'])).toThrow(expect.objectContaining({ code: 'too_large' }));
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
