import type { SessionKey } from '@holdfast/session/store';
import type { Range } from './key-value-database.ts';

// JSON keeps the parts of a key apart, whatever characters are in them.
const keyOf = (...parts: readonly string[]) => JSON.stringify(parts);

const partsOf = ({ appName, userId, sessionId }: SessionKey) => [appName, userId, sessionId];

export const sessionKey = (key: SessionKey) => keyOf('session', ...partsOf(key));

/** The row of an event id: it holds the event's number, so that a retry finds any event. */
export const idKey = (key: SessionKey, id: string) => keyOf('id', ...partsOf(key), id);

/** Numbers of one width, so that the keys are in the order of the numbers. */
export const eventKey = (key: SessionKey, seq: number) =>
  keyOf('event', ...partsOf(key), String(seq).padStart(16, '0'));

export const userKey = ({ appName, userId }: Omit<SessionKey, 'sessionId'>) =>
  keyOf('user', appName, userId);

export const appKey = ({ appName }: Pick<SessionKey, 'appName'>) => keyOf('app', appName);

export const only = (key: string): Range => ({ from: key, to: `${key}\0` });

export const eventsOf = (key: SessionKey) => under('event', ...partsOf(key));

export const idsOf = (key: SessionKey) => under('id', ...partsOf(key));

/** The keys that begin with these parts. The character after a comma is a hyphen. */
export function under(...parts: readonly string[]): Range {
  const begin = keyOf(...parts).slice(0, -1);
  return { from: `${begin},`, to: `${begin}-` };
}
