import type { SessionKey, SessionService } from '@holdfast/session';
import {
  type AppendOutcome,
  type EventKey,
  expireTimeOf,
  type FoundEvent,
  isExpired,
  type ListedEvents,
  type PreparedAppend,
  type PreparedDelete,
  type PreparedDeleteExpired,
  type PreparedGet,
  type PreparedList,
  type PreparedListEvents,
  type PreparedTurn,
  type PreparedUpdateSession,
  type SessionPlace,
  type SessionSnapshot,
  type StoredPage,
  type StoredSummary,
  type TurnOutcome,
} from '@holdfast/session/store';
import { type BrokenService, over } from './broken-service.ts';
import { CompleteStore } from './complete-store.ts';
import type { DetailedSession, NewSession } from './detailed-store.ts';
import { SpoilingStore } from './spoiling-store.ts';

class GetsExpired extends CompleteStore {
  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const snapshot = await super.get(get);
    return snapshot && { ...snapshot, expireTime: undefined };
  }
}

class ListsExpired extends CompleteStore {
  override list(list: PreparedList): Promise<StoredPage> {
    return super.list({ ...list, now: 0 });
  }
}

class ListsExpiredByLabels extends CompleteStore {
  override list(list: PreparedList): Promise<StoredPage> {
    return super.list(list.labels === undefined ? list : { ...list, now: 0 });
  }
}

class CountsExpired extends CompleteStore {
  override async list(list: PreparedList): Promise<StoredPage> {
    const page = await super.list(list);
    const { total } = await super.list({ ...list, now: 0 });
    return { ...page, total };
  }
}

/** Leaves out what has expired after it has cut the page. */
class CutsPagesFirst extends CompleteStore {
  override async list(list: PreparedList): Promise<StoredPage> {
    const page = await super.list({ ...list, now: 0 });
    const isThere = ({ key }: StoredSummary) => this.alive(key, list.now) !== undefined;
    const { total } = await super.list(list);
    return { ...page, sessions: page.sessions.filter(isThere), total };
  }
}

class AppendsToExpired extends CompleteStore {
  override append(append: PreparedAppend): Promise<AppendOutcome> {
    return super.append({ ...append, now: 0 });
  }
}

class ReadsEventsOfExpired extends CompleteStore {
  override async listEvents(list: PreparedListEvents): Promise<ListedEvents | undefined> {
    const listed = await super.listEvents(list);
    return listed && { ...listed, expireTime: undefined };
  }
}

class FindsEventsOfExpired extends CompleteStore {
  override async findEvent(find: EventKey): Promise<FoundEvent | undefined> {
    const found = await super.findEvent(find);
    return found && { event: found.event };
  }
}

class DeletesExpired extends CompleteStore {
  override delete(remove: PreparedDelete): Promise<boolean> {
    return super.delete({ ...remove, now: 0 });
  }
}

class UpdatesExpired extends CompleteStore {
  override async updateSession(update: PreparedUpdateSession): Promise<StoredSummary | undefined> {
    const session = this.find(update.key);
    if (session && isExpired(session.expireTime, update.now)) session.expireTime = undefined;
    return super.updateSession(update);
  }
}

class HoldsExpired extends CompleteStore {
  override acquireTurn(acquire: PreparedTurn): Promise<TurnOutcome> {
    return super.acquireTurn({ ...acquire, now: 0 });
  }
}

class PlacesExpired extends CompleteStore {
  override async findRevisions(
    keys: readonly SessionKey[],
  ): Promise<readonly (SessionPlace | undefined)[]> {
    const places = await super.findRevisions(keys);
    return places.map((place) => place && { ...place, expireTime: undefined });
  }
}

/** Counts idle time from the times of events. */
function idleByEvents(): SessionService {
  return over(
    new SpoilingStore({
      append(session) {
        session.expireTime = expireTimeOf(session.details.expires, session.lastUpdateTime);
      },
    }),
  );
}

/** Never puts the end of a session off. */
class ExpiresAtFirstIdle extends CompleteStore {
  protected override write(session: DetailedSession, append: PreparedAppend): AppendOutcome {
    const { expireTime } = session;
    const outcome = super.write(session, append);
    session.expireTime = expireTime;
    return outcome;
  }
}

/** Takes an update without an expiry for one that takes it away. */
class ForgetsTheExpiry extends CompleteStore {
  override updateSession(update: PreparedUpdateSession): Promise<StoredSummary | undefined> {
    return super.updateSession({
      ...update,
      change(details) {
        const changed = update.change(details);
        const isSame = changed.expires === details.expires;
        return { ...changed, expires: isSame ? undefined : changed.expires };
      },
    });
  }
}

