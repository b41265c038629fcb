import { type EventInput, isHoldfastError, type SessionKey } from '@holdfast/core';
import { isPlainObject } from '@holdfast/core/internal';
import type { AdkDatabaseRow } from './adk-database.ts';
import type { ImportJournal } from './import-journal.ts';
import { copyOf, invalid, noteBigIntegers, type Preparation, shown } from './preparation.ts';
import { readEvents, type SessionRow } from './read-rows.ts';
import type { AdkImportNote, Problem } from './refused-row.ts';
import { isCorrectionId } from './reserved-ids.ts';
import { keyOfDeltaPath } from './row-check.ts';
import { type PlacedEvent, readStoredEvent, type StoredEvent } from './stored-event.ts';
import { textOrEmpty } from './stored-json.ts';

/** An event, ready to be written. */
export interface PreparedEvent {
  readonly event: StoredEvent;
  /** About the length of its JSON. */
  readonly size: number;
}

interface SessionOfEvents {
  readonly row: SessionRow;
  /** Where the session goes. */
  readonly key: SessionKey;
}

/**
 * All events of a session, in the order in which they happened. The column `timestamp` is no
 * help: in some databases it has whole seconds. So it is the event's own time that counts, and
 * if two are the same, the order of insertion, or else that an answer follows its call.
 */
export async function prepareEvents(
  preparation: Preparation,
  session: SessionOfEvents,
): Promise<readonly PreparedEvent[]> {
  const ids = new Set<string>();
  const found: PlacedEvent[] = [];
  for await (const row of readEvents(preparation.source, session.row)) {
    const event = await prepareEvent(preparation, {
      ...session,
      row,
      sessionRow: session.row,
      ids,
    });
    if (event !== undefined) found.push(event);
  }
  return found.sort(
    (a, b) => a.time - b.time || a.place - b.place || turnOf(a.event) - turnOf(b.event),
  );
}

/** Notes the events of a session that is left out. */
export async function noteEventsLeftOut(
  { source, journal }: Preparation,
  { appName, userId, sessionId }: SessionRow,
): Promise<void> {
  for await (const row of readEvents(source, { userId, sessionId })) {
    const id = textOrEmpty(row['id']);
    const key = { id, app_name: appName, user_id: userId, session_id: sessionId };
    const reason = 'its session is left out';
    journal.note({ table: 'events', key, reason, outcome: 'skipped' });
  }
}

interface EventRow extends Omit<SessionOfEvents, 'row'> {
  readonly row: AdkDatabaseRow;
  readonly sessionRow: SessionRow;
  /** The ids of the session's events up to here. */
  readonly ids: Set<string>;
}

/** Undefined if the event is left out, or was never more than a piece of a stream. */
async function prepareEvent(
  { check, journal, source, bigIntegers }: Preparation,
  { row, sessionRow, key: target, ids }: EventRow,
): Promise<PlacedEvent | undefined> {
  const { userId, sessionId } = sessionRow;
  const key = {
    id: textOrEmpty(row['id']),
    app_name: textOrEmpty(row['app_name']),
    user_id: textOrEmpty(row['user_id']),
    session_id: textOrEmpty(row['session_id']),
  };
  const read = readRow(row, { tables: source.tables, bigIntegers });
  if (read.placed?.event.partial === true) {
    journal.partial++;
    return undefined;
  }
  noteOtherSpelling(journal, { key, sessionRow });

  const event = await journal.settle<EventInput | undefined>({
    first: read.placed?.event,
    problemOf(candidate) {
      if (candidate === undefined) return read.unreadable;
      const problem = ownProblem(candidate, ids);
      return problem ?? check.eventProblem(target, candidate);
    },
    describe(candidate, problem) {
      const event = copyOf(candidate) as Record<string, unknown> | undefined;
      return { table: 'events', key, userId, sessionId, event, ...shown(problem) };
    },
    map: (old, { event: mapped = old }) => mapped as EventInput,
    without: withoutStateKey,
  });
  if (event?.id === undefined) return undefined;
  ids.add(event.id);
  const { placed } = read;
  noteBigIntegers(journal, { table: 'events', key, count: placed?.bigIntegers ?? 0 });
  journal.bytes += placed?.bytes ?? 0;
  const timestamp = event.timestamp ?? 0;
  // One whose time was mapped has no finer one.
  const isOnTime = placed !== undefined && timestamp === placed.event.timestamp;
  return {
    place: 0,
    size: 0,
    bigIntegers: 0,
    bytes: 0,
    ...placed,
    time: isOnTime ? placed.time : timestamp,
    event: event as StoredEvent,
  };
}

