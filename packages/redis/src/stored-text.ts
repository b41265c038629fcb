import type { Event, JsonValue, SessionKey } from '@holdfast/core';
import {
  corrupt,
  encodeDetails,
  NO_DETAILS,
  parseDetails,
  parseStoredEvent,
  parseStoredValue,
  type SessionDetails,
  type StoredEventPlace,
  type StoredOwner,
  type StoredSummary,
} from '@holdfast/session/store';
import { EMPTY_SCOPE, type ScopeState, stateRecord } from '@holdfast/state/internal';
import { readList, readText, unexpected } from './read-reply.ts';

/** The state that the fields of a hash hold: names and values in turn. */
export function parseState(fields: unknown, key: StoredOwner): ScopeState {
  const state = new Map<string, JsonValue>();
  const list = readList(fields);
  if (list.length % 2 === 1) throw unexpected('names and values in turn', fields);
  for (let i = 0; i < list.length; i += 2) {
    const name = readText(list[i]);
    state.set(name, parseStoredValue(list[i + 1], { name, key }));
  }
  return state;
}

/** An entry of the list of events: the timestamp, followed directly by the event as JSON. */
export function formatEvent(event: Event): string {
  return event.timestamp + JSON.stringify(event);
}

/** The entry of an event that has its `seq` already: its place in the list says as much. */
export function formatNumbered({ seq: _, ...event }: Event): string {
  return formatEvent(event as Event);
}

/** An event from an entry, deeply frozen; `corrupt` if it cannot be read, or has another time. */
export function parseEvent(
  entry: unknown,
  at: StoredEventPlace & { readonly key: SessionKey },
): Event {
  const text = String(entry);
  const start = Math.max(0, text.indexOf('{'));
  const event = parseStoredEvent(text.slice(start), at);
  if (String(event.timestamp) === text.slice(0, start)) return event;
  throw corrupt(`event ${at.seq}`, at);
}

/** What a meta says of a session. */
export interface StoredMeta {
  readonly createTime: number;
  readonly lastUpdateTime: number;
  readonly revision: number;
  readonly incarnation: string;
  /** Epoch ms by the clock of a service: the last append or update. */
  readonly touchTime: number;
  /** Whether there is something of the session among the details of its bucket. */
  readonly hasDetails: boolean;
  /** Undefined: it does not expire. */
  readonly expireTime: number | undefined;
  /** Undefined: all events are active. */
  readonly activeFrom: number | undefined;
}

/**
 * Reads a meta: the creation, the last update and the last touch, of 16 digits each, then a `t` if
 * an index by time goes with the session and otherwise a hyphen, the revision, a colon and the
 * incarnation. The script of a single event reads it by place: to match a pattern takes as long as
 * a write.
 *
 * `0001795473093952:0001795473099001:0001795473099002:-12:019a2f3c-5b1e-7d4a-9c3b-6f0e8d7a5b21`
 *
 * A session that has more to its life has a second line, which ends with a line break: a `d` if it has details and otherwise a
 * hyphen, when it expires, after how many ms of idleness, the first active event, until when it is
 * held for a turn, and for which turn. What there is not of these is empty.
 *
 * `d:1795473159002:60000:::`
 *
 * Metas of versions before have no second line and no last touch (the last update counts), and the
 * first ones end with the revision. Whatever writes a meta brings it up to date.
 */
export function parseMeta(meta: unknown, key: SessionKey): StoredMeta {
  const fields = META.exec(String(meta));
  if (fields === null) throw corrupt('the session', { key });
  const [, created, updated, touched = updated, revision, incarnation = ''] = fields;
  const [details, expireTime, , activeFrom] = fields.slice(6);
  return {
    createTime: Number(created),
    lastUpdateTime: Number(updated),
    revision: Number(revision),
    incarnation,
    touchTime: Number(touched),
    hasDetails: details === 'd',
    expireTime: expireTime ? Number(expireTime) : undefined,
    activeFrom: activeFrom ? Number(activeFrom) : undefined,
  };
}

const META =
  /^(\d{16}):(\d{16}):(?:(\d{16}):)?[-t](\d+)(?::([^\n]*))?(?:\n([-d]):(\d*):(\d*):(\d*):(\d*):(.*)\n)?$/;

/** The second line of the meta of a new session, with its line break; '' if it needs none. */
export function formatLife({
  details,
  expireTime,
  activeFrom,
}: {
  readonly details: SessionDetails;
  readonly expireTime: number | undefined;
  readonly activeFrom?: number | undefined;
}): string {
  const hasDetails = encodeDetails(details) === '' ? '-' : 'd';
  const idle = details.expires?.afterIdle;
  const line = [hasDetails, expireTime, idle, activeFrom, undefined, undefined].join(':');
  return line === '-:::::' ? '' : `${line}\n`;
}

/**
 * Details as they are stored: a line for each label, as it is among the labels of the user, and
 * then all of them; '' if there are none.
 */
export function formatDetails(details: SessionDetails): string {
  const text = encodeDetails(details);
  if (text === '') return '';
  const lines = Object.entries(details.labels).map(([name, value]) => labelLine(name, value));
  return [...lines, text].join('\n');
}

/** A label as a text without a line break, that no other label has. */
export function labelLine(name: string, value: string): string {
  return JSON.stringify([name, value]);
}

/** Details from how they are stored; those of a session that has none from null. */
export function parseStoredDetails(text: unknown, key: SessionKey): SessionDetails {
  if (text === null) return NO_DETAILS;
  const stored = String(text);
  const details = parseDetails(stored.slice(stored.lastIndexOf('\n') + 1));
  if (details === undefined) throw corrupt('the labels', { key });
  return details;
}

/** A session of a list, without its state. */
export function summaryOf({
  key,
  meta,
  details,
}: {
  readonly key: SessionKey;
  readonly meta: unknown;
  /** As they are stored; null if there are none. */
  readonly details: unknown;
}): StoredSummary {
  const { createTime, lastUpdateTime, revision, incarnation } = parseMeta(meta, key);
  const times = { createTime, lastUpdateTime, revision };
  return {
    key,
    incarnation,
    ...times,
    details: parseStoredDetails(details, key),
    state: undefined,
  };
}

/** The state of a session at its creation, as it is stored; '' if it is empty. */
export function formatInitialState(state: ScopeState | undefined): string {
  // A session that came from elsewhere may have one that is not known.
  if (state === undefined) return 'null';
  return state.size === 0 ? '' : JSON.stringify(stateRecord(state));
}

/** Undefined if it is not known; empty from null. */
export function parseInitialState(text: unknown, key: SessionKey): ScopeState | undefined {
  if (text === null) return EMPTY_SCOPE;
  const state = parseStoredValue(text, { name: 'initial', key });
  return state === null ? undefined : new Map(Object.entries(state));
}

/** A time as a meta has it. */
export function formatTime(time: number): string {
  return String(time).padStart(16, '0');
}
