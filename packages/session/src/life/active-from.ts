import type { Event, SessionKey } from '@holdfast/core';
import type { SessionSnapshot } from '../session.ts';
import { summaryOf } from '../summary-of.ts';
import { type StoreAccess, walkEvents } from './store-access.ts';

export interface ActivePlace {
  readonly key: SessionKey;
  /** The last event that counts. */
  readonly seq: number;
  /** Events that are retracted by what comes behind it. @default none */
  readonly retractedIds?: readonly string[];
  /** Events that are erased together with that. @default none */
  readonly erasedIds?: readonly string[];
}

/** The first event that was active when `seq` was the last one. */
export async function activeFromBefore(
  access: StoreAccess,
  {
    snapshot: { key, revision, activeFrom = 1 },
    seq,
  }: { readonly snapshot: SessionSnapshot; readonly seq: number },
): Promise<number> {
  if (seq === revision) return activeFrom;
  // Markers alone bring back what a summary covers. Without one, it was never later than now.
  const mayBeLater =
    activeFrom > 1 || (await hasMarker(access, { key, from: seq + 1, to: revision }));
  return mayBeLater ? activeFromAt(access, { key, seq }) : 1;
}

async function hasMarker(
  access: StoreAccess,
  { key, from, to }: { readonly key: SessionKey; readonly from: number; readonly to: number },
): Promise<boolean> {
  for await (const event of walkEvents(access, { key, from, to, order: 'desc' })) {
    // An erased event may have been one.
    if (event.erased || isMarker(event)) return true;
  }
  return false;
}

/** Whether an event is a marker of a rewind or of a retraction. */
export function isMarker({ actions }: Event): boolean {
  return actions.rewind !== undefined || actions.retract !== undefined;
}

/**
 * The first event that is active after an event: the one behind what the last summary covers that
 * was in force then, or behind what was retracted as a whole.
 */
export async function activeFromAt(access: StoreAccess, place: ActivePlace): Promise<number> {
  const { key, retractedIds = [], erasedIds = [] } = place;
  const retracted = new Set(retractedIds);
  const erased = new Set(erasedIds);
  let first = 1;
  let to = place.seq;
  while (to >= first) {
    let jump: number | undefined;
    for await (const event of walkEvents(access, { key, from: first, to, order: 'desc' })) {
      if (event.erased || erased.has(event.id)) continue;
      const { rewind, retract } = event.actions;
      if (Number.isSafeInteger(rewind?.toSeq)) {
        jump = rewind?.toSeq;
        break;
      }
      // Anything may stand in the actions of an event that was appended as it is.
      if (Array.isArray(retract?.eventIds)) for (const id of retract.eventIds) retracted.add(id);
      if (Number.isSafeInteger(retract?.throughSeq)) {
        first = Math.max(first, (retract?.throughSeq as number) + 1);
      }
      const covered = coveredBy(event);
      if (covered !== undefined && !retracted.has(event.id)) return Math.max(first, covered + 1);
      if ((event.seq as number) <= first) return first;
    }
    if (jump === undefined) return first;
    to = jump;
  }
  return first;
}

/** The first event that can be active with one more at the end, given the one without it. */
export function activeFromWith(activeFrom: number, event: Event): number {
  const { rewind, retract } = event.actions;
  // What it brings back may be anything.
  if (rewind !== undefined || retract?.eventIds !== undefined) return 1;
  const through = retract?.throughSeq ?? coveredBy(event);
  return Number.isSafeInteger(through) ? Math.max(activeFrom, (through as number) + 1) : activeFrom;
}

/** Up to where a summary covers all that is there; undefined if it is not one of all. */
export function coveredBy(event: Event): number | undefined {
  const summary = summaryOf(event);
  return summary?.fromSeq === 1 ? summary.throughSeq : undefined;
}
