import { describe, expect, it } from 'vitest';
import { checkFlag, checkPlainObject, describeType } from './check-value.ts';
import { createEvent, createGenerateContentConfig, createRunConfig } from './index.ts';
import { copyOptions, readInput } from './read-input.ts';

const fault = new Error('not today');

function fail(): never {
  throw fault;
}

function unreadable(field: string): never {
  return Object.defineProperty({}, field, {
    enumerable: true,
    get() {
      throw fault;
    },
  }) as never;
}

describe('readInput', () => {
  it.each<[string, () => unknown]>([
    ['maxLlmCalls', () => createRunConfig(unreadable('maxLlmCalls'))],
    ['topK', () => createGenerateContentConfig(unreadable('topK'))],
    ['author', () => createEvent(unreadable('author'))],
  ])('names the field %s that cannot be read', (path, create) => {
    const expected = { code: 'invalid_argument', path, cause: fault };
    expect(create).toThrow(expect.objectContaining(expected));
  });

  it('names no field if there was none, or if it can be read the second time', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    let isFirst = true;
    const once = {
      get maxLlmCalls() {
        if (!isFirst) return 1;
        isFirst = false;
        throw fault;
      },
    };
    for (const input of [proxy, once]) {
      expect(() => createRunConfig(input)).toThrow(
        expect.objectContaining({
          code: 'invalid_argument',
          message: 'the input could not be read',
        }),
      );
    }
  });

  it('names the field of which a part cannot be read, and not one that was asked for later', () => {
    const { proxy: gone, revoke } = Proxy.revocable({}, {});
    revoke();
    const parts: readonly object[] = [
      { labels: unreadable('title') },
      { labels: new Proxy({}, { ownKeys: fail }) },
      { labels: new Proxy({ a: 1 }, { getOwnPropertyDescriptor: fail }) },
      { labels: gone },
      { labels: { set: unreadable('title') } },
      { labels: Object.freeze([Object.freeze({}), unreadable('title')]) },
    ];
    for (const part of parts) {
      const read = (input: { labels?: object; limit?: number }) => {
        const { labels, limit } = input;
        return [JSON.stringify({ ...labels }), limit];
      };
      expect(() => readInput(part, read)).toThrow(
        expect.objectContaining({ code: 'invalid_argument', path: 'labels' }),
      );
    }
  });

  it('reads each option once, and names the one that cannot be read', () => {
    let reads = 0;
    const options = {
      get migrate() {
        reads++;
        return true;
      },
    };
    expect(copyOptions(options)).toStrictEqual({ migrate: true });
    expect(reads).toBe(1);
    expect(() => copyOptions(unreadable('url'))).toThrow(
      expect.objectContaining({ code: 'invalid_argument', path: 'url', cause: fault }),
    );
    expect(() => copyOptions([])).toThrow(expect.objectContaining({ path: 'options' }));
  });

  it('says of a proxy that was revoked what it should be', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(describeType(proxy)).toBe('an object');
    for (const check of [checkFlag, checkPlainObject]) {
      expect(() => check(proxy, 'some.field')).toThrow(
        expect.objectContaining({ code: 'invalid_argument', path: 'some.field' }),
      );
    }
  });

  it('leaves what was found to be wrong as it is', () => {
    expect(() => createRunConfig({ maxLlmCalls: 'many' as never })).toThrow(
      expect.objectContaining({
        path: 'maxLlmCalls',
        message: expect.stringContaining('must be an integer'),
      }),
    );
  });

  it('gives what was read, of a private field as well', () => {
    class Request {
      readonly #id = 'one';
      get id() {
        return this.#id;
      }
      get other() {
        throw fault;
      }
    }
    expect(readInput(new Request(), ({ id }) => id)).toBe('one');
    expect(() => readInput(new Request(), ({ id, other }) => [id, other])).toThrow(
      expect.objectContaining({ path: 'other', cause: fault }),
    );
  });
});
