import { HoldfastError } from '@holdfast/core';
import {
  checkChoice,
  checkFlag,
  checkIdentifier,
  checkInteger,
  checkString,
  describeType,
  identifierProblem,
  invalidArgument,
} from '@holdfast/core/internal';
import type { GetStateRequest, SessionService } from '@holdfast/session';
import { MAX_PAGE_LIMIT } from '@holdfast/session/store';
import { type AdkDatabase, checkDriver, readerOf } from './adk-database.ts';
import { findTables } from './adk-tables.ts';
import { type ImportCounts, ImportWalk } from './import-walk.ts';
import { type RowSource, readUserIds } from './read-rows.ts';
import type { AdkImportNote, OnAdkRefused } from './refused-row.ts';
import { MARK_USER } from './reserved-ids.ts';

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
  /**
   * Reads all that an import would, writes nothing, and reports what it would: which rows are in
   * its way, and what would be left out or changed. It calls no method of the service that writes,
   * so it does not know of a lower `maxEventBytes`. @default false
   */
  readonly dryRun?: boolean | undefined;
  /**
   * What becomes of a row that the service does not take.
   *
   * - `stop`: the import looks at all rows first, and writes nothing if one is in its way.
   * - `skip`: what is refused is left out, and reported: a key of a state; an event, or only a key
   *   of its state delta; a session with its events if it is its ids.
   * - a function: it is given the row, and answers with what takes its place, or one of these
   *   words. It is asked once when all rows are looked at, and again when they are written, so it
   *   must give the same answer each time.
   *
   * @default 'stop'
   */
  readonly onRefused?: OnAdkRefused | undefined;
  /**
   * Integers beyond ±(2^53 − 1), whose last digits JavaScript's numbers cannot hold: they become
   * `text`, or a row with one is refused. @default 'text'
   */
  readonly bigIntegers?: 'text' | 'refuse' | undefined;
}

/** What an import brought, counted over all its runs; or of a dry run, what it would bring. */
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
  /** How many rows, or parts of rows, are in the way of the import. Only a dry run finds any. */
  readonly refused: number;
  /** How many rows, or parts of rows, were left out. */
  readonly skipped: number;
  /** How many rows came with a change that `rows` describes. */
  readonly changed: number;
  /** How many integers beyond 2^53 became text. */
  readonly bigIntegers: number;
  /** How many values of bytes were written anew, as standard base64. No row is named for it. */
  readonly bytes: number;
  /** How many pieces of streams (`partial` events) were left out. No row is named for it. */
  readonly partial: number;
  /**
   * Each row that was refused, skipped or changed, and why. Empty if the import was done before: a
   * dry run lists them again.
   */
  readonly rows: readonly AdkImportNote[];
  /** What this run itself wrote: less if an earlier one had begun, nothing if it was done. */
  readonly written: { readonly sessions: number; readonly events: number };
}

/** Where the state of `MARK_USER` has the mark. */
const MARK_KEY = 'import';

/** What the app remembers of its import; the counts are of one that is done. */
interface ImportMark extends ImportCounts {
  /** The app's name in the ADK database. */
  readonly from: string;
  readonly isDone: boolean;
}

/** The counts of an import that has not begun. */
const NONE: ImportCounts = {
  sessions: 0,
  events: 0,
  users: 0,
  corrected: 0,
  refused: 0,
  skipped: 0,
  changed: 0,
  bigIntegers: 0,
  bytes: 0,
  partial: 0,
};

/**
 * Copies an app from the tables of an ADK's session service into a service: those of ADK for
 * JavaScript, Python (from schema version 1 on), Go or Kotlin. The database is only read.
 *
 * The app must be empty there: `already_exists` otherwise, before anything is written. An
 * import that failed half-way goes on where it stopped when it is called again; one that is
 * done writes nothing more. `unsupported` for tables of another version. `conflict` for a
 * session that was changed between two runs.
 *
 * A row that the service does not take ends it before it writes anything, with the code of the
 * fault (`invalid_argument`, `too_large`, or `corrupt` for what is not JSON). `dryRun` lists all
 * such rows, and `onRefused` leads past them.
 *
 * @example
 * const pool = new pg.Pool({ connectionString });
 * const query = async (sql, params) => (await pool.query(sql, [...params])).rows;
 * const request = { database: { dialect: 'postgres', query }, service, appName: 'shop' };
 *
 * const { rows } = await importAdkDatabase({ ...request, dryRun: true });
 * for (const { table, key, path, reason } of rows) console.log(table, key, path, reason);
 *
 * const { sessions, events } = await importAdkDatabase({ ...request, onRefused: 'skip' });
 */
