import { type Event, isHoldfastError, type JsonObject, type JsonValue } from '@holdfast/core';
import {
  type AppendEventRequest,
  type AppendEventsRequest,
  type CreateSessionRequest,
  type DeleteSessionRequest,
  matchStored,
  type PreparedAppend,
  type Session,
  type UpdateStateRequest,
} from '@holdfast/session';
import type { ScopedChanges } from '@holdfast/state';
import type { BrokenService } from './broken-service.ts';
import { MinimalSessionService } from './minimal-session-service.ts';
import type { MinimalSession } from './minimal-storage.ts';

/** Runs `call`, and `instead` where it is refused with `code`. */
async function unless<T>(
  call: () => Promise<T>,
  { code, instead }: { readonly code: string; readonly instead: (error: unknown) => Promise<T> },
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (isHoldfastError(error) && error.code === code) return instead(error);
    throw error;
  }
}

class LeaksTempIntoState extends MinimalSessionService {
  override async appendEvent(request: AppendEventRequest): Promise<Event> {
    const event = await super.appendEvent(request);
    for (const [key, value] of Object.entries(request.event.actions?.stateDelta ?? {})) {
      if (key.startsWith('temp:')) this.storage.find(request)?.state.set(key, value as JsonValue);
    }
    return event;
  }
}

class StoresInitialTemp extends MinimalSessionService {
  override async create(request: CreateSessionRequest): Promise<Session> {
    const session = await super.create(request);
    for (const [key, value] of Object.entries(request.state ?? {})) {
      if (key.startsWith('temp:'))
        this.storage.find(session.key)?.state.set(key, value as JsonValue);
    }
    return session;
  }
}

class SharesStateWithTheCaller extends MinimalSessionService {
  override async updateState(request: UpdateStateRequest): Promise<JsonObject> {
    const state = await super.updateState(request);
    for (const [key, value] of Object.entries(request.set ?? {})) {
      this.storage.state(request).set(key, value as JsonValue);
    }
    return state;
  }
}

class ReadsTheEventLater extends MinimalSessionService {
  override async appendEvent(request: AppendEventRequest): Promise<Event> {
    this.checkOpen();
    await Promise.resolve();
    return new MinimalSessionService(this.storage).appendEvent(request);
  }
}

class WipesOnDuplicateCreate extends MinimalSessionService {
  override create(request: CreateSessionRequest): Promise<Session> {
    return unless(() => super.create(request), {
      code: 'already_exists',
      instead: async (error) => {
        const { sessionId = '' } = request;
        this.storage.find({ ...request, sessionId })?.events.splice(0);
        throw error;
      },
    });
  }
}

class IgnoresTheRevisionOfABatch extends MinimalSessionService {
  override appendEvents(request: AppendEventsRequest): Promise<readonly Event[]> {
    return unless(() => super.appendEvents(request), {
      code: 'conflict',
      instead: () => super.appendEvents({ ...request, expectedRevision: undefined }),
    });
  }
}

class TakesARevisionToCome extends MinimalSessionService {
  override appendEvent(request: AppendEventRequest): Promise<Event> {
    return unless(() => super.appendEvent(request), {
      code: 'conflict',
      instead: (error) => {
        const { expectedRevision, ...rest } = request;
        const { events } = this.existing(request);
        if (expectedRevision === events.length + 1) return super.appendEvent(rest);
        throw error;
      },
    });
  }
}

class WritesOnConflict extends MinimalSessionService {
  override appendEvent(request: AppendEventRequest): Promise<Event> {
    return unless(() => super.appendEvent(request), {
      code: 'conflict',
      instead: async (error) => {
        for (const [key, value] of Object.entries(request.event.actions?.stateDelta ?? {})) {
          if (!key.startsWith('app:')) continue;
          this.storage.state({ ...request, scope: 'app' }).set(key.slice(4), value as JsonValue);
        }
        throw error;
      },
    });
  }
}

class AppliesTwice extends MinimalSessionService {
  protected override append(append: PreparedAppend): readonly Event[] {
    const session = this.storage.find(append.key);
    const before = session?.events.length;
    const events = super.append(append);
    if (session && session.events.length === before) this.apply(session, append.changes);
    return events;
  }
}

