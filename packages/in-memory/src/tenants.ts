import type { SessionKey } from '@holdfast/core';
import { comparePositions } from '@holdfast/session/store';
import { ScopeState } from './scope-state.ts';
import { ExpiryIndex, LabelIndex } from './session-index.ts';
import {
  type AppRecord,
  type NewSession,
  type SessionList,
  SessionRecord,
  type UserRecord,
} from './session-record.ts';
import { SortedList } from './sorted-list.ts';

/** Apps, their users, and their sessions. What is empty is not kept. */
export class Tenants {
  readonly #apps = new Map<string, AppRecord>();

  session({ appName, userId, sessionId }: SessionKey): SessionRecord | undefined {
    return this.#apps.get(appName)?.users.get(userId)?.sessions.get(sessionId);
  }

  /** The ids of an app's users, in no order. */
  userIds(appName: string): Iterable<string> {
    return this.#apps.get(appName)?.users.keys() ?? [];
  }

  /** A user who has sessions or state. */
  user(appName: string, userId: string): UserRecord | undefined {
    return this.#apps.get(appName)?.users.get(userId);
  }

  /** What has a state and sessions: a user, or the app if `userId` is undefined. */
  holder(appName: string, userId: string | undefined): AppRecord | UserRecord | undefined {
    const app = this.#apps.get(appName);
    return userId === undefined ? app : app?.users.get(userId);
  }

  /** The same, made if it does not exist. */
  ensureHolder(appName: string, userId: string | undefined): AppRecord | UserRecord {
    return userId === undefined ? this.#ensureApp(appName) : this.#ensureUser(appName, userId);
  }

  /** Adds a session that does not exist yet. */
  addSession(created: NewSession): SessionRecord {
    const { key } = created;
    const user = this.#ensureUser(key.appName, key.userId);
    const session = new SessionRecord({ ...created, user });
    user.sessions.set(key.sessionId, session);
    user.list.add(session);
    user.app.list.add(session);
    session.index('add');
    return session;
  }

  removeSession(session: SessionRecord): void {
    const { key, user } = session;
    const { appName, userId, sessionId } = key;
    user.sessions.delete(sessionId);
    user.list.remove(session);
    user.app.list.remove(session);
    session.index('remove');
    this.prune(appName, userId);
  }

  /** Forgets the user, and the app, if nothing is left of them. */
  prune(appName: string, userId: string | undefined): void {
    const app = this.#apps.get(appName);
    if (app === undefined) return;
    const user = userId === undefined ? undefined : app.users.get(userId);
    if (userId !== undefined && user?.sessions.size === 0 && user.state.isEmpty) {
      app.users.delete(userId);
    }
    if (app.users.size === 0 && app.state.isEmpty) this.#apps.delete(appName);
  }

  #ensureApp(appName: string): AppRecord {
    let app = this.#apps.get(appName);
    if (app === undefined) {
      app = {
        state: new ScopeState(),
        list: newList(),
        users: new Map(),
        expiring: new ExpiryIndex(),
      };
      this.#apps.set(appName, app);
    }
    return app;
  }

  #ensureUser(appName: string, userId: string): UserRecord {
    const app = this.#ensureApp(appName);
    let user = app.users.get(userId);
    if (user === undefined) {
      user = {
        app,
        state: new ScopeState(),
        list: newList(),
        sessions: new Map(),
        expiring: new ExpiryIndex(),
        labeled: new LabelIndex(),
      };
      app.users.set(userId, user);
    }
    return user;
  }
}

function newList(): SessionList {
  return new SortedList<SessionRecord>(comparePositions);
}
