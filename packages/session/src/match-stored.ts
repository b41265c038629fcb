import { type Event, HoldfastError, type JsonObject, type JsonValue } from '@holdfast/core';
import { describeSessionKey, jsonEqual } from '@holdfast/core/internal';
import type { CheckedAppend } from './prepare-append.ts';
import { idPathOf, type PreparedEvent } from './prepare-event.ts';

/**
 * The events of an append that are in the session already, each at its place, given what finds the
 * session's event of an id; undefined if none is. `already_exists` if one has other content, or if some are there
 * and others are not, unless the append skips those that are.
 */
export function matchStored(
  append: CheckedAppend,
  findEvent: (id: string) => Event | undefined,
): readonly (Event | undefined)[] | undefined {
  const found = append.given.map(({ event }) => findEvent(event.id));
  if (found.every((event) => event === undefined)) return undefined;
  const isPart = found.includes(undefined) && append.onStored !== 'skip';
  append.given.forEach((prepared, i) => {
    const event = found[i];
    if (event === undefined) return;
    // Of an erased event nothing is left to compare: the id alone says that it was stored.
    const isSame = event.erased === true || sameContent(event, prepared);
    if (isSame && !isPart) return;
    const { key } = append;
    const problem = isSame ? 'but not all of its batch' : 'with other content';
    throw new HoldfastError('already_exists', {
      message: `event ${JSON.stringify(event.id)} is already in ${describeSessionKey(key)}, ${problem}`,
      key,
      path: idPathOf(prepared),
    });
  });
  return found;
}

/**
 * Whether a stored event is what `prepared` would become, compared as JSON. What a
 * service fills in does not count, nor does the time if the caller gave none.
 */
function sameContent(stored: Event, prepared: PreparedEvent): boolean {
  return jsonEqual(
    comparable(stored, prepared.timestampGiven),
    comparable(prepared.event, prepared.timestampGiven),
  );
}

function comparable(event: Event, withTimestamp: boolean): JsonValue {
  const { seq: _, timestamp, actions, ...rest } = event;
  return {
    ...(rest as unknown as JsonObject),
    timestamp: withTimestamp ? timestamp : 0,
    actions: {
      artifactDelta: {},
      removedStateKeys: [],
      ...actions,
    } as unknown as JsonValue,
  };
}