/** Says that a row spells the ids of its session in another way, if the database allows that. */
function noteOtherSpelling(
  journal: ImportJournal,
  { key, sessionRow }: NamedEvent & { readonly sessionRow: SessionRow },
): void {
  const ids = {
    app_name: sessionRow.appName,
    user_id: sessionRow.userId,
    session_id: sessionRow.sessionId,
  };
  for (const [path, id] of Object.entries(ids)) {
    if (key[path] === id) continue;
    const reason = `is another spelling of ${JSON.stringify(id)}: the database takes both for one`;
    journal.note({ table: 'events', key, path, reason, outcome: 'changed' });
    return;
  }
}

type NamedEvent = Pick<AdkImportNote, 'key'>;

function readRow(row: AdkDatabaseRow, options: Parameters<typeof readStoredEvent>[1]) {
  try {
    return { placed: readStoredEvent(row, options), unreadable: undefined };
  } catch (error) {
    if (error instanceof RangeError) {
      const reason = 'nests too deep to be read';
      return { placed: undefined, unreadable: corrupt('event_data', reason) };
    }
    if (!isHoldfastError(error, 'corrupt')) throw error;
    const { path = '', message } = error;
    return { placed: undefined, unreadable: corrupt(path, message.slice(path.length + 1)) };
  }
}

function corrupt(path: string, reason: string): Problem {
  return { code: 'corrupt', path, reason };
}

/** What a service would not refuse, or say in other words. */
function ownProblem(event: EventInput, ids: ReadonlySet<string>): Problem | undefined {
  // What an event was mapped to may be anything.
  if (!isPlainObject(event)) return invalid('event', 'must be a plain object');
  const { id, timestamp, partial } = event;
  if (timestamp === undefined || timestamp === null) return corrupt('timestamp', 'is absent');
  if (typeof timestamp !== 'number') return corrupt('timestamp', describeTime(timestamp));
  if (partial === true) return invalid('partial', 'must not be true: it would not be stored');
  if (typeof id !== 'string') return invalid('id', 'is not a text');
  if (ids.has(id)) return invalid('id', 'is that of another event of the session');
  if (!isCorrectionId(id)) return undefined;
  return invalid('id', 'is one that an import gives to events of its own');
}

function describeTime(timestamp: unknown): string {
  if (typeof timestamp !== 'string') return 'is not a number';
  const shown = JSON.stringify(timestamp);
  const isNumber = timestamp.trim() !== '' && Number.isFinite(Number(timestamp));
  if (!isNumber) return `is not a time: ${shown}`;
  return `is ${shown}: nobody can tell whether it is in seconds or in milliseconds`;
}

/** The event without a key of its state delta, if that is what is refused. */
function withoutStateKey(event: EventInput | undefined, { path }: Problem): EventInput | undefined {
  const refused = keyOfDeltaPath(path);
  const stateDelta = event?.actions?.stateDelta;
  if (refused === undefined || !isPlainObject(stateDelta)) return undefined;
  if (!Object.hasOwn(stateDelta, refused)) return undefined;
  const rest = Object.entries(stateDelta).filter(([name]) => name !== refused);
  return { ...event, actions: { ...event?.actions, stateDelta: Object.fromEntries(rest) } };
}

/** What comes first within one millisecond, if nothing else says it. */
function turnOf({ author, content }: StoredEvent): number {
  if (author === 'user') return 0;
  const parts = content?.parts ?? [];
  if (parts.some((part) => part.functionCall !== undefined)) return 1;
  return parts.some((part) => part.functionResponse !== undefined) ? 2 : 3;
}
