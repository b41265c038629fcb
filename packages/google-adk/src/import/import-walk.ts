import { isHoldfastError } from '@holdfast/core';
import type { GetStateRequest, SessionService } from '@holdfast/session';
import { ImportJournal } from './import-journal.ts';
import { contentOf, importSession } from './import-session.ts';
import type { Preparation } from './preparation.ts';
import { noteEventsLeftOut, prepareEvents } from './prepare-events.ts';
import { prepareSession } from './prepare-session.ts';
import { prepareApp, prepareUser } from './prepare-states.ts';
import {
  type RowSource,
  readAppState,
  readLostEvents,
  readSessions,
  readUserIds,
  type SessionRow,
} from './read-rows.ts';
import type { AdkImportNote, OnAdkRefused } from './refused-row.ts';
import { RowCheck } from './row-check.ts';
import { chunksOf, type StateEntry } from './state-chunks.ts';
import type { BigIntegers } from './stored-json.ts';

/** What an import counts. */
export interface ImportCounts {
  readonly sessions: number;
  readonly events: number;
  readonly users: number;
  readonly corrected: number;
  readonly refused: number;
  readonly skipped: number;
  readonly changed: number;
  readonly bigIntegers: number;
  readonly bytes: number;
  readonly partial: number;
}

interface WalkOptions {
  readonly service: SessionService;
  /** The app's name in the service. */
  readonly appName: string;
  readonly source: RowSource;
  readonly onRefused: OnAdkRefused;
  readonly bigIntegers: BigIntegers;
  /** Whether it writes what it finds, or only looks. */
  readonly isWriting: boolean;
  /** Whether no method of the service may be called that could write. */
  readonly isDryRun: boolean;
  /** Refuses a user who has something in the service, of whom the database does not tell. */
  readonly checkEmptyUser: (userId: string) => Promise<void>;
}

/** One walk over all rows of an app, once: it looks at each, and writes it if it is to. */
export class ImportWalk {
  readonly #options: WalkOptions;
  readonly #journal: ImportJournal;
  readonly #preparation: Preparation;
  readonly #counts = { sessions: 0, events: 0, users: 0, corrected: 0 };
  readonly #written = { sessions: 0, events: 0 };
  /** Users whom sessions were mapped to, as long as no state was. */
  readonly #movedTo = new Set<string>();

  constructor(options: WalkOptions) {
    const { appName, source, bigIntegers, onRefused, isWriting, isDryRun } = options;
    this.#options = options;
    this.#journal = new ImportJournal(onRefused, isWriting);
    this.#preparation = {
      source,
      appName,
      bigIntegers,
      check: new RowCheck(isDryRun ? undefined : options.service),
      journal: this.#journal,
      taken: new Set(),
    };
  }

  async run(): Promise<this> {
    const { source } = this.#options;
    for await (const row of readSessions(source)) await this.#session(row);
    await this.#noteLostEvents();
    // The states come after the events, which have brought what they were at their time.
    for await (const userId of readUserIds(source)) await this.#user(userId);
    this.#counts.users += this.#movedTo.size;
    const { appName } = this.#options;
    const state = await prepareApp(this.#preparation, await readAppState(source));
    await this.#replace({ scope: 'app', appName }, state);
    return this;
  }

  get report(): ImportCounts & {
    readonly rows: readonly AdkImportNote[];
    readonly written: { readonly sessions: number; readonly events: number };
  } {
    const { notes: rows, refused, skipped, changed, bigIntegers, bytes, partial } = this.#journal;
    const noted = { refused, skipped, changed, bigIntegers, bytes, partial };
    return { ...this.#counts, ...noted, rows, written: this.#written };
  }

  stopIfRefused(): void {
    this.#journal.stopIfRefused();
  }

  async #session(row: SessionRow): Promise<void> {
    const { service, source, isWriting, checkEmptyUser } = this.#options;
    const session = await prepareSession(this.#preparation, row);
    if (session === undefined) return noteEventsLeftOut(this.#preparation, row);
    const { key } = session;
    if (key.userId !== row.userId) {
      this.#movedTo.add(key.userId);
      if (!isWriting) await checkEmptyUser(key.userId);
    }
    const events = await prepareEvents(this.#preparation, { row, key });
    const content = contentOf(session, events);
    this.#counts.sessions++;
    this.#counts.events += events.length;
    if (content.corrections.length > 0) this.#counts.corrected++;
    if (!isWriting) return;
    const one = await importSession({ service, key, content, batchSize: source.pageSize });
    if (one.isNew) this.#written.sessions++;
    this.#written.events += one.events;
  }

  async #noteLostEvents(): Promise<void> {
    const { source } = this.#options;
    for await (const { id, userId, sessionId } of readLostEvents(source)) {
      const key = { id, app_name: source.appName, user_id: userId, session_id: sessionId };
      const reason = 'its session does not exist';
      this.#journal.note({ table: 'events', key, reason, outcome: 'skipped' });
    }
  }

  async #user(givenId: string): Promise<void> {
    const { appName, isWriting, checkEmptyUser } = this.#options;
    const user = await prepareUser(this.#preparation, givenId);
    if (user === undefined) return;
    const { userId, state } = user;
    if (userId !== givenId) {
      this.#movedTo.delete(userId);
      if (!isWriting) await checkEmptyUser(userId);
    }
    this.#counts.users++;
    await this.#replace({ scope: 'user', appName, userId }, state);
  }

  async #replace(whose: GetStateRequest, state: readonly StateEntry[]): Promise<void> {
    const { service, isWriting } = this.#options;
    if (!isWriting) return;
    const names = new Set(state.map(([name]) => name));
    const remove = Object.keys(await service.getState(whose)).filter((name) => !names.has(name));
    if (remove.length > 0) await service.updateState({ ...whose, remove });
    for (const entries of chunksOf(state)) await setState(service, { whose, entries });
  }
}

/** Sets keys of a state: one by one if all at once are more than the service takes. */
async function setState(
  service: SessionService,
  { whose, entries }: { readonly whose: GetStateRequest; readonly entries: readonly StateEntry[] },
): Promise<void> {
  try {
    await service.updateState({ ...whose, set: Object.fromEntries(entries) });
  } catch (error) {
    if (!isHoldfastError(error, 'too_large') || entries.length < 2) throw error;
    for (const entry of entries) await setState(service, { whose, entries: [entry] });
  }
}
