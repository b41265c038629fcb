/** What JSON can hold, deeply readonly. */
export type JsonValue = string | number | boolean | null | JsonArray | JsonObject;

export type JsonArray = readonly JsonValue[];

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** `JsonValue` with nothing in it readonly. */
export type MutableJsonValue =
  | string
  | number
  | boolean
  | null
  | MutableJsonValue[]
  | { [key: string]: MutableJsonValue };

/** `T` with nothing in it readonly, at any depth: what `thaw` gives. */
export type Mutable<T> = unknown extends T
  ? T
  : [JsonValue] extends [T]
    ? MutableJsonValue | Extract<T, undefined>
    : T extends object
      ? { -readonly [Key in keyof T]: Mutable<T[Key]> }
      : T;

/**
 * A deep copy of your own of what Holdfast returned, which is frozen: for a library that changes
 * what it gets, or whose types ask for what can be changed. The value must be JSON.
 *
 * @example
 * const contents = thaw(session.conversationHistory);
 * contents.push({ role: 'user', parts: [{ text: 'And now?' }] });
 */
export function thaw<T>(value: T): Mutable<T> {
  return thawed(value) as Mutable<T>;
}

function thawed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(thawed);
  const copy = {};
  for (const key of Object.keys(value)) {
    setOwn(copy, key, thawed((value as Record<string, unknown>)[key]));
  }
  return copy;
}

/** Freezes a JSON value with all that is in it, and gives it back. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) for (const item of value) deepFreeze(item);
  else for (const key of Object.keys(value)) deepFreeze((value as Record<string, unknown>)[key]);
  return Object.freeze(value);
}

/** Sets an own property, even one named `__proto__`. */
export function setOwn(target: object, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else {
    (target as Record<string, unknown>)[key] = value;
  }
}

/** Whether two JSON values are equal. The order of an object's keys does not count. */
export function jsonEqual(a: JsonValue, b: JsonValue): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => jsonEqual(item, b[index]));
  }
  const left = a as JsonObject;
  const right = b as JsonObject;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(right, key) && jsonEqual(left[key] as JsonValue, right[key] as JsonValue),
  );
}

/** Whether `value` is an object that a literal or `JSON.parse` makes, of any realm. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}
