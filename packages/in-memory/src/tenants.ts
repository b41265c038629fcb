import type { SessionKey } from '@holdfast/core';
import { ScopeState } from './scope-state.ts';
import {
  type AppRecord,
  compareSessions,
  SessionRecord,
  type UserRecord,
} from './session-record.ts';
import { SortedList } from './sorted-list.ts';

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
        app,
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
    const user = this.ensureUser(key.appName, key.userId);
    const session = new SessionRecord({ key, createTime, user });
    user.sessions.set(key.sessionId, session);
    user.list.add(session);
    user.app.list.add(session);
    return session;
  }

  removeSession(session: SessionRecord): void {
    const { key, user } = session;
    const { appName, userId, sessionId } = key;
    user.sessions.delete(sessionId);
    user.list.remove(session);
    user.app.list.remove(session);
    this.prune(appName, userId);
  }

  /** Forgets the user, and the app, where nothing is left of them. */
  prune(appName: string, userId: string | undefined): void {
    const app = this.#apps.get(appName);
    if (app === undefined) return;
    const user = userId === undefined ? undefined : app.users.get(userId);
    if (userId !== undefined && user?.sessions.size === 0 && user.state.isEmpty) {
      app.users.delete(userId);
    }
    if (app.users.size === 0 && app.state.isEmpty) this.#apps.delete(appName);
  }
}
