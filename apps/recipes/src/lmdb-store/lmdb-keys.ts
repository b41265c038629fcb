import type * as port from '@holdfast/session/store';
import { parseStoredValue } from '@holdfast/session/store';

export type Head = Omit<port.SessionSnapshot, 'events' | 'state' | 'initialState'>;
export type Parts = readonly string[];

// No id and no name has a control character: NUL keeps the parts of a key apart, and in order.
export const bytes = (parts: Parts, end = '') => Buffer.from(parts.join('\0') + end);
export const under = (parts: Parts) => ({ start: bytes(parts, '\0'), end: bytes(parts, '\x01') });
export const headAt = (key: port.SessionKey) => ['head', key.appName, key.userId, key.sessionId];
// What belongs to a session is under its incarnation: the next one with its ids has none of it.
export const eventAt = (head: Head, n: number) => [
  'event',
  head.incarnation,
  String(n).padStart(16, '0'),
];
export const idAt = (head: Head, id: string) => ['id', head.incarnation, id];
export const stateOf = (head: Head) => ['state', head.incarnation];
export const initialStateOf = (head: Head) => ['initial', head.incarnation];
export const userStateOf = ({ appName, userId }: port.SessionKey) => ['user', appName, userId];
export const appStateOf = ({ appName }: port.SessionKey) => ['app', appName];
export const ownerOf = (owner: port.PreparedGetState) =>
  owner.scope === 'user' ? ['user', owner.appName, owner.userId] : ['app', owner.appName];

/** All of a session but its head. */
export const rangesOf = ({ incarnation }: Head) =>
  ['event', 'id', 'state', 'initial'].map((kind) => under([kind, incarnation]));

export const parseHead = (text: string, key: port.StoredOwner) =>
  parseStoredValue(text, { name: 'head', key }) as unknown as Head;
