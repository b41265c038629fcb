import { type Event, HoldfastError, type JsonValue, type SessionKey } from '@holdfast/core';
import { deepFreeze, isPlainObject, parseJson } from '@holdfast/core/internal';
import { completeErased } from './erased-event.ts';
import { markEvent } from './event-mark.ts';

/** Whose data it is: the ids that are known. */
export type StoredOwner = Partial<SessionKey>;

/** The error for what is stored and cannot be read; `what` names it. */
export function corrupt(
  what: string,
  { key, cause }: { readonly key: StoredOwner; readonly cause?: unknown },
): HoldfastError {
  const { appName, userId, sessionId } = key;
  return new HoldfastError('corrupt', {
    message: `${what} of ${JSON.stringify({ appName, userId, sessionId })} cannot be read`,
    key: sessionId === undefined ? undefined : (key as SessionKey),
    cause,
  });
}

/** The value of a state key as it was stored, deeply frozen; `corrupt` if it is not JSON. */
export function parseStoredValue(
  text: unknown,
  { name, key }: { readonly name: string; readonly key: StoredOwner },
): JsonValue {
  try {
    return deepFreeze(parseText(text)) as JsonValue;
  } catch (cause) {
    throw corrupt(`the state key ${JSON.stringify(name)}`, { key, cause });
  }
}

/** Where an event is stored. */
export interface StoredEventPlace {
  readonly seq: number;
  readonly key: StoredOwner;
  /** That of its session: see `markOf`. @default no mark */
  readonly mark?: string | undefined;
}

/** An event as it was stored, with its `seq`, deeply frozen; `corrupt` if it is not one. */
export function parseStoredEvent(text: unknown, { seq, key, mark }: StoredEventPlace): Event {
  try {
    const event = parseText(text);
    if (!isPlainObject(event)) throw new TypeError('it is not an object');
    event['seq'] = seq;
    if (event['erased'] === true) completeErased(event);
    if (mark !== undefined) markEvent(event, mark);
    return deepFreeze(event) as unknown as Event;
  } catch (cause) {
    throw corrupt(`event ${seq}`, { key, cause });
  }
}

function parseText(text: unknown): unknown {
  if (typeof text !== 'string') throw new TypeError(`a ${typeof text} is not JSON`);
  return parseJson(text);
}
