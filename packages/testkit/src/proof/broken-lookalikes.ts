import type { SessionKey, SessionService } from '@holdfast/session';
import type {
  AppendOutcome,
  PreparedAppend,
  PreparedGet,
  PreparedGetState,
  PreparedList,
  PreparedUpdateState,
  ScopeState,
  SessionSnapshot,
  StoredPage,
} from '@holdfast/session/store';
import { type BrokenService, faulty, over } from './broken-service.ts';
import { type MinimalSession, MinimalStore } from './minimal-store.ts';

const pattern = (text: string) =>
  new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('_', '.')}$`);

class ListsAppsByPrefix extends MinimalStore {
  protected override sessionsOf({ appName, userId }: PreparedList): MinimalSession[] {
    return [...this.sessions.values()].filter(
      ({ key }) => key.appName.startsWith(appName) && key.userId === (userId ?? key.userId),
    );
  }
}

class ListsUsersByPattern extends MinimalStore {
  protected override sessionsOf({ appName, userId }: PreparedList): MinimalSession[] {
    return [...this.sessions.values()].filter(
      ({ key }) =>
        key.appName === appName && (userId === undefined || pattern(userId).test(key.userId)),
    );
  }
}

class DeletesByPrefix extends MinimalStore {
  override async delete(key: SessionKey): Promise<boolean> {
    const begin = this.address(key).slice(0, -2);
    const found = [...this.sessions.keys()].filter((address) => address.startsWith(begin));
    const wasThere = await super.delete(key);
    if (wasThere) for (const address of found) this.sessions.delete(address);
    return wasThere;
  }
}

class RemovesByPattern extends MinimalStore {
  override async updateState({ owner, changes }: PreparedUpdateState): Promise<ScopeState> {
    const more = new Map(changes);
    for (const [name, value] of changes) {
      if (value !== undefined) continue;
      for (const other of this.shared(owner).keys()) {
        if (pattern(name).test(other)) more.set(other, undefined);
      }
    }
    return super.updateState({ owner, changes: more });
  }
}

class TakesIdsForNumbers extends MinimalStore {
  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const session = this.find(append.key);
    const same = session?.events.find(
      ({ id }) => id !== '' && Number(id) === Number(append.events[0]?.id),
    );
    if (session === undefined || same === undefined) return super.append(append);
    const { events, incarnation } = session;
    return { type: 'refused', revision: events.length, incarnation, findEvent: () => same };
  }
}

class LooksForRetriesByTime extends MinimalStore {
  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const outcome = await super.append(append);
    if (outcome.type !== 'refused') return outcome;
    const [event] = append.events;
    const found = event && outcome.findEvent(event.id);
    if (!found || found.timestamp >= event.timestamp - 60_000) return outcome;
    const { revision, incarnation } = outcome;
    return { type: 'refused', revision, incarnation, findEvent: () => event };
  }
}

class GivesStatesOfTheFirst extends MinimalStore {
  override async list(list: PreparedList): Promise<StoredPage> {
    const page = await super.list(list);
    const { state: first } = page.sessions[0] ?? {};
    const sessions = page.sessions.map((each, i) => (i < 50 ? each : { ...each, state: first }));
    return { ...page, sessions };
  }
}

class LoadsTheLast extends MinimalStore {
  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    return super.get({ ...get, numRecentEvents: Math.min(get.numRecentEvents ?? 1e9, 10_000) });
  }
}

class TouchesOtherApps extends MinimalStore {
  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const outcome = await super.append(append);
    if (outcome.type !== 'written') return outcome;
    const { userId, sessionId } = append.key;
    for (const session of this.sessions.values()) {
      if (session.key.userId !== userId || session.key.sessionId !== sessionId) continue;
      session.lastUpdateTime = Math.max(session.lastUpdateTime, append.latestTimestamp);
    }
    return outcome;
  }
}

class LosesPrototypes extends MinimalStore {
  override async getState(owner: PreparedGetState): Promise<ScopeState> {
    return new Map([...(await super.getState(owner))].filter(([name]) => name !== '__proto__'));
  }
}

/** Decodes the bytes of a text in pieces. */
class DecodesInPieces extends MinimalStore {
  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const snapshot = await super.get(get);
    const text = snapshot?.state.session.get('text');
    if (snapshot === undefined || typeof text !== 'string') return snapshot;
    const bytes = new TextEncoder().encode(text);
    let decoded = '';
    for (let at = 0; at < bytes.length; at += 65_536) {
      decoded += new TextDecoder().decode(bytes.subarray(at, at + 65_536));
    }
    const session = new Map(snapshot.state.session).set('text', decoded);
    return { ...snapshot, state: { ...snapshot.state, session } };
  }
}

/** Sessions of a page whose state is the same share it. */
function sharesStates(): SessionService {
  return faulty({
    async list(next, request) {
      const page = await next(request);
      const [first] = page.sessions;
      if (first?.state === undefined) return page;
      const { state } = first;
      return { ...page, sessions: page.sessions.map((each) => ({ ...each, state })) };
    },
  });
}

export const brokenLookalikes: readonly BrokenService[] = [
  {
    fault: 'lists the sessions of all apps that begin with a name',
    failsAt: 'lists the sessions of an app, and none of apps whose names look alike',
    create: () => over(new ListsAppsByPrefix()),
  },
  {
    fault: 'takes a user for a pattern in lists',
    failsAt: 'lists the sessions of a user, and none of users whose names look alike',
    create: () => over(new ListsUsersByPattern()),
  },
  {
    fault: 'deletes all sessions that begin with an id',
    failsAt: 'deletes a session, and none whose id looks alike',
    create: () => over(new DeletesByPrefix()),
  },
  {
    fault: 'takes the name of a key that is removed for a pattern',
    failsAt: 'removes a state key, and none whose name looks alike',
    create: () => over(new RemovesByPattern()),
  },
  {
    fault: 'compares ids of events as numbers',
    failsAt: 'takes ids of events for what they are, not for numbers or patterns',
    create: () => over(new TakesIdsForNumbers()),
  },
  {
    fault: 'looks for retries among the events of the last minute',
    failsAt: 'is `already_exists` for an id with another time, however far away that is',
    create: () => over(new LooksForRetriesByTime()),
  },
  {
    fault: 'gives the state of the first fifty sessions of a page',
    failsAt: 'gives the state of each of 120 sessions of a page',
    create: () => over(new GivesStatesOfTheFirst()),
  },
  {
    fault: 'loads at most the last 10,000 events',
    failsAt: 'gives 10,050 events in order if no bound is given',
    create: () => over(new LoadsTheLast()),
  },
  {
    fault: 'moves the sessions with the same ids in other apps',
    failsAt: 'appends to a session, and to none whose ids look alike',
    create: () => over(new TouchesOtherApps()),
  },
  {
    fault: 'loses `__proto__` of a state',
    failsAt: 'gives names that every object has in the state of an app and a user',
    create: () => over(new LosesPrototypes()),
  },
  {
    fault: 'decodes a text in pieces',
    failsAt: 'gives back a long text of characters of several bytes as it was',
    create: () => over(new DecodesInPieces()),
  },
  {
    fault: 'gives the sessions of a page one state',
    failsAt: 'gives each session of a page a state of its own to change',
    create: sharesStates,
  },
];
