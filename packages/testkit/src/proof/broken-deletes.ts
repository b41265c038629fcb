import type { SessionKey } from '@holdfast/session';
import type {
  AppendOutcome,
  ListedEvents,
  PreparedAppend,
  PreparedListEvents,
} from '@holdfast/session/store';
import { type BrokenService, otherCalls } from './broken-service.ts';
import type { RowCommit, RowReader, RowWrite } from './ground/row-database.ts';
import type { Head } from './ground/row-layout.ts';
import { onRows } from './ground/row-service.ts';
import { type Decision, RowStore, type WritingCall } from './ground/row-store.ts';

/** Deletes what is in some tables first, and the rest in a second commit. */
class DeletesFirst extends RowStore {
  protected readonly first: readonly string[] = [];

  protected override async commit(
    commit: RowCommit,
    call: WritingCall,
  ): Promise<RowReader | undefined> {
    if (call !== 'delete') return super.commit(commit, call);
    const isFirst = ({ table: [name = ''] }: RowWrite) => this.first.includes(name);
    const first = { ...commit, writes: commit.writes.filter(isFirst) };
    const after = await super.commit(first, call);
    if (after === undefined) return undefined;
    const checks = this.first.includes('sessions') ? [] : commit.checks;
    const rest = { checks, writes: commit.writes.filter((write) => !isFirst(write)) };
    return this.commitRest(rest, after);
  }

  protected commitRest(rest: RowCommit, _after: RowReader): Promise<RowReader | undefined> {
    return super.commit(rest, 'delete');
  }

  protected async rowByRow(writes: readonly RowWrite[]): Promise<void> {
    for (const write of writes) await super.commit({ checks: [], writes: [write] }, 'delete');
  }
}

class DeletesEventsFirst extends DeletesFirst {
  protected override readonly first = ['events', 'ids'];
}

class DeletesStateFirst extends DeletesFirst {
  protected override readonly first = ['session'];
}

class UnlistsFirst extends DeletesFirst {
  protected override readonly first = ['list', 'all'];

  protected override async commitRest(rest: RowCommit, after: RowReader): Promise<RowReader> {
    for (let turn = 0; turn < 20; turn++) await otherCalls();
    return (await super.commitRest(rest, after)) ?? after;
  }
}

class DeletesHeadFirst extends DeletesFirst {
  protected override readonly first = ['sessions'];

  protected override async commitRest({ writes }: RowCommit, after: RowReader): Promise<RowReader> {
    await this.rowByRow(writes);
    return after;
  }
}

class UnlistsLast extends DeletesFirst {
  protected override readonly first = ['sessions', 'events', 'ids', 'session'];
}

class CleansUpUnwatched extends DeletesHeadFirst {
  protected override async commitRest(rest: RowCommit, after: RowReader): Promise<RowReader> {
    super.commitRest(rest, after);
    return after;
  }
}

class DeletesByHundreds extends RowStore {
  protected override async commit(
    commit: RowCommit,
    call: WritingCall,
  ): Promise<RowReader | undefined> {
    const rows = [...commit.writes];
    while (call === 'delete' && rows.length > 100) {
      await super.commit({ checks: [], writes: rows.splice(-100) }, call);
    }
    return super.commit({ ...commit, writes: rows }, call);
  }
}

class DeletesUnchecked extends RowStore {
  protected override async decideDelete(
    reader: RowReader,
    key: SessionKey,
  ): Promise<Decision<boolean>> {
    const decision = await super.decideDelete(reader, key);
    return 'checks' in decision ? { ...decision, checks: [] } : decision;
  }
}

class DeletesByTurnsOfItsOwn extends DeletesUnchecked {
  #last: Promise<unknown> = Promise.resolve();

  override delete(key: SessionKey): Promise<boolean> {
    const deleting = this.#last.then(() => super.delete(key));
    this.#last = deleting;
    return deleting;
  }
}

class GivesUpDeletes extends RowStore {
  override async delete(key: SessionKey): Promise<boolean> {
    const decision = await this.decideDelete(await this.reader(), key);
    if ('answer' in decision) return decision.answer;
    return (await this.commit(decision, 'delete')) !== undefined;
  }
}

