import { type JsonObject, type JsonValue, setOwn } from '@holdfast/core';

/** Entries as a frozen plain object. Keys such as `__proto__` are ordinary keys. */
export function stateRecord(entries: Iterable<readonly [string, JsonValue]>): JsonObject {
  const record: Record<string, JsonValue> = {};
  for (const [key, value] of entries) setOwn(record, key, value);
  return Object.freeze(record);
}
