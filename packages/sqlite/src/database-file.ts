import type { BigIntStats } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { fileProblem } from './file-problem.ts';
import { OpenedFile } from './opened-file.ts';
import { hasHole, hasLostItsBeginning } from './write-ahead-log.ts';

const LOOK_EVERY_MS = 50;
const BLOCK_BYTES = 512n;

/**
 * The files of a database that is open. If one is deleted, replaced or cut, SQLite does not notice:
 * it goes on, and what it acknowledges is gone with the process.
 */
export class DatabaseFile {
  readonly #database: OpenedFile;
  readonly #log: OpenedFile;
  readonly #index: OpenedFile;
  readonly #usesLog: () => boolean;
  #looked = Number.NEGATIVE_INFINITY;
  #isWell = true;
  #mayBeCut = false;
  /** Whether the file system keeps a whole log in less room than it has. */
  #savesRoom = false;

  /**
   * `usesLog` tells whether the connection is in WAL mode, and reads something, so that SQLite has
   * opened its log afterwards. It is asked if there is no log.
   */
  constructor(path: string, usesLog: () => boolean) {
    this.#database = new OpenedFile(path, 'the database file');
    this.#log = new OpenedFile(`${path}-wal`, 'the write-ahead log of the database file');
    this.#index = new OpenedFile(`${path}-shm`, 'the index to the log of the database file');
    this.#usesLog = usesLog;
  }

  /** What keeps this process from using it, in words; undefined if nothing does. */
  get problem(): string | undefined {
    const { path } = this.#database;
    const problem = fileProblem(path);
    return problem === undefined ? undefined : `${path}: ${problem}`;
  }

  /**
   * `unavailable` if a file is gone, or is another one than at the first look; `corrupt` if it was
   * cut. It looks every 50 ms at most while all is well.
   */
  check(): void {
    if (this.#isWell && performance.now() - this.#looked < LOOK_EVERY_MS) return;
    this.look();
  }

  /**
   * After a commit, before anyone hears of it. A log becomes shorter if someone moves all of it
   * into the database, or cuts it. Only the next commit shows which it was.
   */
  confirm(): void {
    if (this.#mayBeCut) this.look();
  }

  /** The same as `check`, at once. */
  look(): void {
    this.#looked = performance.now();
    this.#isWell = false;
    const found = this.#database.look();
    if (this.#database.isOther) throw this.#database.gone();
    // It has a page from its first write on.
    if (found?.size === 0n && this.#database.hasShrunk) throw this.#database.cut();
    this.#lookAtLog();
    this.#isWell = true;
  }

  #lookAtLog(): void {
    let found = this.#log.look();
    if (found === undefined || this.#log.isOther) {
      if (!this.#usesLog()) {
        this.#log.forget();
        this.#index.forget();
        return;
      }
      if (!this.#log.wasSeen) found = this.#log.look();
      if (found === undefined || this.#log.isOther) throw this.#log.gone();
    }
    this.#index.look();
    if (this.#index.isOther) throw this.#index.gone();
    this.#lookInto(found);
  }

  #lookInto({ size, blocks }: BigIntStats): void {
    const { path, hasShrunk } = this.#log;
    if (hasLostItsBeginning(path)) throw this.#log.cut();
    const isSparse = !this.#savesRoom && blocks * BLOCK_BYTES < size;
    if (isSparse || hasShrunk || this.#mayBeCut) {
      if (hasHole(path, Number(size))) throw this.#log.cut();
      this.#savesRoom ||= isSparse;
    }
    this.#mayBeCut = hasShrunk;
  }
}
