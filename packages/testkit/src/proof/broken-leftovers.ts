import type { SessionKey } from '@holdfast/session';
import type { BrokenService } from './broken-service.ts';
import {
  BeforeTheCommit,
  InTwoCommits,
  inTable,
  notInTable,
  operations,
} from './ground/in-commits.ts';
import type { RowCommit, RowDatabase, RowReader } from './ground/row-database.ts';
import type { Head } from './ground/row-layout.ts';
import { onRows } from './ground/row-service.ts';
import { RowStore, type WritingCall } from './ground/row-store.ts';

/** Leaves rows of some tables when it deletes a session. */
class LeavesRows extends RowStore {
  readonly #left: string;

  constructor(database: RowDatabase, left: string) {
    super(database);
    this.#left = left;
  }

  protected override async deletions(reader: RowReader, head: Head) {
    const rows = await super.deletions(reader, head);
    return rows.filter((row) => !inTable(this.#left)(row));
  }
}

/** Deletes what it finds of a session after the session itself, whatever is there by then. */
class DeletesTheRestLater extends RowStore {
  override async delete(key: SessionKey): Promise<boolean> {
    const isDeleted = await super.delete(key);
    if (!isDeleted) return false;
    await operations(this.database, 6);
    const tables = this.tablesOf(key).map((table) => this.database.range(table));
    const rows = (await Promise.all(tables)).flat();
    const writes = rows.map(({ table, key: at }) => ({ table, key: at, value: undefined }));
    await this.database.commit({ checks: [], writes });
    return true;
  }

  protected override async deletions(reader: RowReader, head: Head) {
    const rows = await super.deletions(reader, head);
    return rows.filter(inTable('sessions', 'list', 'all'));
  }
}

/** Deletes events in portions, and the session with the last of them. */
class DeletesInPortions extends RowStore {
  protected override async commit({ checks, writes }: RowCommit, call: WritingCall) {
    if (call !== 'delete') return super.commit({ checks, writes }, call);
    const events = writes.filter(inTable('events', 'ids'));
    for (let i = 0; i < events.length; i += 50) {
      await super.commit({ checks: [], writes: events.slice(i, i + 50) }, call);
    }
    const rest = writes.filter((write) => !inTable('events', 'ids')(write));
    return super.commit({ checks, writes: rest }, call);
  }
}

/** Deletes in several steps, and what they leave. */
export const brokenLeftovers: readonly BrokenService[] = [
  {
    fault: 'deletes events before the session',
    failsAt: 'shows a session whole, or not at all, while it is deleted',
    ...onRows(
      (rows) => new BeforeTheCommit(rows, { call: 'delete', isLater: notInTable('events', 'ids') }),
    ),
  },
  {
    fault: 'deletes events in portions, before the session',
    failsAt: 'shows a session of hundreds of events whole, or not at all, while it is deleted',
    ...onRows((rows) => new DeletesInPortions(rows)),
  },
  {
    fault: 'deletes the state before the session',
    failsAt: 'shows a session whole, or not at all, while it is deleted, on two instances',
    ...onRows(
      (rows) => new BeforeTheCommit(rows, { call: 'delete', isLater: notInTable('session') }),
    ),
  },
  {
    fault: 'deletes the place in the lists before the session',
    failsAt: 'shows a session whole, or not at all, while it is deleted',
    ...onRows(
      (rows) =>
        new BeforeTheCommit(rows, {
          call: 'delete',
          isLater: notInTable('list', 'all'),
          between: 6,
        }),
    ),
  },
  {
    fault: 'deletes the session before its place in the lists',
    failsAt: 'lists the sessions that are there, while some come and go',
    ...onRows(
      (rows) => new InTwoCommits(rows, { call: 'delete', isLater: inTable('list', 'all') }),
    ),
  },
  {
    fault: 'deletes the session before its events and its state, as they were',
    failsAt:
      'gives the old session or a new one, never a mix, while it is deleted and created again',
    ...onRows(
      (rows) =>
        new InTwoCommits(rows, {
          call: 'delete',
          isLater: inTable('events', 'ids', 'session'),
          between: 6,
        }),
    ),
  },
  {
    fault: 'deletes the session before all that it finds of it',
    failsAt:
      'gives the old session or a new one, never a mix, while it is deleted and created again, on two instances',
    ...onRows((rows) => new DeletesTheRestLater(rows)),
  },
  {
    fault: 'leaves the events of a session that it deletes',
    failsAt: 'leaves no event to a session that is created anew with the id',
    ...onRows((rows) => new LeavesRows(rows, 'events')),
  },
  {
    fault: 'leaves the ids of events of a session that it deletes',
    failsAt:
      'gives the old session or a new one, never a mix, while it is deleted and created again',
    ...onRows((rows) => new LeavesRows(rows, 'ids')),
  },
  {
    fault: 'leaves the state of a session that it deletes',
    failsAt: 'leaves no state to a session that is created anew with the id',
    ...onRows((rows) => new LeavesRows(rows, 'session')),
  },
  {
    fault: 'leaves the place in the list of the user of a session that it deletes',
    failsAt: 'leaves nothing of a session that is deleted while it is being created',
    ...onRows((rows) => new LeavesRows(rows, 'list')),
  },
  {
    fault: 'leaves the place in the list of all users of a session that it deletes',
    failsAt: 'lists the sessions of all users that are there, while some come and go',
    ...onRows((rows) => new LeavesRows(rows, 'all')),
  },
];
