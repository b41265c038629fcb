import { HoldfastError, isPlainObject, type JsonValue, type SessionKey } from '@holdfast/core';

export interface StoredText {
  /** What it is, for an error's message. */
  readonly what: string;
  readonly key: Partial<SessionKey>;
  /** Set on what was read, which must be an object then. */
  readonly seq?: number;
}

/** Stored JSON, deeply frozen. `corrupt` where it is none. */
export function parseStored(text: unknown, { what, key, seq }: StoredText): JsonValue {
  let value: unknown;
  try {
    if (typeof text !== 'string') throw new TypeError(`a ${typeof text} is no JSON`);
    value = JSON.parse(text);
    if (seq !== undefined && !isPlainObject(value)) throw new TypeError('it is no object');
  } catch (cause) {
    const { appName, userId, sessionId } = key;
    const whose = JSON.stringify({ appName, userId, sessionId });
    throw new HoldfastError('corrupt', {
      message: `${what} of ${whose} cannot be read`,
      key: sessionId === undefined ? undefined : (key as SessionKey),
      cause,
    });
  }
  if (seq !== undefined) (value as { seq: number }).seq = seq;
  return freeze(value);
}

function freeze(value: unknown): JsonValue {
  if (typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) for (const item of value) freeze(item);
    else for (const key of Object.keys(value)) freeze((value as Record<string, unknown>)[key]);
    Object.freeze(value);
  }
  return value as JsonValue;
}
