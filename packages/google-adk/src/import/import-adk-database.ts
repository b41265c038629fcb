import { HoldfastError } from '@holdfast/core';
import { checkIdentifier, checkInteger } from '@holdfast/core/internal';
import type { GetStateRequest, SessionService } from '@holdfast/session';
import { MAX_PAGE_LIMIT } from '@holdfast/session/store';
import { type AdkDatabase, readerOf } from './adk-database.ts';
import { checkSchema } from './check-schema.ts';
import { importSession } from './import-session.ts';
import { type RowSource, readAppState, readEvents, readSessions, readUsers } from './read-rows.ts';

export interface AdkImportRequest {
  readonly database: AdkDatabase;
  /** Where to. */
  readonly service: SessionService;
  /** The app, as the database names it. */
  readonly appName: string;
  /** The app's name in the service. @default the same */
  readonly toAppName?: string | undefined;
  /** How many rows are read, and how many events written, at once: 1 to 1,000. @default 200 */
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
  /** What this run itself wrote: less if an earlier one had begun, nothing if it was done. */
  readonly written: { readonly sessions: number; readonly events: number };
}

/** Whose user state holds the mark of an import. No session has this user, so nobody sees it. */
const MARK_USER = 'holdfast-adk-import';
const MARK_KEY = 'import';

/** What the app remembers of its import; the counts are of one that is done. */
interface ImportMark extends Omit<AdkImportReport, 'appName' | 'written'> {
  /** The app's name in the ADK database. */
  readonly from: string;
  readonly isDone: boolean;
}

interface Import {
  readonly service: SessionService;
  /** The app's name in the service. */
  readonly appName: string;
  readonly source: RowSource;
}

/**
 * Copies an app from the tables of ADK's `DatabaseSessionService` (JavaScript, or Python from
 * schema version 1 on) into a service. The database is only read.
 *
 * The app must be empty there: `already_exists` otherwise, before anything is written. An
 * import that failed half-way goes on where it stopped when it is called again; one that is
 * done writes nothing more. `unsupported` for tables of another version. `conflict` for a
 * session that was changed between two runs.
 *
 * @example
 * const pool = new pg.Pool({ connectionString });
 * const query = async (sql, params) => (await pool.query(sql, [...params])).rows;
 * const database = { dialect: 'postgres', query };
 * const { sessions, events } = await importAdkDatabase({ database, service, appName: 'shop' });
 */
export async function importAdkDatabase(request: AdkImportRequest): Promise<AdkImportReport> {
  const { database, service, appName: from, pageSize = 200 } = request;
  checkIdentifier(from, 'appName');
  const appName = checkIdentifier(request.toAppName ?? from, 'toAppName');
  checkInteger(pageSize, { path: 'pageSize', min: 1, max: MAX_PAGE_LIMIT });
  const source = { reader: readerOf(database), appName: from, pageSize };
  await checkSchema(source.reader);

  const marked = { scope: 'user', appName, userId: MARK_USER } as const;
  const mark = (await service.getState(marked))[MARK_KEY] as unknown as ImportMark | undefined;
  if (mark === undefined) {
    await checkEmpty({ service, appName, source });
  } else if (mark.from !== from) {
    throw notEmpty(appName, `an import of ${JSON.stringify(mark.from)} has begun there`);
  } else if (mark.isDone) {
    const { sessions, events, users, corrected } = mark;
    return { appName, sessions, events, users, corrected, written: { sessions: 0, events: 0 } };
  }
  const remember = (to: ImportMark) => service.updateState({ ...marked, set: { [MARK_KEY]: to } });
  await remember({ from, isDone: false, sessions: 0, events: 0, users: 0, corrected: 0 });
  const { written, ...counts } = await importSessions({ service, appName, source });
  const users = await importState({ service, appName, source });
  await remember({ from, isDone: true, ...counts, users });
  return { appName, ...counts, users, written };
}

/** Refuses an app that has sessions, or state that the import would write over. */
async function checkEmpty({ service, appName, source }: Import): Promise<void> {
  const listsAll = service.capabilities.listAllUsers;
  const hasSessions = async (whose: { userId: string } | { allUsers: true }) =>
    (await service.list({ appName, ...whose, limit: 1 })).sessions.length > 0;
  const hasState = async (whose: GetStateRequest) => !isEmpty(await service.getState(whose));
  const refuseIf = (isFull: boolean, why: string) => {
    if (isFull) throw notEmpty(appName, why);
  };
  refuseIf(listsAll && (await hasSessions({ allUsers: true })), 'it has sessions');
  refuseIf(await hasState({ scope: 'app', appName }), 'it has state');
  // Reads the app's state, too, so that what cannot be read is found before anything is written.
  await readAppState(source);
  for await (const { userId } of readUsers(source)) {
    const user = `its user ${JSON.stringify(userId)}`;
    refuseIf(!listsAll && (await hasSessions({ userId })), `${user} has sessions`);
    refuseIf(await hasState({ scope: 'user', appName, userId }), `${user} has state`);
  }
}

async function importSessions({ service, appName, source }: Import) {
  const counts = { sessions: 0, events: 0, corrected: 0 };
  const written = { sessions: 0, events: 0 };
  for await (const { userId, sessionId, state } of readSessions(source)) {
    const key = { appName, userId, sessionId };
    const events = await readEvents(source, key);
    const one = await importSession({ service, key, state, events, batchSize: source.pageSize });
    counts.sessions++;
    counts.events += events.length;
    if (one.isCorrected) counts.corrected++;
    if (one.isNew) written.sessions++;
    written.events += one.events;
  }
  return { ...counts, written };
}

/**
 * Writes the state of the users and of the app, and answers how many users there are. It
 * comes after the events, which have brought what it was at their time.
 */
async function importState({ service, appName, source }: Import): Promise<number> {
  const replace = async (whose: GetStateRequest, state: Readonly<Record<string, unknown>>) => {
    const present = Object.keys(await service.getState(whose));
    const remove = present.filter((name) => !Object.hasOwn(state, name));
    if (remove.length === 0 && isEmpty(state)) return;
    await service.updateState({ ...whose, set: state, remove });
  };
  let users = 0;
  for await (const { userId, state } of readUsers(source)) {
    await replace({ scope: 'user', appName, userId }, state);
    users++;
  }
  await replace({ scope: 'app', appName }, await readAppState(source));
  return users;
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
