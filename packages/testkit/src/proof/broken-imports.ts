import { type ImportPart, isHoldfastError } from '@holdfast/session';
import {
  copyEvent,
  type ImportedRow,
  markOf,
  NO_DETAILS,
  type PreparedGet,
  type PreparedImport,
  type SessionSnapshot,
} from '@holdfast/session/store';
import { EMPTY_SCOPE } from '@holdfast/state/internal';
import { type BrokenService, faulty, over } from './broken-service.ts';
import { CompleteStore } from './complete-store.ts';
import { editEvents } from './spoiling-store.ts';

type Change = (part: PreparedImport) => PreparedImport;

/** Imports something else than it was given. */
class Imports extends CompleteStore {
  readonly #change: Change;

  constructor(change: Change) {
    super();
    this.#change = change;
  }

  override importSession(part: PreparedImport): Promise<boolean> {
    return super.importSession(this.#change(part));
  }
}

class ReplacesWhatIsThere extends CompleteStore {
  override async importSession(part: PreparedImport): Promise<boolean> {
    const there = this.find(part.key);
    if (there && part.fromRevision === 0) this.remove(there);
    return super.importSession(part);
  }
}

/** Appends a session that is there already to it. */
class AppendsToWhatIsThere extends CompleteStore {
  override async importSession(part: PreparedImport): Promise<boolean> {
    const session = this.find(part.key);
    if (!session || part.fromRevision > 0) return super.importSession(part);
    session.events.push(...part.events);
    const mark = markOf(session.incarnation);
    for (const [i, event] of session.events.entries()) {
      session.events[i] = copyEvent(event.erased ? event : { ...event, seq: i + 1 }, mark);
    }
    return true;
  }
}

class ShowsAllParts extends CompleteStore {
  override async importSession(part: PreparedImport): Promise<boolean> {
    const isWritten = await super.importSession(part);
    const session = this.find(part.key);
    if (isWritten && session) session.expireTime = part.session.expireTime;
    return isWritten;
  }
}

/** Knows of a part only its own events. */
class TakesEventsTwice extends CompleteStore {
  override async importSession(part: PreparedImport): Promise<boolean> {
    const events = this.find(part.key)?.events ?? [];
    const before = part.fromRevision > 0 ? events.splice(0) : [];
    const apart = { ...part, fromRevision: part.fromRevision - before.length };
    const isWritten = await super.importSession(apart);
    if (isWritten || before.length > 0) this.find(part.key)?.events.unshift(...before);
    return isWritten;
  }
}

/** Takes the first part for all of them. */
class TakesFirstUpdate extends CompleteStore {
  override async importSession(part: PreparedImport): Promise<boolean> {
    const { lastUpdateTime } = this.find(part.key) ?? part.session;
    return super.importSession({ ...part, session: { ...part.session, lastUpdateTime } });
  }
}

class TakesAnyPart extends CompleteStore {
  override async importSession(part: PreparedImport): Promise<boolean> {
    const session = this.find(part.key);
    if (session && part.fromRevision > 0) {
      Object.assign(session, { incarnation: part.incarnation });
      session.events.length = Math.min(session.events.length, part.fromRevision);
      return super.importSession({ ...part, fromRevision: session.events.length });
    }
    return super.importSession(part);
  }
}

/** Numbers and names events anew. */
class RenumbersEvents extends CompleteStore {
  readonly #field: 'id' | 'timestamp';

  constructor(field: 'id' | 'timestamp') {
    super();
    this.#field = field;
  }

