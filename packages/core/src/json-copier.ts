import { describeType } from './check-value.ts';
import { HoldfastError, invalidArgument, isHoldfastError } from './holdfast-error.ts';
import { utf8ByteLength } from './identifier.ts';
import { isPlainObject, type JsonValue, setOwn } from './json.ts';

/** How many arrays and objects may stand in one another. */
export const MAX_JSON_DEPTH = 256;

/** The largest input of one call, in bytes of JSON: 8 MiB. */
export const MAX_JSON_BYTES = 8 * 1024 * 1024;

// JSON writes a UTF-16 unit in 6 bytes at most (`\u0000`), a number in 25.
const MAX_BYTES_PER_UNIT = 6;
const MAX_BYTES_PER_SCALAR = 25;
const SHORT_ARRAY = 16;
// What stands around the copied parts: an event's own keys, and what is filled in.
const MAX_BYTES_AROUND = 1024;

/**
 * One walk that checks values as JSON, copies and freezes them, knows the path of what
 * is wrong, and stops where the input grows past `maxBytes`. It serves one input, which
 * may have many parts: step into each with `at`, and end with `checkSize`.
 *
 * A property that is undefined counts as absent, symbol keys are ignored, objects
 * without a prototype and objects of another realm are plain objects, and `-0` becomes 0.
 */
export class JsonCopier {
  readonly #maxBytes: number;
  readonly #path: JsonPathStep[] = [];
  // Between these two lies the size of what was copied. Exact counting is left for
  // the rare input that comes near the limit.
  #fewestBytes = 0;
  #mostBytes = MAX_BYTES_AROUND;