/** Looks once at what there is to delete, and again only whether the session is there. */
class DeletesWhatWasThere extends RowStore {
  override async delete(key: SessionKey): Promise<boolean> {
    const reader = await this.reader();
    const head = await this.head(reader, key);
    if (head === undefined) return false;
    const writes = await this.deletions(reader, head);
    return this.transact('delete', async (later) => {
      const found = await this.head(later, key);
      if (found === undefined) return { answer: false };
      return { checks: [this.headCheck(key, found)], writes, answerAt: () => true };
    });
  }
}

class UnlistsOldPlaces extends RowStore {
  override async delete(key: SessionKey): Promise<boolean> {
    const early = await this.head(await this.reader(), key);
    return this.transact('delete', async (reader) => {
      const decision = await this.decideDelete(reader, key);
      if ('answer' in decision) return decision;
      const others = decision.writes.filter(({ table: [name = ''] }) => !/^(list|all)$/.test(name));
      return { ...decision, writes: [...others, ...this.indexRows(early, undefined)] };
    });
  }
}

class RestoresTheUser extends RowStore {
  protected override async deletions(reader: RowReader, head: Head): Promise<readonly RowWrite[]> {
    const { appName, userId } = head.key;
    const user = await reader.range(this.stateTable({ scope: 'user', appName, userId }));
    const app = await reader.range(this.stateTable({ scope: 'app', appName }));
    return [...(await super.deletions(reader, head)), ...user, ...app];
  }
}

class ClearsTheUserAfterALook extends RowStore {
  override async delete(key: SessionKey): Promise<boolean> {
    const { appName, userId } = key;
    const table = this.stateTable({ scope: 'user', appName, userId });
    const before = await this.database.range(table);
    const isDeleted = await super.delete(key);
    const after = await this.database.range(table);
    const isOld = (row: RowWrite) => before.some((old) => old.value === row.value);
    const writes = after.map((row) => ({ ...row, value: isOld(row) ? row.value : undefined }));
    await this.database.commit({ checks: [], writes });
    return isDeleted;
  }
}

class AppendsUnchecked extends RowStore {
  protected override async decideAppend(
    reader: RowReader,
    append: PreparedAppend,
  ): Promise<Decision<AppendOutcome>> {
    const decision = await super.decideAppend(reader, append);
    if (!('checks' in decision) || append.events[0]?.author !== 'old') return decision;
    const head = await this.head(this.database, append.key);
    return { ...decision, checks: head === undefined ? [] : decision.checks };
  }
}

/** Stores rows of an append before it is known to succeed. */
class StoresFirst extends RowStore {
  protected readonly first: readonly string[] = [];

  protected override async commit(
    commit: RowCommit,
    call: WritingCall,
  ): Promise<RowReader | undefined> {
    if (call !== 'append') return super.commit(commit, call);
    const isFirst = ({ table: [name = ''] }: RowWrite) => this.first.includes(name);
    await super.commit({ checks: [], writes: commit.writes.filter(isFirst) }, call);
    return super.commit(commit, call);
  }
}

class StoresIdsFirst extends StoresFirst {
  protected override readonly first = ['ids', 'events'];
}

class StoresStateFirst extends StoresFirst {
  protected override readonly first = ['session'];
}

class StoresUserStateFirst extends StoresFirst {
  protected override readonly first = ['user'];
}

class ListsEmptyPagesOfTheDeleted extends RowStore {
  override async listEvents(list: PreparedListEvents): Promise<ListedEvents | undefined> {
    const found = await this.head(this.database, list.key);
    return (await super.listEvents(list)) ?? (found && { events: [], revision: 0 });
  }
}

/** Reads whatever is there by now, in each of its steps. */
class ReadsAsItGoes extends RowStore {
  protected override async reader(): Promise<RowReader> {
    return this.database;
  }
}

class DeletesAllThatBeginAlike extends RowStore {
  protected override async deletions(reader: RowReader, head: Head): Promise<readonly RowWrite[]> {
    const { appName, userId, sessionId } = head.key;
    const all = await reader.range(['sessions', appName, userId]);
    const alike = all.filter(({ key: [id = ''] }) => `${id}`.startsWith(`${sessionId}:`));
    const gone = await Promise.all(
      alike.map(({ value }) => super.deletions(reader, JSON.parse(value))),
    );
    return [...(await super.deletions(reader, head)), ...gone.flat()];
  }
}

