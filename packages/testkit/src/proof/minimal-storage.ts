import { compareIdentifiers, type Event, type JsonValue, type SessionKey } from '@holdfast/core';
import type { ListPosition } from '@holdfast/session';

export interface MinimalSession {
  readonly key: SessionKey;
  readonly createTime: number;
  lastUpdateTime: number;
  /** The event with the seq `n` stands at `n - 1`. */
  readonly events: Event[];
  readonly state: Map<string, JsonValue>;
}

/** Whose state is meant. */
export type StateOwner =
  | { readonly scope: 'app'; readonly appName: string }
  | { readonly scope: 'user'; readonly appName: string; readonly userId: string };

/** Where the minimal service keeps everything. Several services may share one. */
export class MinimalStorage {
  readonly #sessions = new Map<string, MinimalSession>();
  readonly #states = new Map<string, Map<string, JsonValue>>();

  find(key: SessionKey): MinimalSession | undefined {
    return this.#sessions.get(this.address(key));
  }

  add(session: MinimalSession): void {
    this.#sessions.set(this.address(session.key), session);
  }

  remove(key: SessionKey): boolean {
    return this.#sessions.delete(this.address(key));
  }

  sessionsOf(owner: {
    readonly appName: string;
    readonly userId: string | undefined;
  }): MinimalSession[] {
    return this.everySession().filter(
      ({ key: { appName, userId } }) =>
        appName === owner.appName && userId === (owner.userId ?? userId),
    );
  }

  state(owner: StateOwner): Map<string, JsonValue> {
    const address = JSON.stringify(
      owner.scope === 'app' ? [owner.appName] : [owner.appName, owner.userId],
    );
    const state = this.#states.get(address) ?? new Map<string, JsonValue>();
    this.#states.set(address, state);
    return state;
  }

  protected everySession(): MinimalSession[] {
    return [...this.#sessions.values()];
  }

  /** JSON keeps the three ids apart, whatever characters are in them. */
  protected address({ appName, userId, sessionId }: SessionKey): string {
    return JSON.stringify([appName, userId, sessionId]);
  }
}

export function positionOf({ key, lastUpdateTime }: MinimalSession): ListPosition {
  return { lastUpdateTime, userId: key.userId, sessionId: key.sessionId };
}

export function comparePositions(a: ListPosition, b: ListPosition): number {
  return (
    a.lastUpdateTime - b.lastUpdateTime ||
    compareIdentifiers(a.userId, b.userId) ||
    compareIdentifiers(a.sessionId, b.sessionId)
  );
}