export async function importAdkDatabase(request: AdkImportRequest): Promise<AdkImportReport> {
  const { database, service, pageSize = 200 } = request;
  const { from, appName } = checkAppNames(request);
  checkInteger(pageSize, { path: 'pageSize', min: 1, max: MAX_PAGE_LIMIT });
  const isDryRun = checkFlag(request.dryRun, 'dryRun');
  const bigIntegers = checkChoice(request.bigIntegers, {
    path: 'bigIntegers',
    choices: ['text', 'refuse'],
  });
  const onRefused = checkOnRefused(request.onRefused);
  const reader = readerOf(database);
  await checkDriver(reader);
  const source = { reader, tables: await findTables(reader), appName: from, pageSize };

  const marked = { scope: 'user', appName, userId: MARK_USER } as const;
  const mark = (await service.getState(marked))[MARK_KEY] as unknown as ImportMark | undefined;
  if (mark !== undefined && mark.from !== from) {
    throw notEmpty(appName, `an import of ${JSON.stringify(mark.from)} has begun there`);
  }
  if (mark?.isDone === true && !isDryRun) {
    const { from: _, isDone: __, ...counts } = mark;
    const written = { sessions: 0, events: 0 };
    return { appName, ...NONE, ...counts, rows: [], written };
  }
  const target = { service, appName, source, isNew: mark === undefined };
  if (target.isNew) await checkEmpty(target);
  const walk = (isWriting: boolean) =>
    new ImportWalk({
      ...target,
      onRefused,
      bigIntegers,
      isWriting,
      isDryRun,
      checkEmptyUser,
    }).run();
  if (isDryRun) return { appName, ...(await walk(false)).report };
  // What is only left out stops nothing, so nothing has to be known before.
  if (onRefused !== 'skip') (await walk(false)).stopIfRefused();

  const remember = (to: ImportMark) => service.updateState({ ...marked, set: { [MARK_KEY]: to } });
  if (target.isNew) await remember({ ...NONE, from, isDone: false });
  const { report } = await walk(true);
  const { rows: _, written: __, ...counts } = report;
  await remember({ ...counts, from, isDone: true });
  return { appName, ...report };

  async function checkEmptyUser(userId: string): Promise<void> {
    if (target.isNew) await checkUserEmpty(target, userId);
  }
}

/** A database may have an app by a name that no service takes. */
function checkAppNames({ appName, toAppName }: AdkImportRequest) {
  const from = checkString(appName, 'appName');
  if (toAppName !== undefined) return { from, appName: checkIdentifier(toAppName, 'toAppName') };
  const problem = identifierProblem(from);
  if (problem === undefined) return { from, appName: from };
  throw invalidArgument('appName', `${problem}. toAppName can give the app another name`);
}

function checkOnRefused(onRefused: OnAdkRefused | undefined): OnAdkRefused {
  if (onRefused === undefined) return 'stop';
  if (onRefused === 'stop' || onRefused === 'skip' || typeof onRefused === 'function') {
    return onRefused;
  }
  const got = describeType(onRefused);
  throw invalidArgument('onRefused', `must be 'stop', 'skip' or a function, got ${got}`);
}

interface Target {
  readonly service: SessionService;
  /** The app's name in the service. */
  readonly appName: string;
  readonly source: RowSource;
}

/** Refuses an app that has sessions, or state that the import would write over. */
async function checkEmpty({ service, appName, source }: Target): Promise<void> {
  if (service.capabilities.listAllUsers) {
    const { sessions } = await service.list({ appName, allUsers: true, limit: 1 });
    if (sessions.length > 0) throw notEmpty(appName, 'it has sessions');
  }
  if (await hasState(service, { scope: 'app', appName })) throw notEmpty(appName, 'it has state');
  for await (const userId of readUserIds(source)) {
    if (identifierProblem(userId) !== undefined) continue; // It cannot have anything there.
    await checkUserEmpty({ service, appName, source }, userId);
  }
}

async function checkUserEmpty({ service, appName }: Target, userId: string): Promise<void> {
  const user = `its user ${JSON.stringify(userId)}`;
  if (!service.capabilities.listAllUsers) {
    const { sessions } = await service.list({ appName, userId, limit: 1 });
    if (sessions.length > 0) throw notEmpty(appName, `${user} has sessions`);
  }
  if (await hasState(service, { scope: 'user', appName, userId })) {
    throw notEmpty(appName, `${user} has state`);
  }
}

async function hasState(service: SessionService, whose: GetStateRequest): Promise<boolean> {
  return Object.keys(await service.getState(whose)).length > 0;
}

function notEmpty(appName: string, why: string): HoldfastError {
  return new HoldfastError('already_exists', {
    message: `the app ${JSON.stringify(appName)} is not empty: ${why}. An import needs an app that is`,
    path: 'toAppName',
  });
}
