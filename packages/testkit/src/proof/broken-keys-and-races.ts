import type { SessionKey, SessionService } from '@holdfast/session';
import {
  type PreparedGetState,
  type PreparedUpdateState,
  StoredSessionService,
} from '@holdfast/session/store';
import { foldState, type ScopeState } from '@holdfast/state/internal';
import { type BrokenService, faulty, otherCalls, over } from './broken-service.ts';
import { MinimalStore } from './minimal-store.ts';

class ForgetsTheUserOfADelete extends MinimalStore {
  override async delete(key: SessionKey): Promise<boolean> {
    const [session] = this.sessionsOf({ appName: key.appName, userId: undefined }).filter(
      (each) => each.key.sessionId === key.sessionId,
    );
    return session !== undefined && super.delete(session.key);
  }
}

class IgnoresCase extends MinimalStore {
  protected override address(key: SessionKey): string {
    return super.address(key).toLowerCase();
  }
}

class NormalizesIds extends MinimalStore {
  protected override address(key: SessionKey): string {
    return super.address(key).normalize();
  }
}

class JoinsIds extends MinimalStore {
  protected override address({ appName, userId, sessionId }: SessionKey): string {
    return `${appName}:${userId}:${sessionId}`;
  }
}

class SharesUsersBetweenApps extends MinimalStore {
  protected override addressOfState(owner: PreparedGetState): string {
    return super.addressOfState(owner.scope === 'user' ? { ...owner, appName: 'any' } : owner);
  }
}

function checksThenCreates(): SessionService {
  const store = new MinimalStore();
  const another = over(store);
  return faulty(
    {
      async create(next, request) {
        const key = request as SessionKey;
        const found = await another.get(key).catch(() => 'wrong');
        if (found !== undefined) return next(request);
        await otherCalls();
        await another.delete(key);
        return next(request);
      },
    },
    store,
  );
}

class WritesWholeStates extends MinimalStore {
  override async updateState({ owner, changes }: PreparedUpdateState): Promise<ScopeState> {
    const state = foldState(this.shared(owner), changes);
    await otherCalls();
    this.states.set(this.addressOfState(owner), state);
    return state;
  }
}

function answersAfterClose(): SessionService {
  const store = new MinimalStore();
  const another = over(store);
  return faulty({ getState: (_, request) => another.getState(request) }, store);
}

function doesNotWait(): SessionService {
  return faulty({
    async appendEvent(next, request) {
      const event = await next(request);
      for (let turn = 0; turn < 3; turn++) await otherCalls();
      return event;
    },
  });
}

class ForgetsToDispose extends StoredSessionService {
  override async [Symbol.asyncDispose](): Promise<void> {}
}

export const brokenKeysAndRaces: readonly BrokenService[] = [
  {
    fault: 'forgets the user when it deletes',
    failsAt: 'keeps sessions of the same id under two users apart, in every call',
    create: () => over(new ForgetsTheUserOfADelete()),
  },
  {
    fault: 'ignores the case of ids',
    failsAt: 'tells ids apart by case',
    create: () => over(new IgnoresCase()),
  },
  {
    fault: 'normalizes ids',
    failsAt: 'tells ids apart by accents and normalization',
    create: () => over(new NormalizesIds()),
  },
  {
    fault: 'joins ids with a colon',
    failsAt: 'keeps sessions apart whose ids make the same string when joined',
    create: () => over(new JoinsIds()),
  },
  {
    fault: "shares a user's state between apps",
    failsAt: 'keeps `user:` keys from other users, and from the user in other apps',
    create: () => over(new SharesUsersBetweenApps()),
  },
  {
    fault: 'creates some time after it has checked',
    failsAt: 'lets one of many racing creates win, whose state is kept',
    create: checksThenCreates,
  },
  {
    fault: 'writes the state as a whole',
    failsAt: 'loses none of the parallel `updateState` of different keys of a user',
    create: () => over(new WritesWholeStates()),
  },
  {
    fault: 'answers after `close`',
    failsAt: 'is `closed` to every call after `close`',
    create: answersAfterClose,
  },
  {
    fault: 'does not wait for calls when it is closed',
    failsAt: 'finishes the calls that it has accepted before `close` is done',
    create: doesNotWait,
  },
  {
    fault: 'stays open when it is disposed',
    failsAt: 'is closed by `Symbol.asyncDispose`',
    create: () => new ForgetsToDispose(new MinimalStore()),
  },
];
