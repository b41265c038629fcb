import type { SessionKey } from '@holdfast/core';
import { ScopeState } from './scope-state.ts';
import { compareSessions, type SessionList, SessionRecord } from './session-record.ts';
import { SortedList } from './sorted-list.ts';

interface UserRecord {
  readonly state: ScopeState;
  readonly sessions: Map<string, SessionRecord>;
  readonly list: SessionList;
}

interface AppRecord {
  readonly state: ScopeState;
  readonly users: Map<string, UserRecord>;
  readonly list: SessionList;
}

/** Apps, their users, and their sessions. What is empty is not kept. */
export class Tenants {
  readonly #apps = new Map<string, AppRecord>();

  app(appName: string): AppRecord | undefined {
    return this.#apps.get(appName);
  }

  user(appName: string, userId: string): UserRecord | undefined {
    return this.#apps.get(appName)?.users.get(userId);
  }

  session({ appName, userId, sessionId }: SessionKey): SessionRecord | undefined {
    return this.user(appName, userId)?.sessions.get(sessionId);
  }

  /** The app, made where it is missing. */
  ensureApp(appName: string): AppRecord {
    let app = this.#apps.get(appName);
    if (app === undefined) {
      app = { state: new ScopeState(), users: new Map(), list: new SortedList(compareSessions) };
      this.#apps.set(appName, app);
    }
    return app;
  }

  /** The user, made where it is missing. */
  ensureUser(appName: string, userId: string): UserRecord {
    const app = this.ensureApp(appName);
    let user = app.users.get(userId);
    if (user === undefined) {
      user = {
        state: new ScopeState(),
        sessions: new Map(),
        list: new SortedList(compareSessions),
      };
      app.users.set(userId, user);
    }
    return user;
  }

  /** Adds a session that is not there yet. */
  addSession(key: SessionKey, createTime: number): SessionRecord {
    const session = new SessionRecord(key, createTime);
    const user = this.ensureUser(key.appName, key.userId);
    user.sessions.set(key.sessionId, session);
    user.list.add(session);
    this.ensureApp(key.appName).list.add(session);
    return session;
  }

  removeSession(session: SessionRecord): void {
    const { appName, userId, sessionId } = session.key;
    const app = this.ensureApp(appName);
    const user = this.ensureUser(appName, userId);
    user.sessions.delete(sessionId);
    user.list.remove(session);
    app.list.remove(session);
    this.prune(appName, userId);
  }

  /** Forgets the user, and the app, where nothing is left of them. */
  prune(appName: string, userId: string | undefined): void {
    const app = this.#apps.get(appName);
    if (app === undefined) return;
    const user = userId === undefined ? undefined : app.users.get(userId);
    if (userId !== undefined && user?.sessions.size === 0 && user.state.size === 0) {
      app.users.delete(userId);
    }
    if (app.users.size === 0 && app.state.size === 0) this.#apps.delete(appName);
  }
}