  constructor(maxBytes: number = MAX_JSON_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Runs `inside` one step further down the path. What the input's getters or the traps of its
   * proxies throw becomes the cause of an `invalid_argument` at the place that was reached.
   */
  at<T>(step: JsonPathStep, inside: () => T): T {
    this.#path.push(step);
    let result: T;
    try {
      result = inside();
    } catch (cause) {
      throw this.#unreadable(undefined, cause);
    }
    this.#path.pop();
    return result;
  }

  /** A frozen copy of `value`; `step` is where it stands. */
  copy(value: unknown, step: JsonPathStep): JsonValue {
    // The key may not be part of what is measured in the end, so only the upper bound grows.
    if (typeof step !== 'number') {
      const units = typeof step === 'string' ? step.length : step.key.length;
      this.#mostBytes += units * MAX_BYTES_PER_UNIT + 4;
    }
    const depth = this.#path.length;
    try {
      return this.#copyValue(value, step, 1);
    } catch (cause) {
      throw this.#unreadable(this.#path.length > depth ? undefined : step, cause);
    }
  }

  /** The present path, or that of `step` below it. */
  pathTo(step?: JsonPathStep): string {
    return formatJsonPath(step === undefined ? this.#path : [...this.#path, step]);
  }

  /** The error for what stands at the present path, or `step` below it. */
  invalid(problem: string, step?: JsonPathStep, cause?: unknown): HoldfastError {
    return invalidArgument(this.pathTo(step), problem, cause);
  }

  /** Refuses `copied`, the whole of what was copied, if it is larger than `maxBytes` as JSON. */
  checkSize(copied: unknown): void {
    if (this.#mostBytes <= this.#maxBytes) return;
    if (utf8ByteLength(JSON.stringify(copied)) > this.#maxBytes) throw this.#tooLarge();
  }

  #copyValue(value: unknown, step: JsonPathStep, depth: number): JsonValue {
    switch (typeof value) {
      case 'string':
        this.#count(value.length);
        return value;
      case 'number':
        if (!Number.isFinite(value)) {
          throw this.invalid(`must be a finite number, got ${value}`, step);
        }
        this.#countScalar();
        return value === 0 ? 0 : value;
      case 'boolean':
        this.#countScalar();
        return value;
      case 'object':
        break;
      default:
        throw this.invalid(`must be JSON, got ${describeType(value)}`, step);
    }
    this.#countScalar();
    if (value === null) return null;
    if (depth > MAX_JSON_DEPTH) {
      throw this.invalid(`nests more than ${MAX_JSON_DEPTH} levels, or refers to itself`, step);
    }
    this.#path.push(step);
    const copied = Array.isArray(value)
      ? this.#copyArray(value, depth)
      : this.#copyObject(value, depth);
    this.#path.pop();
    return copied;
  }

  #copyArray(array: readonly unknown[], depth: number): JsonValue {
    // Array.prototype is itself an array, in every realm; that of a subclass is not.
    if (!Array.isArray(Object.getPrototypeOf(array))) {
      throw this.invalid('must be a plain array, got an instance of a class');
    }
    // An array that is pushed to has room for 17 at once, which a short one would keep for ever.
    const copied: JsonValue[] = new Array(array.length <= SHORT_ARRAY ? array.length : 0);
    for (let i = 0; i < array.length; i++) {
      const item = this.read(array, i);
      if (item === undefined) {
        throw this.invalid(i in array ? 'must not be undefined' : 'must not be a hole', i);
      }
      copied[i] = this.#copyValue(item, i, depth + 1);
    }
    if (Object.keys(array).length !== copied.length) {
      throw this.invalid('must be an array without other properties');
    }
    return Object.freeze(copied);
  }

  #copyObject(object: object, depth: number): JsonValue {
    if (!isPlainObject(object)) throw this.invalid(`must be JSON, got ${describeInstance(object)}`);
    const copied: Record<string, JsonValue> = {};
    for (const key of Object.keys(object)) {
      const value = this.read(object, key);
      if (value === undefined) continue;
      this.#count(key.length);
      setOwn(copied, key, this.#copyValue(value, key, depth + 1));
    }
    return Object.freeze(copied);
  }

  /**
   * The value of a property, which stands at `step`; what a getter throws becomes the cause of an
   * `invalid_argument`.
   */
  read(object: object, key: string | number, step: JsonPathStep = key): unknown {
    try {
      return (object as Record<string, unknown>)[key];
    } catch (cause) {
      throw this.invalid('could not be read', step, cause);
    }
  }

  #unreadable(step: JsonPathStep | undefined, cause: unknown): unknown {
    return isHoldfastError(cause) ? cause : this.invalid('could not be read', step, cause);
  }

  #count(units: number): void {
    this.#fewestBytes += units + 2;
    this.#mostBytes += units * MAX_BYTES_PER_UNIT + 4;
    if (this.#fewestBytes > this.#maxBytes) throw this.#tooLarge();
  }

  #countScalar(): void {
    this.#fewestBytes += 1;
    this.#mostBytes += MAX_BYTES_PER_SCALAR;
    if (this.#fewestBytes > this.#maxBytes) throw this.#tooLarge();
  }

  #tooLarge(): HoldfastError {
    const path = this.pathTo();
    const where = path === '' ? '' : `, counted up to ${path}`;
    return new HoldfastError('too_large', {
      message: `the input is larger than ${this.#maxBytes} bytes as JSON${where}`,
      path,
    });
  }
}

function describeInstance(object: object): string {
  const prototype: object | null = Object.getPrototypeOf(object);
  const maker = prototype && Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  const name: unknown = maker?.name;
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'a class instance';
}

/** A step of a path: a property, an index, or the key of a map such as a state. */
export type JsonPathStep = string | number | { readonly key: string };

const identifierLike = /^[A-Za-z_$][\w$]*$/;

/**
 * A path as error messages write it: `actions.stateDelta["cart"][2].price`.
 * Properties stand behind a dot, keys of a map in brackets, and so does what would
 * not be an identifier.
 */
export function formatJsonPath(steps: readonly JsonPathStep[]): string {
  let path = '';
  for (const step of steps) {
    if (typeof step === 'number') path += `[${step}]`;
    else if (typeof step === 'object') path += `[${JSON.stringify(step.key)}]`;
    else if (!identifierLike.test(step)) path += `[${JSON.stringify(step)}]`;
    else path += path === '' ? step : `.${step}`;
  }
  return path;
}