  override async importSession(part: PreparedImport): Promise<boolean> {
    const isWritten = await super.importSession(part);
    const session = this.find(part.key);
    const value = (seq = 0) => (this.#field === 'id' ? `imported-${seq}` : part.now);
    if (isWritten && session) {
      editEvents(session, (event) =>
        event.erased ? event : { ...event, [this.#field]: value(event.seq) },
      );
    }
    return isWritten;
  }
}

/** Does not give what it began with. */
class GivesNoInitialState extends CompleteStore {
  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const snapshot = await super.get(get);
    return snapshot && { ...snapshot, initialState: undefined };
  }
}

class GivesNoNulls extends CompleteStore {
  override async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    const snapshot = await super.get(get);
    const { initialState } = snapshot ?? {};
    if (!snapshot || !initialState) return snapshot;
    const kept = [...initialState].filter(([, value]) => value !== null);
    return { ...snapshot, initialState: new Map(kept) };
  }
}

function fillsErased(part: PreparedImport): PreparedImport {
  const events = part.events.map((event) => {
    if (event.erased !== true) return event;
    const { erased: _, ...rest } = event;
    const actions = { stateDelta: {}, artifactDelta: {} };
    return copyEvent({ ...rest, invocationId: '', actions }, markOf(part.incarnation));
  });
  return { ...part, events };
}

function importing(change: (row: ImportedRow, part: PreparedImport) => Partial<ImportedRow>) {
  return () =>
    over(
      new Imports((part) => ({
        ...part,
        session: { ...part.session, ...change(part.session, part) },
      })),
    );
}

function importsOverWhatIsThere() {
  return faulty(
    {
      async importSession(next, request) {
        try {
          return await next(request);
        } catch (error) {
          if (!isHoldfastError(error, 'already_exists')) throw error;
          const part: ImportPart = { revision: request.events.length, incarnation: 'there' };
          return part;
        }
      },
    },
    new CompleteStore(),
  );
}

export const brokenImports: readonly BrokenService[] = [
  {
    fault: 'imports a session over one that is there',
    failsAt:
      'is `conflict` for a part that does not follow, and `already_exists` for a session there',
    create: () => over(new ReplacesWhatIsThere()),
  },
  {
    fault: 'doubles the events of a session that is imported again',
    failsAt:
      'is `conflict` for a part that does not follow, and `already_exists` for a session there',
    create: () => over(new AppendsToWhatIsThere()),
  },
  {
    fault: 'says that it has imported a session that is there',
    failsAt:
      'is `conflict` for a part that does not follow, and `already_exists` for a session there',
    create: importsOverWhatIsThere,
  },
  {
    fault: 'shows an imported session before its last part',
    failsAt: 'shows a session that comes in parts once the last of them is there',
    create: () => over(new ShowsAllParts()),
  },
  {
    fault: 'takes a part of an import that does not follow',
    failsAt:
      'is `conflict` for a part that does not follow, and `already_exists` for a session there',
    create: () => over(new TakesAnyPart()),
  },
  {
    fault: 'imports an event twice that is in two parts',
    failsAt: 'refuses a part with an event that an earlier part has, and goes on without it',
    create: () => over(new TakesEventsTwice()),
  },
  {
    fault: 'takes the last update of the first part of an import for that of all',
    failsAt: 'was last updated at the latest of its events, in whichever part, or at its creation',
    create: () => over(new TakesFirstUpdate()),
  },
  {
    fault: 'gives imported events other ids',
    failsAt: 'has everything of a user as it was, after a move to another app',
    create: () => over(new RenumbersEvents('id')),
  },
  {
    fault: 'gives imported events the time of the import',
    failsAt: 'has everything of a user as it was, after a move to another app',
    create: () => over(new RenumbersEvents('timestamp')),
  },
  {
    fault: 'takes the import for the creation',
    failsAt: 'keeps the times of sessions, and thereby the order of lists',
    create: importing((_, { now }) => ({ createTime: now })),
  },
  {
    fault: 'takes the import for the last update',
    failsAt: 'keeps the times of sessions, and thereby the order of lists',
    create: importing((_, { now }) => ({ lastUpdateTime: now })),
  },
  {
    fault: 'takes the last event that is imported for the last update',
    failsAt: 'keeps the times of sessions, and thereby the order of lists',
    create: importing((_, { events }) => ({ lastUpdateTime: events.at(-1)?.timestamp ?? 0 })),
  },
  {
    fault: 'imports no labels',
    failsAt: 'finds moved sessions by their labels, and lets them expire',
    create: importing(({ details }) => ({ details: { ...details, labels: {} } })),
  },
  {
    fault: 'imports no expiry',
    failsAt: 'finds moved sessions by their labels, and lets them expire',
    create: importing(({ details }) => ({
      details: { ...details, expires: undefined },
      expireTime: undefined,
    })),
  },
  {
    fault: 'does not import where a session was forked from',
    failsAt: 'has everything of a user as it was, after a move to another app',
    create: importing(({ details }) => ({ details: { ...details, forkedFrom: undefined } })),
  },
  {
    fault: 'imports no details at all',
    failsAt: 'has everything of a user as it was, after a move to another app',
    create: importing(() => ({ details: NO_DETAILS })),
  },
  {
    fault: 'takes the state of an imported session for its initial one',
    failsAt: 'forks and rewinds a session that was moved as it does the original',
    create: importing(({ state }) => ({ initialState: state })),
  },
  {
    fault: 'takes an initial state that is not known for an empty one',
    failsAt: 'does not know the state before the last event if the initial one was not kept',
    create: importing(({ initialState }) => ({ initialState: initialState ?? EMPTY_SCOPE })),
  },
  {
    fault: 'leaves the state of an imported session to its events',
    failsAt: 'has everything of a user as it was, after a move to another app',
    create: importing(() => ({ state: EMPTY_SCOPE })),
  },
  {
    fault: 'imports no nulls',
    failsAt: 'moves values of every odd kind',
    create: importing(({ state }) => ({
      state: new Map([...state].filter(([, value]) => value !== null)),
    })),
  },
  {
    fault: 'does not import where the last summary is',
    failsAt: 'has everything of a user as it was, after a move to another app',
    create: importing(() => ({ activeFrom: 1 })),
  },
  {
    fault: 'exports no initial state',
    failsAt: 'forks and rewinds a session that was moved as it does the original',
    create: () => over(new GivesNoInitialState()),
  },
  {
    fault: 'exports no nulls of the initial state',
    failsAt: 'gives nulls of the state that a session began with',
    create: () => over(new GivesNoNulls()),
  },
  {
    fault: 'imports erased events as empty ones',
    failsAt: 'has everything of a user as it was, after a move to another app',
    create: () => over(new Imports(fillsErased)),
  },
  {
    fault: 'leaves erased events out of a list of events',
    failsAt: 'has everything of a user as it was, after a move to another app',
    create: () =>
      faulty(
        {
          async listEvents(next, request) {
            const page = await next(request);
            return { ...page, events: page.events.filter(({ erased }) => erased !== true) };
          },
        },
        new CompleteStore(),
      ),
  },
];
