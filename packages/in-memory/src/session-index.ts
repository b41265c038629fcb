import { compareIdentifiers } from '@holdfast/core/internal';
import { isExpired, type Labels } from '@holdfast/session/store';
import type { SessionRecord } from './session-record.ts';
import { SortedList } from './sorted-list.ts';

/** The sessions of an app or a user by the moment at which they are gone. */
export class ExpiryIndex {
  // Most programs have no session that expires.
  #sessions: SortedList<SessionRecord> | undefined;

  add(session: SessionRecord): void {
    if (session.expireTime === undefined) return;
    this.#sessions ??= new SortedList(compareExpiry);
    this.#sessions.add(session);
  }

  remove(session: SessionRecord): void {
    if (session.expireTime !== undefined) this.#sessions?.remove(session);
  }

  /** Those that are gone. */
  *expired(now: number): Generator<SessionRecord, void, undefined> {
    if (this.#sessions === undefined) return;
    for (const session of this.#sessions.ascending()) {
      if (!isExpired(session.expireTime, now)) return;
      yield session;
    }
  }
}

function compareExpiry(a: SessionRecord, b: SessionRecord): number {
  return (
    (a.expireTime as number) - (b.expireTime as number) ||
    compareIdentifiers(a.key.userId, b.key.userId) ||
    compareIdentifiers(a.key.sessionId, b.key.sessionId)
  );
}

/** The sessions of a user by their labels. */
export class LabelIndex {
  readonly #sessions = new Map<string, Set<SessionRecord>>();

  add(session: SessionRecord): void {
    for (const label of labelsOf(session.details.labels)) {
      const sessions = this.#sessions.get(label) ?? new Set();
      this.#sessions.set(label, sessions.add(session));
    }
  }

  remove(session: SessionRecord): void {
    for (const label of labelsOf(session.details.labels)) {
      const sessions = this.#sessions.get(label);
      sessions?.delete(session);
      if (sessions?.size === 0) this.#sessions.delete(label);
    }
  }

  /** Those that have all of some labels. */
  having(labels: Labels): readonly SessionRecord[] {
    const [first, ...rest] = labelsOf(labels)
      .map((label) => this.#sessions.get(label))
      .sort((a, b) => (a?.size ?? 0) - (b?.size ?? 0));
    return [...(first ?? [])].filter((session) =>
      rest.every((sessions) => sessions?.has(session) === true),
    );
  }
}

// A name has no control characters.
function labelsOf(labels: Labels): readonly string[] {
  return Object.entries(labels).map(([name, value]) => `${name}\n${value}`);
}
