import type { Event, JsonValue, SessionKey } from '@holdfast/core';
import {
  corrupt,
  parseStoredEvent,
  parseStoredValue,
  type StoredEventPlace,
  type StoredOwner,
  type StoredSummary,
} from '@holdfast/session/store';
import type { ScopeState } from '@holdfast/state/internal';
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

/**
 * Reads a meta: the creation and the last update, of 16 digits each, then a `t` if an index by
 * time goes with the session and otherwise a hyphen, the revision, a colon and the incarnation.
 * One of a session that was created before there were incarnations ends with the revision.
 *
 * `0001795473093952:0001795473099001:-12:019a2f3c-5b1e-7d4a-9c3b-6f0e8d7a5b21`. The script of a
 * single event reads it by place: to match a pattern takes as long as a write.
 */
export function parseMeta(meta: unknown, key: SessionKey): Omit<StoredSummary, 'key' | 'state'> {
  const fields = /^(\d{16}):(\d{16}):[-t](\d+)(?::(.*))?$/.exec(String(meta));
  if (fields === null) throw corrupt('the session', { key });
  const [createTime = 0, lastUpdateTime = 0, revision = 0] = fields.slice(1, 4).map(Number);
  return { incarnation: fields[4] ?? '', createTime, lastUpdateTime, revision };
}

/** A time as a meta has it. */
export function formatTime(time: number): string {
  return String(time).padStart(16, '0');
}