class StoresPartialEvents extends MinimalSessionService {
  protected override append(append: PreparedAppend): readonly Event[] {
    const session = this.storage.find(append.key);
    const events = super.append(append);
    if (session && append.events.length === 0) this.store(session, events);
    return events;
  }
}

class StoresTheRestOfABatch extends MinimalSessionService {
  protected override append(append: PreparedAppend): readonly Event[] {
    const session = this.storage.find(append.key);
    const known = (id: string) => session?.events.find((event) => event.id === id);
    try {
      return super.append(append);
    } catch (error) {
      const there = append.events.filter(({ event }) => known(event.id) !== undefined);
      matchStored({ ...append, events: there }, known); // the retry of a part, or refused
      const fresh = append.events.filter((each) => !there.includes(each));
      if (there.length > 0 && fresh.length > 0) super.append({ ...append, events: fresh });
      throw error;
    }
  }
}

class TakesNullForRemoval extends MinimalSessionService {
  protected override apply(session: MinimalSession, changes: ScopedChanges): void {
    super.apply(session, changes);
    for (const [name, value] of changes.session) if (value === null) session.state.delete(name);
  }
}

class LetsTimeGoBack extends MinimalSessionService {
  protected override store(session: MinimalSession, events: readonly Event[]): void {
    super.store(session, events);
    session.lastUpdateTime = events.at(-1)?.timestamp ?? session.lastUpdateTime;
  }
}

class DeletesTheUser extends MinimalSessionService {
  override async delete(request: DeleteSessionRequest): Promise<boolean> {
    const deleted = await super.delete(request);
    this.storage.state({ ...request, scope: 'user' }).clear();
    return deleted;
  }
}

export const brokenWrites: readonly BrokenService[] = [
  {
    fault: 'stores `temp:` keys in the state',
    failsAt: 'keeps `temp:` keys out of the state',
    create: () => new LeaksTempIntoState(),
  },
  {
    fault: 'stores `temp:` keys of the initial state',
    failsAt: 'stores no `temp:` key of the initial state',
    create: () => new StoresInitialTemp(),
  },
  {
    fault: 'shares a mutable object with the caller',
    failsAt: 'shares nothing with a state that its caller changes later',
    create: () => new SharesStateWithTheCaller(),
  },
  {
    fault: 'reads the event after the call has returned',
    failsAt: 'reads an event while the call is made, not later',
    create: () => new ReadsTheEventLater(),
  },
  {
    fault: 'empties the session that a create would duplicate',
    failsAt: 'leaves everything as it was where the id is taken',
    create: () => new WipesOnDuplicateCreate(),
  },
  {
    fault: 'ignores `expectedRevision` of a batch',
    failsAt: 'is `conflict` for a batch where the session has moved on, and writes nothing',
    create: () => new IgnoresTheRevisionOfABatch(),
  },
  {
    fault: 'takes an `expectedRevision` that is yet to come',
    failsAt: 'is `conflict` where the session is not yet at `expectedRevision`',
    create: () => new TakesARevisionToCome(),
  },
  {
    fault: 'changes the state of the app in spite of a conflict',
    failsAt: 'is `conflict` where the session has moved on, and writes nothing',
    create: () => new WritesOnConflict(),
  },
  {
    fault: 'applies the delta of a retry again',
    failsAt: 'does not apply the state change of a retry again',
    create: () => new AppliesTwice(),
  },
  {
    fault: 'stores partial events',
    failsAt: 'does not store a partial event, nor its state',
    create: () => new StoresPartialEvents(),
  },
  {
    fault: 'stores a part of a batch',
    failsAt: 'is `already_exists` for a batch that is there in part, and writes nothing',
    create: () => new StoresTheRestOfABatch(),
  },
  {
    fault: 'takes null for a removal',
    failsAt: 'keeps null as a value',
    create: () => new TakesNullForRemoval(),
  },
  {
    fault: 'lets `lastUpdateTime` go back',
    failsAt: 'never moves `lastUpdateTime` back, whatever the timestamps',
    create: () => new LetsTimeGoBack(),
  },
  {
    fault: "deletes the user's state with a session",
    failsAt: 'leaves the state of the user and of the app',
    create: () => new DeletesTheUser(),
  },
];