const WHOLE = 'shows a session whole, or not at all, while it is deleted';
const ONE_IS_TOLD = 'tells one of many racing deletes that there was a session';
const AMONG_APPENDS = 'deletes a session among appends to it, with all that they have left in it';
const NO_MIX =
  'gives the old session or a new one, never a mix, while it is deleted and created again';

function planted(
  make: new (...args: ConstructorParameters<typeof RowStore>) => RowStore,
  faults: Pick<BrokenService, 'fault' | 'failsAt'>,
): BrokenService {
  return { ...faults, ...onRows((rows) => new make(rows)) };
}

/** Services that delete in several steps, or mind others too little meanwhile. */
export const brokenDeletes: readonly BrokenService[] = [
  planted(DeletesEventsFirst, { fault: 'deletes the events before the session', failsAt: WHOLE }),
  planted(DeletesStateFirst, { fault: 'deletes the state before the session', failsAt: WHOLE }),
  planted(UnlistsFirst, {
    fault: 'takes a session out of lists before it deletes it',
    failsAt: WHOLE,
  }),
  planted(UnlistsLast, {
    fault: 'takes a session out of lists after it has deleted it',
    failsAt: 'lists the sessions that are there, while some come and go',
  }),
  planted(DeletesHeadFirst, {
    fault: 'deletes events and state after the session',
    failsAt: NO_MIX,
  }),
  planted(CleansUpUnwatched, {
    fault: 'deletes events and state once it has answered',
    failsAt: NO_MIX,
  }),
  planted(DeletesByHundreds, {
    fault: 'deletes by a hundred rows',
    failsAt: 'shows a session of hundreds of events whole, or not at all, while it is deleted',
  }),
  planted(DeletesUnchecked, { fault: 'deletes without a check', failsAt: ONE_IS_TOLD }),
  planted(DeletesUnchecked, {
    fault: 'counts a session twice that is deleted twice',
    failsAt: 'tells as many deletes that there was a session as were created, if they race',
  }),
  planted(DeletesUnchecked, {
    fault: 'deletes a session that was appended to meanwhile',
    failsAt: AMONG_APPENDS,
  }),
  planted(DeletesByTurnsOfItsOwn, {
    fault: 'lets one delete after the other, each instance for itself',
    failsAt: `${ONE_IS_TOLD}, on two instances`,
  }),
  planted(GivesUpDeletes, {
    fault: 'gives up a delete when an append comes first',
    failsAt: AMONG_APPENDS,
  }),
  planted(DeletesWhatWasThere, {
    fault: 'deletes the rows that it saw first',
    failsAt: AMONG_APPENDS,
  }),
  planted(UnlistsOldPlaces, {
    fault: 'takes a session out of lists where it was before',
    failsAt: AMONG_APPENDS,
  }),
  planted(RestoresTheUser, {
    fault: 'writes the state of the user again when it deletes',
    failsAt: 'keeps what `updateState` changes while a session is deleted',
  }),
  planted(ClearsTheUserAfterALook, {
    fault: 'loses what came into the state of the user during a delete',
    failsAt: 'keeps what `updateState` changes while a session is deleted',
  }),
  planted(AppendsUnchecked, {
    fault: 'brings a deleted session back with an append',
    failsAt: AMONG_APPENDS,
  }),
  planted(StoresIdsFirst, {
    fault: 'leaves events of an append that came too late',
    failsAt: AMONG_APPENDS,
  }),
  planted(StoresStateFirst, {
    fault: 'leaves state of an append that came too late',
    failsAt: AMONG_APPENDS,
  }),
  planted(StoresUserStateFirst, {
    fault: 'leaves `user:` keys of an append that was refused',
    failsAt: AMONG_APPENDS,
  }),
  planted(ListsEmptyPagesOfTheDeleted, {
    fault: 'gives an empty page of a session that is deleted meanwhile',
    failsAt: WHOLE,
  }),
  planted(ReadsAsItGoes, { fault: 'reads a session in steps while it is deleted', failsAt: WHOLE }),
  planted(ReadsAsItGoes, {
    fault: 'reads the events of two sessions of one id',
    failsAt: 'never mixes a session with the one that had its id before',
  }),
  planted(DeletesAllThatBeginAlike, {
    fault: 'deletes what begins with the id and a colon',
    failsAt: 'deletes nothing of sessions whose ids begin alike',
  }),
];
