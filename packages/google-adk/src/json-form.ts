import { HoldfastError, isHoldfastError } from '@holdfast/core';
import {
  formatJsonPath,
  invalidArgument,
  type JsonPathStep,
  MAX_JSON_BYTES,
  MAX_JSON_DEPTH,
  setOwn,
} from '@holdfast/core/internal';

/**
 * What `JSON.parse(JSON.stringify(value))` gives: undefined if nothing. An instance of a class
 * becomes what its `toJSON` says, or its own properties; `NaN` becomes null; a function is left
 * out. What has no JSON form (a `BigInt`, a cycle, a `toJSON` or a getter that throws) is
 * `invalid_argument` with its path, which begins with `path`. A value of more than 8 MiB is
 * `too_large`.
 */
export function jsonForm(value: unknown, path: readonly JsonPathStep[]): unknown {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  return new JsonWalk(path).form(value);
}

class JsonWalk {
  /** Where the walk is. It stays if something is thrown. */
  readonly #path: JsonPathStep[];
  /** The arrays and objects around it. */
  readonly #around: object[] = [];
  /** At least the bytes that were met. Shared references can make a small object a huge text. */
  #bytes = 0;

  constructor(path: readonly JsonPathStep[]) {
    this.#path = [...path];
  }

  form(value: unknown): unknown {
    try {
      return this.#formOf(value, '');
    } catch (error) {
      if (isHoldfastError(error)) throw error;
      throw this.#invalid(`has no JSON form: ${error}`, error);
    }
  }

  #formOf(given: unknown, key: string | number): unknown {
    const value = typeof given === 'string' ? given : replaced(given, key);
    switch (typeof value) {
      case 'string':
        this.#count(value.length + 2);
        return value;
      case 'number':
      case 'boolean':
        this.#count(1);
        if (typeof value === 'boolean') return value;
        return Number.isFinite(value) ? value + 0 : null; // -0 becomes 0
      case 'bigint':
        throw this.#invalid('has no JSON form: it is a BigInt');
      case 'object':
        this.#count(2);
        return value === null ? null : this.#inside(value);
      default:
        return undefined; // a function or a symbol
    }
  }

  #inside(value: object): object {
    const around = this.#around;
    if (around.length === MAX_JSON_DEPTH) {
      throw this.#invalid(`nests more than ${MAX_JSON_DEPTH} levels`);
    }
    if (around.includes(value)) throw this.#invalid('has no JSON form: it contains itself');
    around.push(value);
    const form = Array.isArray(value) ? this.#arrayOf(value) : this.#objectOf(value);
    around.pop();
    return form;
  }

  #arrayOf(array: readonly unknown[]): unknown[] {
    const form: unknown[] = [];
    // Not `map`, which leaves holes.
    for (let i = 0; i < array.length; i++) {
      this.#path.push(i);
      form.push(this.#formOf(array[i], i) ?? null);
      this.#path.pop();
    }
    return form;
  }

  #objectOf(object: object): object {
    const form = {};
    for (const key of Object.keys(object)) {
      this.#path.push(key);
      const value = this.#formOf((object as Record<string, unknown>)[key], key);
      this.#path.pop();
      if (value === undefined) continue;
      this.#count(key.length + 2);
      setOwn(form, key, value);
    }
    return form;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= MAX_JSON_BYTES) return;
    const path = formatJsonPath(this.#path);
    throw new HoldfastError('too_large', {
      message: `the input is larger than ${MAX_JSON_BYTES} bytes as JSON, counted up to ${path}`,
      path,
    });
  }

  #invalid(problem: string, cause?: unknown): HoldfastError {
    return invalidArgument(formatJsonPath(this.#path), problem, cause);
  }
}

/** What `JSON.stringify` writes in place of a value: what its `toJSON` gives, or what it wraps. */
function replaced(given: unknown, key: string | number): unknown {
  let value = given;
  if (isObject(value) || typeof value === 'bigint') {
    const { toJSON } = value as { readonly toJSON?: unknown };
    if (typeof toJSON === 'function') value = toJSON.call(value, String(key));
  }
  if (!isObject(value)) return value;
  if (value instanceof Number) return Number(value);
  if (value instanceof String) return String(value);
  return value instanceof Boolean || value instanceof BigInt ? value.valueOf() : value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'function' || (typeof value === 'object' && value !== null);
}
