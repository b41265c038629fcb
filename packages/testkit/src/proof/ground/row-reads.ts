import type { Event, SessionKey } from '@holdfast/session';
import {
  markOf,
  type PreparedGet,
  type PreparedList,
  parseStoredEvent,
  parseStoredValue,
  type ScopeState,
  type SharedState,
  type StoredState,
} from '@holdfast/session/store';
import type { Row, RowRange, RowReader } from './row-database.ts';
import { type Head, type ReadHead, RowLayout, type StateOwner } from './row-layout.ts';

/** What is read of a session, each part by itself. All parts are of the moment of their reader. */
export class RowReads extends RowLayout {
  protected async head(reader: RowReader, key: SessionKey): Promise<ReadHead | undefined> {
    const row = await reader.get(this.headAddress(key));
    if (row === undefined) return undefined;
    const head: Head = JSON.parse(row.value);
    return { ...head, key: Object.freeze(head.key), version: row.version };
  }

  protected async window(
    reader: RowReader,
    { head, get }: { readonly head: Head; readonly get: PreparedGet },
  ): Promise<Event[]> {
    const { numRecentEvents = head.revision, afterTimestamp = 0, active } = get;
    const count = active ? head.revision - head.activeFrom + 1 : head.revision;
    const limit = Math.min(count, numRecentEvents);
    if (limit === 0) return [];
    const events = await this.events(reader, { head, range: { limit, reverse: true } });
    return events.reverse().filter(({ timestamp }) => timestamp >= afterTimestamp);
  }

  protected async events(
    reader: RowReader,
    { head, range }: { readonly head: Head; readonly range: RowRange },
  ): Promise<Event[]> {
    const rows = await reader.range(this.table('events', head.key), range);
    return rows.map((row) => this.event(head, row));
  }

  /** Those of the ids that are in the session. */
  protected async storedEvents(
    reader: RowReader,
    { head, ids }: { readonly head: Head; readonly ids: readonly string[] },
  ): Promise<ReadonlyMap<string, Event>> {
    const stored = new Map<string, Event>();
    for (const [id, row] of await this.seqRows(reader, { head, ids })) {
      const found = await reader.get({
        table: this.table('events', head.key),
        key: [Number(row.value)],
      });
      if (found !== undefined) stored.set(id, this.event(head, found));
    }
    return stored;
  }

  protected async seqRows(
    reader: RowReader,
    { head, ids }: { readonly head: Head; readonly ids: readonly string[] },
  ): Promise<ReadonlyMap<string, Row>> {
    const table = this.table('ids', head.key);
    const rows = await Promise.all(ids.map((id) => reader.get({ table, key: [id] })));
    return new Map(ids.flatMap((id, i) => (rows[i] === undefined ? [] : [[id, rows[i]]])));
  }

  protected event({ key, incarnation }: Head, row: Row): Event {
    return parseStoredEvent(row.value, { seq: Number(row.key[0]), key, mark: markOf(incarnation) });
  }

  protected initialState({ key, initial }: Head): ScopeState {
    return new Map(initial.map(([name, text]) => [name, parseStoredValue(text, { name, key })]));
  }

  protected async states(reader: RowReader, key: SessionKey): Promise<StoredState> {
    const session = await this.state(reader, { scope: 'session', ...key });
    return { session, ...(await this.sharedStates(reader, key)) };
  }

  protected async sharedStates(reader: RowReader, key: SessionKey): Promise<SharedState> {
    const user = await this.state(reader, { scope: 'user', ...key });
    return { user, app: await this.state(reader, { scope: 'app', ...key }) };
  }

  protected async state(reader: RowReader, owner: StateOwner): Promise<ScopeState> {
    const rows = await reader.range(this.stateTable(owner));
    return new Map(
      rows.map(({ key: [name = ''], value }) => [
        `${name}`,
        parseStoredValue(value, { name: `${name}`, key: owner }),
      ]),
    );
  }

  /** The rows of the index that a page is made of, and one more. */
  protected listed(reader: RowReader, list: PreparedList): Promise<readonly Row[]> {
    const { order, limit, after: place } = list;
    const at = place && this.indexKey(place);
    const range = order === 'asc' ? { after: at } : { before: at, reverse: true };
    return reader.range(this.indexTable(list), { ...range, limit: limit + 1 });
  }

  protected total(reader: RowReader, list: PreparedList): Promise<number> {
    return reader.count(this.indexTable(list));
  }
}
