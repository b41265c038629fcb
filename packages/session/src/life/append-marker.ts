import type { Event, EventActions, JsonValue } from '@holdfast/core';
import { isHoldfastError } from '@holdfast/core';
import { type CheckedAppend, prepareAppendEvent } from '../prepare-append.ts';
import type { SessionSnapshot } from '../session.ts';
import { changedTooOften, incarnationConflict, revisionConflict } from '../session-errors.ts';
import type { CheckedMarker } from './prepare-marker.ts';
import { readState, type StoreAccess } from './store-access.ts';

// Between looking and writing, others may append.
const MAX_ATTEMPTS = 50;

/** What a marker is to be, given the session that it is for. */
export interface Marker {
  readonly actions: Partial<EventActions>;
  /** What the session's `activeFrom` becomes; undefined: it stays. */
  readonly activeFrom: number | undefined;
  /** Appends it. @default as any event */
  write?(append: CheckedAppend): Promise<Event>;
}

/**
 * Appends a marker right behind what was looked at when it was made. If others append meanwhile, it
 * is made again, unless the caller expects a revision.
 */
export async function appendMarker(
  access: StoreAccess,
  { key, expectedRevision, expectedIncarnation, turn }: CheckedMarker,
  make: (snapshot: SessionSnapshot) => Promise<Marker>,
): Promise<Event> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const snapshot = await readState(access, key);
    const { revision, incarnation } = snapshot;
    if (expectedIncarnation !== undefined && expectedIncarnation !== incarnation) {
      throw incarnationConflict(key, { path: 'expectedIncarnation', revision });
    }
    if (expectedRevision !== undefined && expectedRevision !== revision) {
      throw revisionConflict(key, { expected: expectedRevision, found: revision });
    }
    const { actions, activeFrom, write } = await make(snapshot);
    const prepared = prepareAppendEvent(
      {
        ...key,
        event: { author: 'user', actions: { artifactDelta: {}, ...actions } },
        expectedRevision: revision,
        expectedIncarnation: incarnation,
        turn,
      },
      access.writing,
    );
    const append = { ...prepared, activeFrom };
    try {
      if (write !== undefined) return await write(append);
      const [event] = await access.append(append);
      return event as Event;
    } catch (error) {
      const isElsewhere = isHoldfastError(error, 'conflict') && error.path !== 'turn';
      if (!isElsewhere || expectedRevision !== undefined) throw error;
    }
  }
  throw changedTooOften(key);
}

/** The changes that make one state of another. */
export function differenceOf(
  from: ReadonlyMap<string, JsonValue>,
  {
    to,
    isSame,
  }: {
    readonly to: ReadonlyMap<string, JsonValue>;
    isSame(a: JsonValue, b: JsonValue): boolean;
  },
): {
  readonly set: readonly (readonly [string, JsonValue])[];
  readonly removed: readonly string[];
} {
  const set = [...to].filter(([name, value]) => {
    const before = from.get(name);
    return before === undefined || !isSame(before, value);
  });
  return { set, removed: [...from.keys()].filter((name) => !to.has(name)) };
}
