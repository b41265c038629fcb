import { createUuidV7, type Event } from '@holdfast/core';
import {
  checkIdentifier,
  checkInteger,
  checkPlainObject,
  checkSessionKey,
  checkString,
  checkTimestamp,
  describeType,
  invalidArgument,
  isPlainObject,
  JsonCopier,
} from '@holdfast/core/internal';
import {
  copyState,
  type ScopeState,
  splitStateKey,
  stateNameProblem,
} from '@holdfast/state/internal';
import { erasedEvent } from '../erased-event.ts';
import { markEvent, markOf } from '../event-mark.ts';
import { prepareDetails } from '../prepare-details.ts';
import { prepareEvent } from '../prepare-event.ts';
import type { ImportedRow, PreparedImport } from '../prepared-life.ts';
import type { ImportedSession, ImportPart, ImportSessionRequest } from '../requests.ts';
import type { WriteOptions } from '../service-options.ts';
import { expireTimeOf, type ForkPoint, freezeDetails } from '../session-details.ts';
import {
  changedTooOften,
  incarnationConflict,
  MAX_ATTEMPTS,
  sessionExists,
} from '../session-errors.ts';
import { checkKept, makesWay, needed, type StoreAccess } from './store-access.ts';

export function prepareImport(
  request: ImportSessionRequest,
  writing: WriteOptions,
): PreparedImport {
  const key = Object.freeze(checkSessionKey(request));
  const { part, events } = request;
  checkPlainObject(request.session, 'session');
  const { revision: last } = request.session;
  checkInteger(last, { path: 'session.revision', min: 0 });
  if (part !== undefined) checkPlainObject(part, 'part');
  const fromRevision =
    part === undefined ? 0 : checkInteger(part.revision, { path: 'part.revision', min: 1 });
  const incarnation =
    part === undefined ? createUuidV7() : checkIdentifier(part.incarnation, 'part.incarnation');
  if (!Array.isArray(events)) {
    throw invalidArgument('events', `must be an array, got ${describeType(events)}`);
  }
  const prepared = Array.from({ length: events.length }, (_, i) =>
    prepareImported(events[i], { seq: fromRevision + i + 1, index: i, incarnation, writing }),
  );
  checkIdsOnce(prepared);
  const revision = fromRevision + prepared.length;
  if (revision > last) {
    throw invalidArgument('events', `go beyond ${last}, the session's revision`);
  }
  if (prepared.length === 0 && revision < last)
    throw invalidArgument('events', 'must not be empty');
  const now = writing.now();
  return {
    key,
    incarnation,
    fromRevision,
    events: prepared,
    session: prepareRow(request.session, { events: prepared, now, writing }),
    isLast: revision === last,
    now,
  };
}

/** Writes a part, and tells how far the session has come. */
export async function importSession(
  { store }: StoreAccess,
  part: PreparedImport,
): Promise<ImportPart> {
  const write = needed(store, { method: 'importSession', capability: 'importSession' });
  checkKept(store, { ...part.session, parent: 'session.' });
  const { key, incarnation, fromRevision, events, now } = part;
  const revision = fromRevision + events.length;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (await write(part)) return Object.freeze({ revision, incarnation });
    if (fromRevision > 0) throw incarnationConflict(key, { path: 'part', revision: undefined });
    // What an earlier import has left is expired.
    if (!(await makesWay(store, { key, now }))) throw sessionExists(key);
  }
  throw changedTooOften(key);
}

interface ImportedPlace {
  readonly seq: number;
  readonly index: number;
  readonly incarnation: string;
  readonly writing: WriteOptions;
}

/** An event with its `seq` and the mark of the new session; what stays of an erased one as well. */
function prepareImported(
  input: unknown,
  { seq, index, incarnation, writing }: ImportedPlace,
): Event {
  const path = `events[${index}]`;
  const given = isPlainObject(input) ? (input as unknown as Event) : undefined;
  if (given?.seq !== undefined && given.seq !== seq) {
    throw invalidArgument(`${path}.seq`, `must be ${seq}`);
  }
  if (given?.partial === true) throw invalidArgument(`${path}.partial`, 'must not be true');
  const mark = markOf(incarnation);
  if (given?.erased === true) return erasedEvent({ ...checkStub(given, path), seq }, mark);
  const copier = new JsonCopier(writing.maxEventBytes);
  const { event } = copier.at('events', () =>
    copier.at(index, () => prepareEvent(input, { copier, now: writing.now, index })),
  );
  const imported = { ...event, seq };
  markEvent(imported, mark);
  return Object.freeze(imported);
}

function checkStub({ id, timestamp, author }: Event, path: string) {
  return {
    id: checkIdentifier(id, `${path}.id`),
    timestamp: checkTimestamp(timestamp, `${path}.timestamp`),
    ...(author !== undefined && { author: checkString(author, `${path}.author`) }),
  };
}

function checkIdsOnce(events: readonly Event[]): void {
  const seen = new Set<string>();
  events.forEach(({ id }, i) => {
    if (seen.has(id)) throw invalidArgument(`events[${i}].id`, 'is that of an earlier event');
    seen.add(id);
  });
}

function prepareRow(
  session: ImportedSession,
  {
    events,
    writing,
    now,
  }: {
    readonly events: readonly Event[];
    readonly writing: WriteOptions;
    readonly now: number;
  },
): ImportedRow {
  const details = prepareDetails(session, 'session.');
  const { initialState } = session;
  const createTime = checkTimestamp(session.createTime, 'session.createTime');
  const lastUpdateTime = checkTimestamp(session.lastUpdateTime, 'session.lastUpdateTime');
  return {
    createTime,
    lastUpdateTime: events.reduce(
      (latest, { timestamp }) => Math.max(latest, timestamp),
      Math.max(createTime, lastUpdateTime),
    ),
    activeFrom:
      session.activeFrom === undefined
        ? 1
        : checkInteger(session.activeFrom, {
            path: 'session.activeFrom',
            min: 1,
            max: session.revision + 1,
          }),
    details: freezeDetails({ ...details, forkedFrom: checkForkPoint(session.forkedFrom) }),
    expireTime: expireTimeOf(details.expires, now),
    initialState:
      initialState === null ? undefined : ownState(initialState, 'initialState', writing),
    state: ownState(session.state, 'state', writing),
  };
}

function ownState(
  state: unknown,
  property: 'initialState' | 'state',
  { maxEventBytes }: WriteOptions,
): ScopeState {
  checkPlainObject(state, `session.${property}`);
  const keyProblem = ownKeyProblem;
  // Its values have come by many calls: together they may be larger than a call may be.
  const copied = Object.entries(state as object).flatMap(([name, value]) => {
    const copier = new JsonCopier(maxEventBytes);
    const one = { [name]: value };
    return Object.entries(
      copier.at('session', () => copyState(copier, one, { property, keyProblem })),
    );
  });
  return new Map(copied);
}

/** A key with a prefix would be read as one of another scope. */
function ownKeyProblem(key: unknown): string | undefined {
  const isOwn = typeof key !== 'string' || splitStateKey(key).scope === 'session';
  return isOwn ? stateNameProblem(key) : "must be one of the session's own keys";
}

function checkForkPoint(point: ForkPoint | undefined): ForkPoint | undefined {
  if (point === undefined) return undefined;
  checkPlainObject(point, 'session.forkedFrom');
  return {
    sessionId: checkIdentifier(point.sessionId, 'session.forkedFrom.sessionId'),
    seq: checkInteger(point.seq, { path: 'session.forkedFrom.seq', min: 0 }),
  };
}
