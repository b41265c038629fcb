import type { AbortSignalLike, SessionKey } from '@holdfast/core';
import { isHoldfastError } from '@holdfast/core';
import { checkIdentifier, checkRequest, readInput } from '@holdfast/core/internal';
import { splitStateKey, stateRecord } from '@holdfast/state/internal';
import { eventMark, markOf } from './event-mark.ts';
import { type ExportRecord, RECORD_VERSION, type SessionRecord } from './export-record.ts';
import { iterateEvents } from './iterate-events.ts';
import { checkSignal } from './life/abort-signal.ts';
import type { Session } from './session.ts';
import type { SessionSummary } from './session-page.ts';
import type { SessionService } from './session-service.ts';

export interface ExportUserRequest {
  readonly appName: string;
  readonly userId: string;
  /** Ends the walk: the iterator throws the signal's reason. */
  readonly signal?: AbortSignalLike | undefined;
}

export interface ExportAppRequest extends Omit<ExportUserRequest, 'userId'> {}

/** What an export asks of a service. */
export type ExportService = Pick<
  SessionService,
  'list' | 'listUsers' | 'get' | 'getState' | 'listEvents'
>;

const version = RECORD_VERSION;

/**
 * Everything that an app has of a user, as records: the `user:` state, and each session with its
 * events, as it is when the walk comes to it. A session that is deleted meanwhile is left out,
 * or ends before its last event: then an import leaves it out.
 *
 * @example
 * for await (const record of exportUser(service, { appName: 'shop', userId: 'ada' })) {
 *   file.write(`${JSON.stringify(record)}\n`);
 * }
 */
export async function* exportUser(
  service: Omit<ExportService, 'listUsers'>,
  request: ExportUserRequest,
): AsyncGenerator<ExportRecord, void, undefined> {
  const { appName, userId, signal } = readInput(request, (input) => {
    checkRequest(input);
    return {
      appName: checkIdentifier(input.appName, 'appName'),
      userId: checkIdentifier(input.userId, 'userId'),
      signal: checkSignal(input.signal),
    };
  });
  signal?.throwIfAborted();
  const state = await service.getState({ scope: 'user', appName, userId });
  if (Object.keys(state).length > 0)
    yield Object.freeze({ type: 'state', version, appName, userId, state });
  for await (const summary of walkSessions(service, { appName, userId })) {
    signal?.throwIfAborted();
    yield* exportSession(service, { key: summary.key, signal });
  }
}

/**
 * Everything of an app, as records: the `app:` state, and everything of each user.
 *
 * @example
 * await importRecords(target, exportApp(source, { appName: 'shop' }));
 */
export async function* exportApp(
  service: ExportService,
  request: ExportAppRequest,
): AsyncGenerator<ExportRecord, void, undefined> {
  const { appName, signal } = readInput(request, (input) => {
    checkRequest(input);
    return {
      appName: checkIdentifier(input.appName, 'appName'),
      signal: checkSignal(input.signal),
    };
  });
  signal?.throwIfAborted();
  const state = await service.getState({ scope: 'app', appName });
  if (Object.keys(state).length > 0)
    yield Object.freeze({ type: 'state', version, appName, state });
  let afterUserId: string | undefined;
  for (;;) {
    const { userIds, hasMore } = await service.listUsers({ appName, afterUserId, limit: 1000 });
    for (const userId of userIds) yield* exportUser(service, { appName, userId, signal });
    afterUserId = userIds.at(-1);
    if (!hasMore) return;
  }
}

/** In ascending order, so that what is appended to meanwhile is met again rather than missed. */
async function* walkSessions(
  service: Pick<ExportService, 'list'>,
  user: { readonly appName: string; readonly userId: string },
): AsyncGenerator<SessionSummary, void, undefined> {
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await service.list({ ...user, order: 'asc', limit: 1000, cursor });
    for (const summary of page.sessions) {
      if (seen.has(summary.incarnation + summary.id)) continue;
      seen.add(summary.incarnation + summary.id);
      yield summary;
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

async function* exportSession(
  service: Pick<ExportService, 'get' | 'listEvents'>,
  { key, signal }: { readonly key: SessionKey; readonly signal: AbortSignalLike | undefined },
): AsyncGenerator<ExportRecord, void, undefined> {
  const { appName, userId, sessionId } = key;
  const session = await service.get({
    appName,
    userId,
    sessionId,
    numRecentEvents: 0,
    includeInitialState: true,
  });
  if (session === undefined) return;
  yield recordOf(session);
  if (session.revision === 0) return;
  const events = iterateEvents(service, { ...key, beforeSeq: session.revision + 1, signal });
  const mark = markOf(session.incarnation);
  try {
    for await (const event of events) {
      // Another session may have its id by now.
      if ((eventMark(event) ?? mark) !== mark) return;
      yield Object.freeze({ type: 'event', version, appName, userId, sessionId, event });
    }
  } catch (error) {
    if (!isHoldfastError(error, 'not_found')) throw error;
  }
}

function recordOf(session: Session): SessionRecord {
  const { appName, userId, sessionId, createTime, lastUpdateTime, revision, labels } = session;
  const { expires, forkedFrom, initialState } = session;
  const own = [...session.state].filter(([key]) => splitStateKey(key).scope === 'session');
  return Object.freeze({
    type: 'session',
    version,
    appName,
    userId,
    sessionId,
    createTime,
    lastUpdateTime,
    revision,
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(expires !== undefined && { expires }),
    ...(forkedFrom !== undefined && { forkedFrom }),
    ...(session.activeFrom > 1 && { activeFrom: session.activeFrom }),
    initialState,
    state: stateRecord(own),
  });
}
