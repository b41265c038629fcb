import { performance } from 'node:perf_hooks';
import { plainCommand } from '@holdfast/sql';
import { retryWhileBusy, turnOfEventLoop } from './busy-retry.ts';
import type { PreparedStatements } from './prepared-statements.ts';
import { isBusy, isOfStatement } from './sqlite-error.ts';

interface Task {
  /** Writes, and waits for nothing. It may be run again after a rollback. */
  readonly work: () => unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
  /** When it was added, in ms of `performance.now()`. */
  readonly since: number;
}

type Outcome = PromiseSettledResult<unknown>;

const BEGIN = plainCommand('BEGIN IMMEDIATE');
const COMMIT = plainCommand('COMMIT');
const ROLLBACK = plainCommand('ROLLBACK');
const BEGIN_ONE = plainCommand('SAVEPOINT one');
const UNDO_ONE = plainCommand('ROLLBACK TO one');
const END_ONE = plainCommand('RELEASE one');

// A longer transaction would keep the event loop, and other processes, waiting.
const LARGEST_GROUP = 64;
const LONGEST_GROUP_MS = 20;

// Some hundred times what a turn of the event loop takes.
const SLOW_COMMIT_MS = 0.5;

/**
 * Runs writes one after the other. Those that wait at the same moment share one transaction,
 * and so one commit; each has its own outcome, and none is told before the commit.
 */
export class CommitQueue {
  readonly #statements: PreparedStatements;
  readonly #busyTimeout: number;
  readonly #waiting: Task[] = [];
  #isDraining = false;
  /** When this queue last had the database for itself. */
  #lastTurn = 0;
  /** How long that took, in ms. */
  #commitTook = Number.POSITIVE_INFINITY;
  #turn: Promise<void> | undefined;
  /** When the event loop last had a turn between two groups. */
  #loopTurned = 0;

  constructor(options: { readonly statements: PreparedStatements; readonly busyTimeout: number }) {
    this.#statements = options.statements;
    this.#busyTimeout = options.busyTimeout;
  }

  /** Runs `work` within a transaction; what it wrote is undone if it throws. */
  add<Result>(work: () => Result): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject, since: performance.now() });
      if (!this.#isDraining) {
        this.#isDraining = true;
        void this.#drain();
      }
    });
  }

  /**
   * A turn of the event loop, if the next commit waits for one. Calls that never leave the event
   * loop alone, such as a row of reads, wait for it, too: otherwise no turn would come.
   */
  get turn(): Promise<void> | undefined {
    return this.#turn;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gather();
      const outcomes = await this.#commitNext();
      settle(this.#waiting.splice(0, outcomes.length), outcomes);
    }
    this.#isDraining = false;
  }

  /** Lets more tasks come, which share the next commit. */
  #gather(): Promise<void> | undefined {
    if (!this.#isTurnDue()) return undefined;
    this.#turn = turnOfEventLoop();
    void this.#turn.then(() => {
      this.#turn = undefined;
      this.#loopTurned = performance.now();
    });
    return this.#turn;
  }

  /**
   * Tasks that are ready come in no time. Those that wait in sockets take a turn of the event loop:
   * it pays if a commit is slow, and is due now and then, as a row of quick commits would keep
   * timers and sockets waiting.
   */
  #isTurnDue(): boolean {
    const isLate = performance.now() - this.#loopTurned >= LONGEST_GROUP_MS / 2;
    return isLate || this.#commitTook >= SLOW_COMMIT_MS;
  }

  /** The outcomes of the first tasks that wait: of one at least. */
  async #commitNext(): Promise<readonly Outcome[]> {
    let group: readonly Task[] = [];
    try {
      let began = performance.now();
      const outcomes = await retryWhileBusy(() => {
        group = this.#waiting.slice(0, LARGEST_GROUP);
        began = performance.now();
        return this.#commitTogether(group);
      }, this.#deadlineOf(this.#waiting[0]) - began);
      this.#lastTurn = performance.now();
      this.#commitTook = this.#lastTurn - began;
      return outcomes;
    } catch (error) {
      // Nobody's work has caused it, so whoever waited for this transaction hears of it.
      const concerned = isBusy(error) ? this.#overdue() : group;
      return concerned.map(() => ({ status: 'rejected', reason: error }));
    }
  }

  /** Until when a task waits for others. Waiting for this queue's own commits does not count. */
  #deadlineOf(task: Task | undefined): number {
    return Math.max(task?.since ?? 0, this.#lastTurn) + this.#busyTimeout;
  }

  #overdue(): readonly Task[] {
    const now = performance.now();
    return this.#waiting.filter((task, i) => i === 0 || this.#deadlineOf(task) <= now);
  }

  /**
   * Begins, runs and commits in one go: the connection is free for others before and after, and
   * nobody comes between. If one fails half-way it takes the others along: then each by itself.
   */
  #commitTogether(group: readonly Task[]): readonly Outcome[] {
    return (
      this.#commit(group, { isolated: false }) ?? this.#commit(group, { isolated: true }) ?? []
    );
  }

  /**
   * Runs and commits a group, or the part of it for which there is time; undefined if one of
   * several has failed and all is rolled back. Isolated, each can fail without the others.
   */
  #commit(
    group: readonly Task[],
    { isolated }: { readonly isolated: boolean },
  ): readonly Outcome[] | undefined {
    this.#statements.run(BEGIN);
    try {
      const outcomes: Outcome[] = [];
      const end = performance.now() + LONGEST_GROUP_MS;
      for (const { work } of group) {
        const outcome = isolated ? this.#runIsolated(work) : attempt(work);
        if (outcome.status === 'rejected' && !isolated) {
          this.#statements.run(ROLLBACK);
          return group.length === 1 ? [outcome] : undefined;
        }
        outcomes.push(outcome);
        if (performance.now() >= end) break;
      }
      this.#statements.run(COMMIT);
      return outcomes;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  #runIsolated(work: () => unknown): Outcome {
    this.#statements.run(BEGIN_ONE);
    const outcome = attempt(work);
    if (outcome.status === 'rejected') this.#statements.run(UNDO_ONE);
    this.#statements.run(END_ONE);
    return outcome;
  }

  #rollBack(): void {
    try {
      this.#statements.run(ROLLBACK);
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full.
    }
  }
}

/** Runs one task. An error that concerns the whole transaction is thrown on. */
function attempt(work: () => unknown): Outcome {
  try {
    return { status: 'fulfilled', value: work() };
  } catch (error) {
    if (!isOfStatement(error)) throw error;
    return { status: 'rejected', reason: error };
  }
}

function settle(group: readonly Task[], outcomes: readonly Outcome[]): void {
  group.forEach(({ resolve, reject }, i) => {
    const outcome = outcomes[i];
    if (outcome?.status === 'fulfilled') resolve(outcome.value as never);
    else reject(outcome?.reason);
  });
}
