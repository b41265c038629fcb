import { checkIdentifier, checkInteger, HoldfastError } from '@holdfast/core';
import { MAX_PAGE_LIMIT, type SessionService } from '@holdfast/session';
import { type AdkDatabase, readerOf } from './adk-database.ts';
import { checkSchema } from './check-schema.ts';
import { type ImportMark, readMark, writeMark } from './import-mark.ts';
import { importSession } from './import-session.ts';
import { importState } from './import-state.ts';
import { type RowSource, readAppState, readEvents, readSessions, readUsers } from './read-rows.ts';

export interface AdkImportRequest {
  readonly database: AdkDatabase;
  /** Where to. */
  readonly service: SessionService;
  /** The app, as the database names it. */
  readonly appName: string;
  /** The app's name in the service; the same where it is missing. */
  readonly toAppName?: string | undefined;
  /** How many rows are read, and how many events written, at once: 1 to 1,000; 200 where it is missing. */
  readonly pageSize?: number | undefined;
}

/** What an import brought, counted over all its runs. */
export interface AdkImportReport {
  /** The app's name in the service. */
  readonly appName: string;
  readonly sessions: number;
  readonly events: number;
  /** Those who have a session or state. */
  readonly users: number;
  /**
   * Sessions whose state was not what their events make of it. They got one event more, with
   * the difference.
   */
  readonly corrected: number;
  /** What this run itself wrote: less than the above where an earlier run had begun, nothing where it was done. */
  readonly written: { readonly sessions: number; readonly events: number };
}

/**
 * Copies an app from the tables of ADK's `DatabaseSessionService` (JavaScript, or Python from
 * schema version 1 on) into a service. The database is only read.
 *
 * The app must be empty there: `already_exists` otherwise, before anything is written. An
 * import that failed half-way goes on where it stopped when it is called again; one that is
 * done writes nothing more. `unsupported` for tables of another version. `conflict` for a
 * session that was changed between two runs.
 */
export async function importAdkDatabase(request: AdkImportRequest): Promise<AdkImportReport> {
  const { database, service, pageSize = 200 } = request;
  checkIdentifier(request.appName, 'appName');
  const appName = checkIdentifier(request.toAppName ?? request.appName, 'toAppName');
  checkInteger(pageSize, { path: 'pageSize', min: 1, max: MAX_PAGE_LIMIT });
  const source = { reader: readerOf(database), appName: request.appName, pageSize };
  await checkSchema(source.reader);

  const mark = await readMark(service, appName);
  if (mark === undefined) {
    await checkEmpty({ service, appName, source });
  } else if (mark.from !== request.appName) {
    throw notEmpty(appName, `an import of ${JSON.stringify(mark.from)} has begun there`);
  }
  if (mark?.isDone === true) return reportOf(appName, mark, { sessions: 0, events: 0 });

  const begun = { from: request.appName, isDone: false, ...nothing };
  await writeMark(service, { appName, mark: begun });
  const { counts, written } = await importSessions({ service, appName, source });
  const users = await importState({ service, appName, source });
  const done: ImportMark = { ...begun, ...counts, users, isDone: true };
  await writeMark(service, { appName, mark: done });
  return reportOf(appName, done, written);
}

const nothing = { sessions: 0, events: 0, users: 0, corrected: 0 };

interface Import {
  readonly service: SessionService;
  readonly appName: string;
  readonly source: RowSource;
}

async function importSessions({ service, appName, source }: Import) {
  const counts = { sessions: 0, events: 0, corrected: 0 };
  const written = { sessions: 0, events: 0 };
  for await (const session of readSessions(source)) {
    const { userId, sessionId } = session;
    const events = await readEvents(source, session);
    const key = { appName, userId, sessionId };
    const one = await importSession({ service, key, session, events, batchSize: source.pageSize });
    counts.sessions++;
    counts.events += events.length;
    if (one.isCorrected) counts.corrected++;
    if (one.isNew) written.sessions++;
    written.events += one.events;
  }
  return { counts, written };
}

/** Refuses an app that has sessions, or state that the import would write over. */
async function checkEmpty({ service, appName, source }: Import): Promise<void> {
  const listsAll = service.capabilities.listAllUsers;
  if (listsAll && (await service.list({ appName, allUsers: true, limit: 1 })).sessions.length > 0) {
    throw notEmpty(appName, 'it has sessions');
  }
  if (!isEmpty(await service.getState({ scope: 'app', appName }))) {
    throw notEmpty(appName, 'it has state');
  }
  // Reads the app's state, too, so that what cannot be read is found before anything is written.
  await readAppState(source);
  for await (const { userId } of readUsers(source)) {
    const page = listsAll ? undefined : await service.list({ appName, userId, limit: 1 });
    if (page !== undefined && page.sessions.length > 0) {
      throw notEmpty(appName, `its user ${JSON.stringify(userId)} has sessions`);
    }
    if (!isEmpty(await service.getState({ scope: 'user', appName, userId }))) {
      throw notEmpty(appName, `its user ${JSON.stringify(userId)} has state`);
    }
  }
}

function isEmpty(state: object): boolean {
  return Object.keys(state).length === 0;
}

function notEmpty(appName: string, why: string): HoldfastError {
  return new HoldfastError('already_exists', {
    message: `the app ${JSON.stringify(appName)} is not empty: ${why}. An import needs an app that is`,
    path: 'toAppName',
  });
}

function reportOf(
  appName: string,
  { sessions, events, users, corrected }: ImportMark,
  written: AdkImportReport['written'],
): AdkImportReport {
  return { appName, sessions, events, users, corrected, written };
}