class NeverTakesItAway extends CompleteStore {
  override async updateSession(update: PreparedUpdateSession): Promise<StoredSummary | undefined> {
    const before = this.find(update.key)?.expireTime;
    const summary = await super.updateSession(update);
    const session = this.find(update.key);
    if (session) session.expireTime ??= before;
    return summary;
  }
}

/** What an expired session had is there again once its id is used again. */
class ResumesExpired extends CompleteStore {
  readonly #expired = new Map<string, DetailedSession>();
  readonly #resume: (session: DetailedSession, before: DetailedSession) => void;

  constructor(resume: (session: DetailedSession, before: DetailedSession) => void) {
    super();
    this.#resume = resume;
  }

  override async deleteExpired(remove: PreparedDeleteExpired): Promise<boolean> {
    const session = this.find(remove.key);
    const isGone = await super.deleteExpired(remove);
    if (isGone && session) this.#expired.set(this.address(remove.key), session);
    return isGone;
  }

  protected override add(created: NewSession): DetailedSession {
    const session = super.add(created);
    const before = this.#expired.get(this.address(created.key));
    if (before) this.#resume(session, before);
    return session;
  }
}

export const brokenExpiry: readonly BrokenService[] = [
  {
    fault: 'gives an expired session',
    failsAt: 'takes an expired session for missing in every call, swept or not',
    create: () => over(new GetsExpired()),
  },
  {
    fault: 'lists expired sessions',
    failsAt: 'takes an expired session for missing in every call, swept or not',
    create: () => over(new ListsExpired()),
  },
  {
    fault: 'lists expired sessions by their labels',
    failsAt: 'takes an expired session for missing in every call, swept or not',
    create: () => over(new ListsExpiredByLabels()),
  },
  {
    fault: 'counts expired sessions',
    failsAt: 'takes an expired session for missing in every call, swept or not',
    create: () => over(new CountsExpired()),
  },
  {
    fault: 'leaves expired sessions out of a page that is cut already',
    failsAt: 'fill each page of a list, beside sessions that have expired',
    create: () => over(new CutsPagesFirst()),
  },
  {
    fault: 'appends to an expired session',
    failsAt: 'takes an expired session for missing in every call, swept or not',
    create: () => over(new AppendsToExpired()),
  },
  {
    fault: 'lists the events of an expired session',
    failsAt: 'takes an expired session for missing in every call, swept or not',
    create: () => over(new ReadsEventsOfExpired()),
  },
  {
    fault: 'finds an event of an expired session',
    failsAt: 'takes an expired session for missing in every call, swept or not',
    create: () => over(new FindsEventsOfExpired()),
  },
  {
    fault: 'says of an expired session that it deleted it',
    failsAt: 'takes an expired session for missing in every call, swept or not',
    create: () => over(new DeletesExpired()),
  },
  {
    fault: 'brings an expired session back by an update',
    failsAt: 'takes an expired session for missing in every call, swept or not',
    create: () => over(new UpdatesExpired()),
  },
  {
    fault: 'holds an expired session for a turn',
    failsAt: 'takes an expired session for missing in every call, swept or not',
    create: () => over(new HoldsExpired()),
  },
  {
    fault: 'goes on watching an expired session',
    caseTimeout: 2_000,
    failsAt: 'ends with `not_found` when the session expires',
    create: () => over(new PlacesExpired()),
  },
  {
    fault: 'counts idle time from the times of events',
    caseTimeout: 2_000,
    failsAt: 'lets an idle session go, whatever the timestamps of its events are',
    create: idleByEvents,
  },
  {
    fault: 'does not put off the end of a session that is appended to',
    failsAt: 'counts idle time from the last append or update',
    create: () => over(new ExpiresAtFirstIdle()),
  },
  {
    fault: 'forgets the expiry when it changes labels',
    failsAt: 'takes an expiry away by null, and changes it as a whole',
    create: () => over(new ForgetsTheExpiry()),
  },
  {
    fault: 'expires a session in spite of `expires: null`',
    failsAt: 'keeps a session for good whose expiry was taken away in time',
    create: () => over(new NeverTakesItAway()),
  },
  {
    fault: 'resumes the state of an expired session when its id is used again',
    failsAt: 'finds nothing of an expired session that it makes way for in create',
    create: () =>
      over(
        new ResumesExpired((session, { state }) => {
          session.state = state;
        }),
      ),
  },
  {
    fault: 'resumes the labels of an expired session when its id is used again',
    failsAt: 'finds nothing of an expired session that it makes way for in create',
    create: () =>
      over(
        new ResumesExpired((session, { details }) => {
          session.details = { ...session.details, labels: details.labels };
        }),
      ),
  },
  {
    fault: 'knows the ids of events of an expired session when its id is used again',
    failsAt: 'finds nothing of an expired session that it makes way for in create',
    create: () =>
      over(
        new ResumesExpired((session, { events }) => {
          session.events.push(...events);
        }),
      ),
  },
];
