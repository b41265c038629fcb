import type { Event } from '@holdfast/core';
import type { SessionEntry } from '../../api/wire.ts';
import { changesOf } from './state-change.ts';

/** A conversation as the list shows it, once an event was stored in it. */
export function entryAfter(entry: SessionEntry, event: Event): SessionEntry {
  const { seq = 0, timestamp } = event;
  if (seq <= entry.revision) return entry;
  const { title: before, ...others } = entry;
  const change = changesOf(event).find(
    ({ scope, name }) => scope === 'session' && name === 'title',
  );
  const title = change === undefined ? before : change.value;
  return {
    ...others,
    ...(typeof title === 'string' && { title }),
    lastUpdateTime: Math.max(entry.lastUpdateTime, timestamp),
    revision: seq,
  };
}
