import type { Event, JsonObject, JsonValue, SessionKey } from '@holdfast/core';
import {
  type AppendEventRequest,
  type CreateSessionRequest,
  type GetStateRequest,
  prepareCreate,
  prepareGetState,
  type Session,
  sessionExists,
  type UpdateStateRequest,
} from '@holdfast/session';
import { stateRecord } from '@holdfast/state';
import type { BrokenService } from './broken-service.ts';
import { MinimalSessionService } from './minimal-session-service.ts';
import { MinimalStorage, type StateOwner } from './minimal-storage.ts';

/** Lets every other call run that is ready to. */
function otherCalls(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

class ForgetsTheUserOfADelete extends MinimalStorage {
  override remove(key: SessionKey): boolean {
    const isMeant = (other: SessionKey) =>
      other.appName === key.appName && other.sessionId === key.sessionId;
    const session = this.everySession().find((each) => isMeant(each.key));
    return session !== undefined && super.remove(session.key);
  }
}

class IgnoresCase extends MinimalStorage {
  protected override address(key: SessionKey): string {
    return super.address(key).toLowerCase();
  }
}

class NormalizesIds extends MinimalStorage {
  protected override address(key: SessionKey): string {
    return super.address(key).normalize();
  }
}

class JoinsIds extends MinimalStorage {
  protected override address({ appName, userId, sessionId }: SessionKey): string {
    return `${appName}:${userId}:${sessionId}`;
  }
}

class SharesUsersBetweenApps extends MinimalStorage {
  override state(owner: StateOwner): Map<string, JsonValue> {
    return super.state(owner.scope === 'user' ? { ...owner, appName: 'any' } : owner);
  }
}

class ChecksThenCreates extends MinimalSessionService {
  override async create(request: CreateSessionRequest): Promise<Session> {
    this.checkOpen();
    const create = prepareCreate(request, { maxEventBytes: 2 ** 23 });
    if (this.storage.find(create.key) !== undefined) throw sessionExists(create.key);
    await otherCalls();
    return this.snapshot(this.add(create));
  }
}

class WritesWholeStates extends MinimalSessionService {
  override async updateState(request: UpdateStateRequest): Promise<JsonObject> {
    this.checkOpen();
    const state = new Map(this.storage.state(prepareGetState(request)));
    const updated = await super.updateState(request);
    await otherCalls();
    for (const key of this.storage.state(request).keys()) {
      if (!Object.hasOwn(updated, key)) this.storage.state(request).delete(key);
    }
    return stateRecord([...state, ...Object.entries(updated)].filter(([key]) => key in updated));
  }
}

class AnswersAfterClose extends MinimalSessionService {
  override async getState(request: GetStateRequest): Promise<JsonObject> {
    return new MinimalSessionService(this.storage).getState(request);
  }
}

class DoesNotWait extends MinimalSessionService {
  override async appendEvent(request: AppendEventRequest): Promise<Event> {
    const event = await super.appendEvent(request);
    for (let turn = 0; turn < 3; turn++) await otherCalls();
    return event;
  }
}

class ForgetsToDispose extends MinimalSessionService {
  override async [Symbol.asyncDispose](): Promise<void> {}
}

export const brokenKeysAndRaces: readonly BrokenService[] = [
  {
    fault: 'forgets the user where it deletes',
    failsAt: 'keeps a session of the same id under another user apart, in every call',
    create: () => new MinimalSessionService(new ForgetsTheUserOfADelete()),
  },
  {
    fault: 'ignores the case of ids',
    failsAt: 'tells ids apart by case',
    create: () => new MinimalSessionService(new IgnoresCase()),
  },
  {
    fault: 'normalizes ids',
    failsAt: 'tells ids apart by accents and normalization',
    create: () => new MinimalSessionService(new NormalizesIds()),
  },
  {
    fault: 'joins ids with a colon',
    failsAt: 'keeps sessions apart whose ids make the same string when joined',
    create: () => new MinimalSessionService(new JoinsIds()),
  },
  {
    fault: "shares a user's state between apps",
    failsAt: 'keeps `user:` keys from other users, and from the user in other apps',
    create: () => new MinimalSessionService(new SharesUsersBetweenApps()),
  },
  {
    fault: 'creates some time after it has checked',
    failsAt: 'lets one of many racing creates win, whose state is kept',
    create: () => new ChecksThenCreates(),
  },
  {
    fault: 'writes the state as a whole',
    failsAt: 'loses none of the parallel `updateState` of different keys',
    create: () => new WritesWholeStates(),
  },
  {
    fault: 'answers after `close`',
    failsAt: 'is `closed` to every call after `close`',
    create: () => new AnswersAfterClose(),
  },
  {
    fault: 'does not wait for calls when it is closed',
    failsAt: 'finishes the calls that it has accepted before `close` is done',
    create: () => new DoesNotWait(),
  },
  {
    fault: 'stays open when it is disposed',
    failsAt: 'is closed by `Symbol.asyncDispose`',
    create: () => new ForgetsToDispose(),
  },
];
