import { type Event, HoldfastError, type SessionKey } from '@holdfast/core';
import { describeSessionKey } from '@holdfast/core/internal';
import type { PreparedGet } from './prepare-get.ts';
import type { PreparedListEvents } from './prepare-list-events.ts';
import type { SessionSnapshot } from './session.ts';
import type { ListedEvents } from './session-store.ts';

// The `seq` of a session's events has no gap, and its revision is the last one. So it is known
// which events belong in an answer, and it is noticed if a part of the storage was lost or
// replaced, as by a backup beside newer files.

/** `corrupt` if the events of a snapshot are not those that its revision promises. */
export function checkLoadedEvents(
  get: PreparedGet,
  { key, revision, events, activeFrom = 1 }: SessionSnapshot,
): void {
  const { numRecentEvents, afterTimestamp, active } = get;
  const least = active ? activeFrom : 1;
  const first =
    numRecentEvents === undefined ? least : Math.max(least, revision - numRecentEvents + 1);
  const isRight =
    afterTimestamp === undefined
      ? isRun(events, { first, last: revision })
      : // Any event may be too old, but none can be outside the window.
        events.length <= revision && (events.at(-1)?.seq ?? 0) <= revision;
  if (!isRight) throw doNotMatch(key, revision);
}

/** `corrupt` if a page does not have all the events that it should. */
export function checkListedEvents(
  { key, afterSeq, beforeSeq, count, order }: PreparedListEvents,
  { events, revision }: ListedEvents,
): void {
  const first = afterSeq + 1;
  const last = Math.min(beforeSeq - 1, revision);
  const isRight =
    order === 'asc'
      ? isRun(events, { first, last: Math.min(last, first + count - 1) })
      : isRun(events, { first: last, last: Math.max(first, last - count + 1), step: -1 });
  if (!isRight) throw doNotMatch(key, revision);
}

/** Whether these are all events from one `seq` to another, in order. Only both ends are looked at. */
function isRun(
  events: readonly Event[],
  {
    first,
    last,
    step = 1,
  }: { readonly first: number; readonly last: number; readonly step?: 1 | -1 },
): boolean {
  const count = Math.max(0, (last - first) * step + 1);
  if (events.length !== count) return false;
  return count === 0 || (events[0]?.seq === first && events[count - 1]?.seq === last);
}

function doNotMatch(key: SessionKey, revision: number): HoldfastError {
  return new HoldfastError('corrupt', {
    message: `the stored events of ${describeSessionKey(key)} are not those of its revision, ${revision}`,
    key,
  });
}
