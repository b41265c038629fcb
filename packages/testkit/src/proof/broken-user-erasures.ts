import type { EraseOutcome, PreparedEraseUser, PreparedListUsers } from '@holdfast/session/store';
import { type BrokenService, otherCalls, over } from './broken-service.ts';
import { CompleteStore } from './complete-store.ts';
import type { DetailedSession, NewSession } from './detailed-store.ts';

/** Keeps some of the user's sessions. */
class KeepsSome extends CompleteStore {
  readonly #isKept: (session: DetailedSession) => boolean;

  constructor(isKept: (session: DetailedSession) => boolean) {
    super();
    this.#isKept = isKept;
  }

  override async eraseUser(erase: PreparedEraseUser): Promise<EraseOutcome> {
    const kept = this.sessionsOf(erase).filter(this.#isKept);
    const outcome = await super.eraseUser({ ...erase, limit: Number.POSITIVE_INFINITY });
    for (const session of kept) this.sessions.set(this.address(session.key), session);
    return { ...outcome, sessions: outcome.sessions - kept.length };
  }
}

class KeepsTheState extends CompleteStore {
  override async eraseUser(erase: PreparedEraseUser): Promise<EraseOutcome> {
    const address = this.addressOfState({ scope: 'user', ...erase });
    const state = this.states.get(address);
    const outcome = await super.eraseUser(erase);
    if (state) this.states.set(address, state);
    return outcome;
  }
}

class ErasesTheAppToo extends CompleteStore {
  override async eraseUser(erase: PreparedEraseUser): Promise<EraseOutcome> {
    this.states.delete(this.addressOfState({ scope: 'app', appName: erase.appName }));
    return super.eraseUser(erase);
  }
}

class ErasesInAllApps extends CompleteStore {
  override async eraseUser(erase: PreparedEraseUser): Promise<EraseOutcome> {
    for (const session of [...this.sessions.values()]) {
      const { appName, userId } = session.key;
      if (userId === erase.userId && appName !== erase.appName) this.remove(session);
    }
    return super.eraseUser(erase);
  }
}

class ErasesLookalikes extends CompleteStore {
  override async eraseUser(erase: PreparedEraseUser): Promise<EraseOutcome> {
    for (const session of this.sessionsOf({ ...erase, userId: undefined })) {
      if (session.key.userId.startsWith(`${erase.userId}`)) this.remove(session);
    }
    return super.eraseUser(erase);
  }
}

class ErasesOneStep extends CompleteStore {
  override async eraseUser(erase: PreparedEraseUser): Promise<EraseOutcome> {
    return { ...(await super.eraseUser(erase)), done: true };
  }
}

/** Erases what there was when it began, while others create. */
class ErasesWhatThereWas extends CompleteStore {
  override async eraseUser(erase: PreparedEraseUser): Promise<EraseOutcome> {
    const { sessions, stateKeys } = await super.eraseUser({ ...erase, limit: 1 });
    await otherCalls();
    const left = this.sessionsOf(erase);
    for (const session of left) {
      await otherCalls();
      this.remove(session);
    }
    const owner = { scope: 'user', ...erase } as const;
    const more = this.shared(owner).size;
    this.states.delete(this.addressOfState(owner));
    return { sessions: sessions + left.length, stateKeys: stateKeys + more, done: true };
  }
}

/** Erases the state some time before the sessions. */
class ErasesTheStateFirst extends CompleteStore {
  override async eraseUser(erase: PreparedEraseUser): Promise<EraseOutcome> {
    const owner = { scope: 'user', ...erase } as const;
    const stateKeys = this.shared(owner).size;
    this.states.delete(this.addressOfState(owner));
    await otherCalls();
    const sessions = this.sessionsOf(erase);
    for (const session of sessions) this.remove(session);
    return { sessions: sessions.length, stateKeys, done: true };
  }
}

class CountsNothing extends CompleteStore {
  override async eraseUser(erase: PreparedEraseUser): Promise<EraseOutcome> {
    const { done } = await super.eraseUser(erase);
    return { sessions: 0, stateKeys: 0, done };
  }
}

class CountsKeysOfSessions extends CompleteStore {
  override async eraseUser(erase: PreparedEraseUser): Promise<EraseOutcome> {
    const keys = this.sessionsOf(erase).map(({ state }) => state.size);
    const outcome = await super.eraseUser(erase);
    return { ...outcome, stateKeys: outcome.stateKeys + keys.reduce((sum, n) => sum + n, 0) };
  }
}

/** What an erased session had is there again once its id is used again. */
class LeavesTombstones extends CompleteStore {
  readonly #erased = new Map<string, DetailedSession>();
  readonly #leave: (session: DetailedSession, erased: DetailedSession) => void;

