import type { SessionKey } from '@holdfast/session';
import {
  isExpired,
  type PreparedDeleteExpired,
  type PreparedSweep,
  type PreparedUpdateSession,
  type StoredSummary,
} from '@holdfast/session/store';
import { type BrokenService, faulty, otherCalls, over } from './broken-service.ts';
import { CompleteStore } from './complete-store.ts';
import type { DetailedSession, NewSession } from './detailed-store.ts';

class TakesWhatWasFound extends CompleteStore {
  override async deleteExpired(remove: PreparedDeleteExpired): Promise<boolean> {
    const session = this.find(remove.key);
    if (remove.untouchedSince === undefined || !session) return super.deleteExpired(remove);
    this.remove(session);
    return true;
  }
}

/** Takes whatever has the id of an expired session that it has found. */
class TakesWhatCameAfter extends CompleteStore {
  override async deleteExpired(remove: PreparedDeleteExpired): Promise<boolean> {
    const session = this.find(remove.key);
    if (remove.untouchedSince !== undefined || !session) return super.deleteExpired(remove);
    this.remove(session);
    return true;
  }
}

class LooksBeforeItTakes extends CompleteStore {
  override async deleteExpired(remove: PreparedDeleteExpired): Promise<boolean> {
    const session = this.find(remove.key);
    if (session === undefined || !this.isToGo(session, remove)) return false;
    await otherCalls();
    this.remove(session);
    return true;
  }
}

class IgnoresTheLimit extends CompleteStore {
  override findExpired(find: PreparedSweep): Promise<readonly SessionKey[]> {
    return super.findExpired({ ...find, limit: Number.POSITIVE_INFINITY });
  }
}

class SweepsAllUsers extends CompleteStore {
  override findExpired(find: PreparedSweep): Promise<readonly SessionKey[]> {
    return super.findExpired({ ...find, userId: undefined });
  }
}

class SweepsNoOtherUsers extends CompleteStore {
  override async findExpired(find: PreparedSweep): Promise<readonly SessionKey[]> {
    return find.userId === undefined ? [] : super.findExpired(find);
  }
}

class SweepsByTheLastUpdate extends CompleteStore {
  protected override isToGo(
    { lastUpdateTime, expireTime }: DetailedSession,
    { now, untouchedSince = -1 }: Pick<PreparedSweep, 'now' | 'untouchedSince'>,
  ): boolean {
    return isExpired(expireTime, now) || lastUpdateTime <= untouchedSince;
  }
}

class SweepsByTheCreation extends CompleteStore {
  protected override isToGo(
    { createTime, expireTime }: DetailedSession,
    { now, untouchedSince = -1 }: Pick<PreparedSweep, 'now' | 'untouchedSince'>,
  ): boolean {
    return isExpired(expireTime, now) || createTime <= untouchedSince;
  }
}

class SweepsWhatExpires extends CompleteStore {
  protected override isToGo(
    { expireTime }: DetailedSession,
    { now }: Pick<PreparedSweep, 'now' | 'untouchedSince'>,
  ): boolean {
    return isExpired(expireTime, now);
  }
}

class SweepsIdleOnly extends CompleteStore {
  protected override isToGo(
    session: DetailedSession,
    find: Pick<PreparedSweep, 'now' | 'untouchedSince'>,
  ): boolean {
    if (find.untouchedSince === undefined) return super.isToGo(session, find);
    return session.touchTime <= find.untouchedSince && !isExpired(session.expireTime, find.now);
  }
}

class UpdatesWithoutATouch extends CompleteStore {
  override async updateSession(update: PreparedUpdateSession): Promise<StoredSummary | undefined> {
    const { touchTime = 0 } = this.find(update.key) ?? {};
    const summary = await super.updateSession(update);
    const session = this.find(update.key);
    if (session) session.touchTime = touchTime;
    return summary;
  }
}

/** Deletes sessions in a sweep without some of what there is of them. */
class LeavesBehind extends CompleteStore {
  readonly #swept = new Map<string, DetailedSession>();
  readonly #leave: (session: DetailedSession, swept: DetailedSession) => void;

  constructor(leave: (session: DetailedSession, swept: DetailedSession) => void) {
    super();
    this.#leave = leave;
  }

  protected override remove(session: DetailedSession): void {
    super.remove(session);
    this.#swept.set(this.address(session.key), session);
  }

