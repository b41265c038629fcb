import { type Event, HoldfastError, type SessionKey } from '@holdfast/core';
import { describeSessionKey, invalidArgument } from '@holdfast/core/internal';
import { erasedEvent } from '../erased-event.ts';
import { numberEvents } from '../prepare-append.ts';
import { revisionConflict, sessionNotFound, turnConflict } from '../session-errors.ts';
import { activeFromAt, coveredBy, isMarker } from './active-from.ts';
import { appendMarker, type Marker } from './append-marker.ts';
import type { CheckedRetract } from './prepare-marker.ts';
import { needed, type StoreAccess, walkEvents } from './store-access.ts';

// More ids than these are found sooner by reading all events.
const MANY_IDS = 50;

/** Appends the marker of a retraction, and erases what it takes out if that is asked for. */
export function retractEvents(access: StoreAccess, retract: CheckedRetract): Promise<Event> {
  const { key, events, erase, turn } = retract;
  const { store } = access;
  if (turn !== undefined)
    needed(store, { method: 'acquireTurn', capability: 'turns', path: 'turn' });
  const write = erase
    ? needed(store, { method: 'erase', capability: 'erase', path: 'erase' })
    : undefined;
  return appendMarker(access, retract, async ({ revision, activeFrom = 1 }) => {
    if (events.type === 'through' && events.seq > revision) {
      throw invalidArgument('throughSeq', `must be at most ${revision}, the session's last event`);
    }
    const isListed = events.type === 'ids';
    const found = isListed ? await findEvents(access, { ...events, key, revision }) : [];
    const marker: Marker = {
      actions: {
        stateDelta: {},
        retract: isListed ? { eventIds: events.ids } : { throughSeq: events.seq },
      },
      activeFrom: await activeFromAfter(),
    };
    if (write === undefined) return marker;
    const stubs = isListed
      ? found.flatMap(stubOf)
      : await stubsThrough(access, { key, seq: events.seq });
    return {
      ...marker,
      async write(append) {
        const outcome = await write({ ...append, stubs });
        switch (outcome.type) {
          case 'written':
            access.hub.appended(key, outcome.revision);
            return numberEvents(append, outcome)[0] as Event;
          case 'refused': {
            // A driver may have sent it twice: then the first one is there.
            const stored = append.events.map(({ id }) => outcome.findEvent(id))[0];
            if (stored !== undefined) return stored;
            if (turn !== undefined && turn !== outcome.turn) {
              throw turnConflict(key, { turn, revision: outcome.revision });
            }
            throw revisionConflict(key, { expected: revision, found: outcome.revision });
          }
          case 'missing':
            throw sessionNotFound(key);
        }
      },
    };

    async function activeFromAfter(): Promise<number | undefined> {
      if (events.type === 'through') return Math.max(activeFrom, events.seq + 1);
      if (activeFrom === 1) return undefined;
      // A marker that is only retracted still counts.
      const takesSummary = found.some((event) => !event.erased && coveredBy(event) !== undefined);
      const takesMarker = erase && found.some((event) => !event.erased && isMarker(event));
      if (!takesSummary && !takesMarker) return undefined;
      const place = { key, seq: revision, retractedIds: events.ids };
      return await activeFromAt(access, { ...place, erasedIds: erase ? events.ids : [] });
    }
  });
}

interface EventSearch {
  readonly key: SessionKey;
  readonly revision: number;
  readonly ids: readonly string[];
  readonly given: readonly string[];
}

/** The events of ids; `not_found` if there is none of one. */
async function findEvents(
  access: StoreAccess,
  { key, revision, ids, given }: EventSearch,
): Promise<readonly Event[]> {
  const { store } = access;
  const found = new Map<string, Event>();
  if (store.findEvent !== undefined && ids.length <= MANY_IDS) {
    for (const eventId of ids) {
      const event = (await store.findEvent({ key, eventId }))?.event;
      if (event !== undefined) found.set(eventId, event);
    }
  } else {
    const wanted = new Set(ids);
    for await (const event of walkEvents(access, { key, from: 1, to: revision, order: 'asc' })) {
      if (wanted.has(event.id)) found.set(event.id, event);
    }
  }
  return ids.map((id) => {
    const event = found.get(id);
    if (event !== undefined) return event;
    const message = `${describeSessionKey(key)} has no event ${JSON.stringify(id)}`;
    throw new HoldfastError('not_found', { message, key, path: `eventIds[${given.indexOf(id)}]` });
  });
}

/** What is to stay of the first events. These may be more than there is room for at once. */
async function stubsThrough(
  access: StoreAccess,
  { key, seq }: { readonly key: SessionKey; readonly seq: number },
): Promise<readonly Event[]> {
  const stubs: Event[] = [];
  for await (const event of walkEvents(access, { key, from: 1, to: seq, order: 'asc' })) {
    stubs.push(...stubOf(event));
  }
  return stubs;
}

/** What is to stay of an event; nothing of one that was erased before. */
function stubOf(event: Event): readonly Event[] {
  return event.erased === true ? [] : [erasedEvent(event)];
}
