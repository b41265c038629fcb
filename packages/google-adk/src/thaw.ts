import { type JsonObject, type JsonValue, setOwn } from '@holdfast/core';

/** JSON that may be changed. */
export type MutableJson = string | number | boolean | null | MutableJson[] | MutableJsonObject;

export interface MutableJsonObject {
  [key: string]: MutableJson;
}

/** A deep copy of frozen JSON that its owner may change. */
export function thaw(value: JsonObject): MutableJsonObject;
export function thaw(value: JsonValue): MutableJson;
export function thaw(value: JsonValue): MutableJson {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(thaw);
  const copy: MutableJsonObject = {};
  for (const [key, item] of Object.entries(value)) setOwn(copy, key, thaw(item));
  return copy;
}
