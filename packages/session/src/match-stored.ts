import {
  describeSessionKey,
  type Event,
  HoldfastError,
  type JsonObject,
  type JsonValue,
  jsonEqual,
} from '@holdfast/core';
import type { PreparedAppend } from './prepare-append.ts';
import { idPathOf, type PreparedEvent } from './prepare-event.ts';

/**
 * What an append meets whose event ids are partly or all in the session. `stored` gives
 * the session's event of an id.
 *
 * None is there: undefined, so append. All are there with the same content: the stored
 * events, in the order of the request. Otherwise: `already_exists`.
 */
export function matchStored(
  append: PreparedAppend,
  stored: (id: string) => Event | undefined,
): readonly Event[] | undefined {
  const found = append.events.map(({ event }) => stored(event.id));
  if (found.every((event) => event === undefined)) return undefined;
  const isMissing = found.includes(undefined);
  append.events.forEach((prepared, i) => {
    const event = found[i];
    if (event === undefined) return;
    const isSame = sameContent(event, prepared);
    if (isSame && !isMissing) return;
    const problem = isSame ? 'but not all of its batch' : 'with other content';
    throw eventExists(append, { path: idPathOf(prepared), id: event.id, problem });
  });
  return found as readonly Event[];
}

/**
 * Whether a stored event is what `prepared` would become, compared as JSON. What a
 * service fills in does not count, nor does the time where the caller gave none.
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

function eventExists(
  { key }: PreparedAppend,
  { path, id, problem }: { readonly path: string; readonly id: string; readonly problem: string },
): HoldfastError {
  return new HoldfastError('already_exists', {
    message: `event ${JSON.stringify(id)} is in ${describeSessionKey(key)} already, ${problem}`,
    key,
    path,
  });
}
