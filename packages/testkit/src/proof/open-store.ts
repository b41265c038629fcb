import type { Event, SessionKey } from '@holdfast/session';
import { foldDeltas, NO_CHANGES, type StateChanges } from '@holdfast/state/internal';
import { MinimalStore } from './minimal-store.ts';

/** A store that a broken service can reach into, past all checks. */
export class OpenStore extends MinimalStore {
  revisionOf(key: SessionKey): number {
    return this.find(key)?.events.length ?? 0;
  }

  setState(key: SessionKey, changes: StateChanges): void {
    const session = this.find(key);
    if (session) this.change(session, { ...NO_CHANGES, session: changes });
  }

  applyAgain(key: SessionKey, events: readonly Event[]): void {
    const session = this.find(key);
    if (session) this.change(session, foldDeltas(events.map(({ actions }) => actions)));
  }

  store(key: SessionKey, event: Event): void {
    const events = this.find(key)?.events;
    events?.push(Object.freeze({ ...event, seq: events.length + 1 }));
  }

  touch(key: SessionKey): void {
    const session = this.find(key);
    if (session) session.lastUpdateTime += 1;
  }
}
