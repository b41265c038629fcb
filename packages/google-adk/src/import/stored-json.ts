import { HoldfastError } from '@holdfast/core';

/** A text column. Some drivers give bytes for some types of columns. */
export function textOf(value: unknown): string {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);
}

/** A JSON column that holds an object: parsed by the driver already, or text. `where` names it. */
export function jsonObjectOf(value: unknown, where: string): Record<string, unknown> {
  let parsed = value;
  try {
    if (typeof value === 'string' || value instanceof Uint8Array) {
      parsed = JSON.parse(textOf(value));
    }
  } catch (cause) {
    throw corrupt(`${where} is not JSON`, cause);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw corrupt(`${where} is not a JSON object`);
  }
  return parsed as Record<string, unknown>;
}

export function corrupt(message: string, cause?: unknown): HoldfastError {
  return new HoldfastError('corrupt', { message, cause });
}