  protected override add(created: NewSession): DetailedSession {
    const session = super.add(created);
    const swept = this.#swept.get(this.address(created.key));
    if (swept) this.#leave(session, swept);
    return session;
  }
}

/** The user's state goes with a session that is swept. */
class SweepsTheUserToo extends CompleteStore {
  override async deleteExpired(remove: PreparedDeleteExpired): Promise<boolean> {
    const isGone = await super.deleteExpired(remove);
    if (isGone) this.states.delete(this.addressOfState({ scope: 'user', ...remove.key }));
    return isGone;
  }
}

export const brokenSweeps: readonly BrokenService[] = [
  {
    fault: 'sweeps a session that was touched after it was found',
    failsAt: 'never sweeps a session that was touched at the same moment',
    create: () => over(new TakesWhatWasFound()),
  },
  {
    fault: 'sweeps a session that was created in the place of one that it has found',
    failsAt: 'never sweeps a session that was created in the place of an expired one',
    create: () => over(new TakesWhatCameAfter()),
  },
  {
    fault: 'looks at a session some time before it sweeps it',
    failsAt: 'never sweeps a session that was touched at the same moment',
    create: () => over(new LooksBeforeItTakes()),
  },
  {
    fault: 'sweeps beyond its limit',
    failsAt: 'stops at its limit, and says whether it has left any',
    create: () => over(new IgnoresTheLimit()),
  },
  {
    fault: 'says of a sweep that it is done when it has reached its limit',
    failsAt: 'stops at its limit, and says whether it has left any',
    create: () =>
      faulty(
        { sweep: async (next, request) => ({ ...(await next(request)), done: true }) },
        new CompleteStore(),
      ),
  },
  {
    fault: 'sweeps other users as well',
    failsAt: 'deletes those of the user that it is told, or of every user of the app',
    create: () => over(new SweepsAllUsers()),
  },
  {
    fault: 'sweeps nothing of all users',
    failsAt: 'deletes those of the user that it is told, or of every user of the app',
    create: () => over(new SweepsNoOtherUsers()),
  },
  {
    fault: 'takes the times of events for the touch of a session',
    failsAt: 'takes sessions that were not touched for the time that it is told, by the clock',
    create: () => over(new SweepsByTheLastUpdate()),
  },
  {
    fault: 'sweeps by the creation of sessions',
    failsAt: 'takes sessions by when they were touched last, not by their creation',
    create: () => over(new SweepsByTheCreation()),
  },
  {
    fault: 'sweeps nothing that is idle',
    failsAt: 'takes sessions that were not touched for the time that it is told, by the clock',
    create: () => over(new SweepsWhatExpires()),
  },
  {
    fault: 'leaves what has expired when it sweeps what is idle',
    failsAt: 'takes sessions that were not touched for the time that it is told, by the clock',
    create: () => over(new SweepsIdleOnly()),
  },
  {
    fault: 'does not take an update for a touch',
    failsAt: 'never sweeps a session that was touched at the same moment',
    create: () => over(new UpdatesWithoutATouch()),
  },
  {
    fault: 'leaves the labels of deleted sessions to later ones of their ids',
    failsAt: 'are gone with the session: one that is created again has none of them',
    create: () =>
      over(
        new LeavesBehind((session, { details }) => {
          session.details = { ...session.details, labels: { ...details.labels } };
        }),
      ),
  },
  {
    fault: 'leaves the expiry of deleted sessions to later ones of their ids',
    failsAt: 'takes whole sessions: nothing of one is left for the next of its id',
    create: () =>
      over(
        new LeavesBehind((session, { expireTime, details }) => {
          session.details = { ...session.details, expires: details.expires };
          session.expireTime = expireTime;
        }),
      ),
  },
  {
    fault: 'leaves the turn of deleted sessions to later ones of their ids',
    failsAt: 'finds nothing of an expired session that it makes way for in create',
    create: () =>
      over(
        new LeavesBehind((session, { turn }) => {
          session.turn = turn;
        }),
      ),
  },
  {
    fault: 'leaves the place of the summary of deleted sessions to later ones of their ids',
    failsAt: 'loads all of a session whose id had one with a summary before it',
    create: () =>
      over(
        new LeavesBehind((session, { activeFrom }) => {
          session.activeFrom = activeFrom;
        }),
      ),
  },
  {
    fault: 'sweeps the state of the user with a session',
    failsAt: 'takes whole sessions: nothing of one is left for the next of its id',
    create: () => over(new SweepsTheUserToo()),
  },
];
