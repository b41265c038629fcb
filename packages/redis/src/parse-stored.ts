import {
  type Event,
  HoldfastError,
  isPlainObject,
  type JsonValue,
  type SessionKey,
} from '@holdfast/core';

type State = ReadonlyMap<string, JsonValue>;

/** What cannot be read. */
export function corrupt(
  what: string,
  details: { readonly key: Partial<SessionKey>; readonly cause?: unknown },
): HoldfastError {
  const { appName, userId, sessionId } = details.key;
  return new HoldfastError('corrupt', {
    message: `${what} of ${JSON.stringify({ appName, userId, sessionId })} cannot be read`,
    key: sessionId === undefined ? undefined : (details.key as SessionKey),
    cause: details.cause,
  });
}

/** The state that the fields of a hash hold: names and values in turn. */
export function parseState(fields: unknown, key: Partial<SessionKey>): State {
  const state = new Map<string, JsonValue>();
  const list = fields as readonly string[];
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i] as string;
    state.set(name, parseJson(list[i + 1], { what: `the state key ${JSON.stringify(name)}`, key }));
  }
  return state;
}

/** What stands in the list of events: the timestamp, and right behind it the event as JSON. */
export function formatEvent(event: Event): string {
  return event.timestamp + JSON.stringify(event);
}

/** An event of the list, deeply frozen. `corrupt` where it is none. */
export function parseEvent(
  text: unknown,
  { seq, key }: { readonly seq: number; readonly key: SessionKey },
): Event {
  const what = `event ${seq}`;
  const start = typeof text === 'string' ? text.indexOf('{') : -1;
  const event = parseAny(start < 0 ? text : (text as string).slice(start), { what, key });
  if (!isPlainObject(event) || formatStart(event) !== (text as string).slice(0, start)) {
    throw corrupt(what, { key });
  }
  event['seq'] = seq;
  return freeze(event) as unknown as Event;
}

function formatStart(event: Record<string, unknown>): string {
  return String(event['timestamp']);
}

function parseJson(text: unknown, where: Where): JsonValue {
  return freeze(parseAny(text, where));
}

interface Where {
  readonly what: string;
  readonly key: Partial<SessionKey>;
}

function parseAny(text: unknown, { what, key }: Where): unknown {
  try {
    if (typeof text !== 'string') throw new TypeError(`a ${typeof text} is no JSON`);
    return JSON.parse(text);
  } catch (cause) {
    throw corrupt(what, { key, cause });
  }
}

function freeze(value: unknown): JsonValue {
  if (typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) for (const item of value) freeze(item);
    else for (const key of Object.keys(value)) freeze((value as Record<string, unknown>)[key]);
    Object.freeze(value);
  }
  return value as JsonValue;
}
