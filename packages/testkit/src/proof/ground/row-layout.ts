import type { SessionKey } from '@holdfast/session';
import type {
  PreparedAppend,
  PreparedGetState,
  PreparedList,
  ScopedChanges,
  StateChanges,
  StoredSummary,
} from '@holdfast/session/store';
import type { RowAddress, RowCheck, RowWrite } from './row-database.ts';

/** What is in the row of a session. */
export interface Head {
  readonly key: SessionKey;
  readonly incarnation: string;
  readonly createTime: number;
  readonly lastUpdateTime: number;
  readonly revision: number;
  readonly activeFrom: number;
  /** Names and values, each as JSON. */
  readonly initial: readonly (readonly [name: string, value: string])[];
}

/** The head, and what a commit must check so that it is still the same. */
export interface ReadHead extends Head {
  readonly version: number;
}

/** Whose state it is. */
export type StateOwner = PreparedGetState | ({ readonly scope: 'session' } & SessionKey);

/** Which rows a session consists of, and where they are. */
export class RowLayout {
  protected headCheck(key: SessionKey, found: ReadHead | undefined): RowCheck {
    return { ...this.headAddress(key), version: found?.version };
  }

  protected headRow(head: Head): RowWrite {
    return { ...this.headAddress(head.key), value: JSON.stringify(head) };
  }

  /** Moves a session in the lists of its user and of its app. */
  protected indexRows(before: Head | undefined, after: Head | undefined): readonly RowWrite[] {
    const rows: RowWrite[] = [];
    for (const [head, isThere] of [
      [before, false],
      [after, true],
    ] as const) {
      if (head === undefined) continue;
      const { appName, userId } = head.key;
      const [key, value] = [this.indexKey(head), isThere ? JSON.stringify(head.key) : undefined];
      rows.push({ table: this.indexTable({ appName, userId }), key, value });
      rows.push({ table: this.indexTable({ appName, userId: undefined }), key, value });
    }
    return rows;
  }

  protected eventRows({ key, revision }: Head, { events }: PreparedAppend): readonly RowWrite[] {
    return events.flatMap((event, i) => {
      const seq = revision - events.length + 1 + i;
      return [
        { table: this.table('events', key), key: [seq], value: JSON.stringify(event) },
        { table: this.table('ids', key), key: [event.id], value: `${seq}` },
      ];
    });
  }

  protected stateRows(key: SessionKey, changes: ScopedChanges): readonly RowWrite[] {
    return (['session', 'user', 'app'] as const).flatMap((scope) =>
      this.changeRows({ scope, ...key }, changes[scope]),
    );
  }

  protected changeRows(owner: StateOwner, changes: StateChanges): readonly RowWrite[] {
    const table = this.stateTable(owner);
    return [...changes].map(([name, value]) => ({
      table,
      key: [name],
      value: value === undefined ? undefined : JSON.stringify(value),
    }));
  }

  /** The tables of which all rows belong to the session. */
  protected tablesOf(key: SessionKey): readonly (readonly string[])[] {
    const state = this.stateTable({ scope: 'session', ...key });
    return [this.table('events', key), this.table('ids', key), state];
  }

  protected headAddress({ appName, userId, sessionId }: SessionKey): RowAddress {
    return { table: ['sessions', appName, userId], key: [sessionId] };
  }

  protected table(name: 'events' | 'ids', key: SessionKey): readonly string[] {
    return [name, key.appName, key.userId, key.sessionId];
  }

  protected stateTable(owner: StateOwner): readonly string[] {
    switch (owner.scope) {
      case 'app':
        return ['app', owner.appName];
      case 'user':
        return ['user', owner.appName, owner.userId];
      case 'session':
        return ['session', owner.appName, owner.userId, owner.sessionId];
    }
  }

  protected indexTable({ appName, userId }: Pick<PreparedList, 'appName' | 'userId'>) {
    return userId === undefined ? ['all', appName] : ['list', appName, userId];
  }

  protected indexKey({
    lastUpdateTime,
    key,
  }: Pick<StoredSummary, 'lastUpdateTime'> & { readonly key: Omit<SessionKey, 'appName'> }) {
    return [lastUpdateTime, key.userId, key.sessionId];
  }
}