  constructor(leave: (session: DetailedSession, erased: DetailedSession) => void) {
    super();
    this.#leave = leave;
  }

  override eraseUser(erase: PreparedEraseUser): Promise<EraseOutcome> {
    for (const each of this.sessionsOf(erase)) this.#erased.set(this.address(each.key), each);
    return super.eraseUser(erase);
  }

  protected override add(created: NewSession): DetailedSession {
    const session = super.add(created);
    const erased = this.#erased.get(this.address(created.key));
    if (erased) this.#leave(session, erased);
    return session;
  }
}

class ListsErasedUsers extends CompleteStore {
  readonly #erased = new Map<string, Set<string>>();

  override eraseUser(erase: PreparedEraseUser): Promise<EraseOutcome> {
    const erased = this.#erased.get(erase.appName) ?? new Set();
    this.#erased.set(erase.appName, erased.add(erase.userId));
    return super.eraseUser(erase);
  }

  override async listUsers(list: PreparedListUsers): Promise<readonly string[]> {
    const listed = await super.listUsers(list);
    const erased = [...(this.#erased.get(list.appName) ?? [])];
    return [...new Set([...listed, ...erased.filter((userId) => userId > list.afterUserId)])];
  }
}

class ListsUsersWithSessionsOnly extends CompleteStore {
  override async listUsers(list: PreparedListUsers): Promise<readonly string[]> {
    const listed = await super.listUsers({ ...list, count: Number.POSITIVE_INFINITY });
    const having = listed.filter((userId) => this.sessionsOf({ ...list, userId }).length > 0);
    return having.slice(0, list.count);
  }
}

class ListsUsersFromTheBound extends CompleteStore {
  override async listUsers(list: PreparedListUsers): Promise<readonly string[]> {
    const listed = await super.listUsers(list);
    const isThere = this.sessionsOf({ ...list, userId: list.afterUserId }).length > 0;
    return isThere ? [list.afterUserId, ...listed].slice(0, list.count) : listed;
  }
}

class ListsUsersByTheirText extends CompleteStore {
  override async listUsers(list: PreparedListUsers): Promise<readonly string[]> {
    const listed = await super.listUsers({
      ...list,
      afterUserId: '',
      count: Number.POSITIVE_INFINITY,
    });
    return listed
      .filter((userId) => list.afterUserId === '' || userId.localeCompare(list.afterUserId) > 0)
      .sort((a, b) => a.localeCompare(b))
      .slice(0, list.count);
  }
}

const WHOLE_OR_GONE =
  'erases a user at one moment: what is created meanwhile is there as a whole, or gone';

export const brokenUserErasures: readonly BrokenService[] = [
  {
    fault: 'leaves the `user:` state of an erased user',
    failsAt: 'deletes all sessions of a user and the state of the user, and says how many',
    create: () => over(new KeepsTheState()),
  },
  {
    fault: 'leaves the forks of an erased user',
    failsAt: 'deletes forks as well as what they were forked from',
    create: () => over(new KeepsSome(({ details }) => details.forkedFrom !== undefined)),
  },
  {
    fault: 'leaves the expired sessions of an erased user',
    failsAt: 'deletes sessions that have expired, too, and counts them',
    create: () => over(new KeepsSome(({ expireTime = 0 }) => expireTime > 0)),
  },
  {
    fault: 'leaves sessions of an erased user that are held for a turn',
    failsAt: 'deletes all sessions of a user and the state of the user, and says how many',
    create: () => over(new KeepsSome(({ turn }) => turn !== undefined)),
  },
  {
    fault: 'leaves sessions of an erased user that have no events',
    failsAt: 'deletes all sessions of a user and the state of the user, and says how many',
    create: () => over(new KeepsSome(({ events }) => events.length === 0)),
  },
  {
    fault: 'erases the state of the app with a user',
    failsAt: 'leaves other users, their sessions and the state of the app as they are',
    create: () => over(new ErasesTheAppToo()),
  },
  {
    fault: 'erases a user in all apps',
    failsAt: 'leaves other users, their sessions and the state of the app as they are',
    create: () => over(new ErasesInAllApps()),
  },
  {
    fault: 'erases users whose ids begin like that of the erased one',
    failsAt: 'takes the id of a user as it is, not as a pattern or a beginning',
    create: () => over(new ErasesLookalikes()),
  },
  {
    fault: 'erases the first hundred sessions of a user',
    failsAt: 'deletes more sessions than go in a step',
    create: () => over(new ErasesOneStep()),
  },
  {
    fault: 'leaves sessions that are created while a user is erased',
    failsAt: WHOLE_OR_GONE,
    create: () => over(new ErasesWhatThereWas()),
  },
  {
    fault: 'erases the state of a user some time before the sessions',
    failsAt: WHOLE_OR_GONE,
    create: () => over(new ErasesTheStateFirst()),
  },
  {
    fault: 'does not count what it erases',
    failsAt: 'deletes all sessions of a user and the state of the user, and says how many',
    create: () => over(new CountsNothing()),
  },
  {
    fault: 'counts the keys of sessions among those of an erased user',
    failsAt: 'deletes all sessions of a user and the state of the user, and says how many',
    create: () => over(new CountsKeysOfSessions()),
  },
  {
    fault: 'leaves the labels of erased sessions to later ones of their ids',
    failsAt: 'shows nothing of before to sessions and state whose ids are used again',
    create: () =>
      over(
        new LeavesTombstones((session, { details }) => {
          session.details = { ...session.details, labels: { ...details.labels } };
        }),
      ),
  },
  {
    fault: 'leaves the state of erased sessions to later ones of their ids',
    failsAt: 'shows nothing of before to sessions and state whose ids are used again',
    create: () =>
      over(
        new LeavesTombstones((session, { state }) => {
          session.state = state;
        }),
      ),
  },
  {
    fault: 'knows the ids of events of erased sessions',
    failsAt: 'shows nothing of before to sessions and state whose ids are used again',
    create: () =>
      over(
        new LeavesTombstones((session, { events }) => {
          session.events.push(...events);
        }),
      ),
  },
  {
    fault: 'lists erased users',
    failsAt: 'deletes all sessions of a user and the state of the user, and says how many',
    create: () => over(new ListsErasedUsers()),
  },
  {
    fault: 'lists no users that have state but no sessions',
    failsAt: 'lists the users that have sessions or state, in the order of their bytes',
    create: () => over(new ListsUsersWithSessionsOnly()),
  },
  {
    fault: 'lists the user that a page of users is behind',
    failsAt: 'lists users in pages, behind one that need not be there',
    create: () => over(new ListsUsersFromTheBound()),
  },
  {
    fault: 'lists users in the order of a language',
    failsAt: 'lists the users that have sessions or state, in the order of their bytes',
    create: () => over(new ListsUsersByTheirText()),
  },
];
