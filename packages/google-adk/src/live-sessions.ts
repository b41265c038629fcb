import type { Session as AdkSession } from '@google/adk';

/** What is known of a session object that a runner holds. */
export interface LiveSession {
  /** Up to which `seq` its events have come; undefined for an object that is not from us. */
  revision: number | undefined;
  /** The `temp:` values that events have brought into its state. */
  readonly temp: Map<string, unknown>;
}

interface Entry extends LiveSession {
  /** The last change that was asked for. It never rejects. */
  tail: Promise<unknown>;
}

/** The session objects that runners hold, for as long as they hold them. */
export class LiveSessions {
  readonly #entries = new WeakMap<AdkSession, Entry>();

  /** Remembers an object that is as of `revision`. */
  add(session: AdkSession, revision: number): void {
    this.#entries.set(session, { revision, temp: new Map(), tail: Promise.resolve() });
  }

  /**
   * Runs `change` after those that were asked for earlier. Nodes of a workflow append at the
   * same time to one object: in turn, none of them takes another's event for a missed one.
   */
  inTurn<T>(session: AdkSession, change: (live: LiveSession) => Promise<T>): Promise<T> {
    let entry = this.#entries.get(session);
    if (entry === undefined) {
      entry = { revision: undefined, temp: new Map(), tail: Promise.resolve() };
      this.#entries.set(session, entry);
    }
    const live = entry;
    const result = live.tail.then(() => change(live));
    live.tail = result.catch(() => {});
    return result;
  }
}
