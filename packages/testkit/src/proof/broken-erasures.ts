import type { Event } from '@holdfast/session';
import {
  type AppendOutcome,
  type EventKey,
  erasedEvent,
  type FoundEvent,
  type PreparedAppend,
  type PreparedErase,
} from '@holdfast/session/store';
import { EMPTY_SCOPE, foldDeltas, foldState } from '@holdfast/state/internal';
import { type BrokenService, otherCalls, over } from './broken-service.ts';
import { CompleteStore } from './complete-store.ts';
import type { DetailedSession } from './detailed-store.ts';

type Stub = (stub: Event, stored: Event) => Event | undefined;

/** Puts something else in the place of an erased event; undefined leaves it as it is. */
class LeavesOfErased extends CompleteStore {
  readonly #stub: Stub;

  constructor(stub: Stub) {
    super();
    this.#stub = stub;
  }

  protected override replace(session: DetailedSession, stubs: readonly Event[]): void {
    const left = stubs.flatMap((stub) => {
      const stored = session.events[(stub.seq as number) - 1] as Event;
      return this.#stub(stub, stored) ?? [];
    });
    super.replace(session, left);
  }
}

/** Forgets the ids of erased events. */
class ForgetsErasedIds extends CompleteStore {
  protected override refusal(
    session: DetailedSession,
    append: PreparedAppend,
  ): AppendOutcome | undefined {
    const known = session.events.filter(({ erased }) => erased !== true);
    const isKnown = append.events.some(({ id }) => known.some((event) => event.id === id));
    const isThere = append.events.some(({ id }) => session.events.some((each) => each.id === id));
    if (isThere && !isKnown && append.expectedRevision === undefined) return undefined;
    return super.refusal(session, append);
  }
}

class ErasesBeforeItLooks extends CompleteStore {
  override async erase(erase: PreparedErase): Promise<AppendOutcome> {
    const session = this.alive(erase.key, erase.now);
    if (session !== undefined) this.replace(session, erase.stubs);
    await otherCalls();
    return super.erase({ ...erase, stubs: [] });
  }
}

class ErasesAfterwards extends CompleteStore {
  override async erase(erase: PreparedErase): Promise<AppendOutcome> {
    const outcome = await super.append(erase);
    await otherCalls();
    const session = this.find(erase.key);
    if (outcome.type === 'written' && session) this.replace(session, erase.stubs);
    return outcome;
  }
}

/** Makes the state of what is left. */
class ErasesTheStateToo extends CompleteStore {
  override async erase(erase: PreparedErase): Promise<AppendOutcome> {
    const outcome = await super.erase(erase);
    const session = this.find(erase.key);
    const left = foldDeltas(session?.events.map(({ actions }) => actions) ?? []);
    if (session) session.state = foldState(session.initialState ?? EMPTY_SCOPE, left.session);
    return outcome;
  }
}

class FindsNoErasedEvent extends CompleteStore {
  override async findEvent(find: EventKey): Promise<FoundEvent | undefined> {
    const found = await super.findEvent(find);
    return found?.event?.erased ? { ...found, event: undefined } : found;
  }
}

/** Erases the one before as well. */
class ErasesItsNeighbour extends CompleteStore {
  protected override replace(session: DetailedSession, stubs: readonly Event[]): void {
    super.replace(session, stubs);
    const first = Math.min(...stubs.map(({ seq }) => seq as number));
    const neighbour = session.events[first - 2];
    if (neighbour !== undefined) super.replace(session, [erasedEvent(neighbour)]);
  }
}

/** Erases the last of them only. */
class ErasesOne extends CompleteStore {
  protected override replace(session: DetailedSession, stubs: readonly Event[]): void {
    super.replace(session, stubs.slice(-1));
  }
}

class MovesTheLastUpdate extends CompleteStore {
  override async erase(erase: PreparedErase): Promise<AppendOutcome> {
    const outcome = await super.erase(erase);
    const session = this.find(erase.key);
    const left = session?.events.filter(({ erased }) => !erased) ?? [];
    const times = left.map(({ timestamp }) => timestamp);
    if (session) session.lastUpdateTime = Math.max(session.createTime, ...times);
    return outcome;
  }
}

/** A stub with more than that. */
function edited(stub: Event, fields: Partial<Event>): Event {
  const all = { ...Object.getOwnPropertyDescriptors(stub) };
  return Object.freeze(
    Object.defineProperties({}, { ...all, ...Object.getOwnPropertyDescriptors(fields) }),
  ) as Event;
}

function leaving(stub: Stub): BrokenService['create'] {
  return () => over(new LeavesOfErased(stub));
}

export const brokenErasures: readonly BrokenService[] = [
  {
    fault: 'leaves erased events as they are',
    failsAt: 'leaves `{ id, seq, timestamp, author, erased: true }` of what is erased, and no more',
    create: leaving(() => undefined),
  },
  {
    fault: 'leaves the content of an erased event',
    failsAt: 'leaves `{ id, seq, timestamp, author, erased: true }` of what is erased, and no more',
    create: leaving((stub, { content }) => edited(stub, content === undefined ? {} : { content })),
  },
  {
    fault: 'leaves the keys that an erased event has set',
    failsAt: 'leaves `{ id, seq, timestamp, author, erased: true }` of what is erased, and no more',
    create: leaving((stub, { actions }) => edited(stub, { actions })),
  },
  {
    fault: 'leaves which invocation an erased event was of',
    failsAt: 'leaves `{ id, seq, timestamp, author, erased: true }` of what is erased, and no more',
    create: leaving((stub, { invocationId }) => edited(stub, { invocationId })),
  },
  {
    fault: 'does not say that an event is erased',
    failsAt: 'leaves `{ id, seq, timestamp, author, erased: true }` of what is erased, and no more',
    create: leaving((stub) => edited(stub, { erased: undefined as never })),
  },
  {
    fault: 'loses who an erased event was of',
    failsAt: 'leaves `{ id, seq, timestamp, author, erased: true }` of what is erased, and no more',
    create: leaving((stub) => erasedEvent({ ...stub, author: undefined as never })),
  },
  {
    fault: 'loses when an erased event was',
    failsAt: 'counts stubs in windows, by their place and by their time',
    create: leaving((stub) => erasedEvent({ ...stub, timestamp: 0 })),
  },
  {
    fault: 'gives an erased event another id',
    failsAt: 'gives the stub back for a retry with the id of an erased event',
    create: leaving((stub) => erasedEvent({ ...stub, id: `erased-${stub.seq}` })),
  },
  {
    fault: 'appends an event again after it was erased',
    failsAt: 'gives the stub back for a retry with the id of an erased event',
    create: () => over(new ForgetsErasedIds()),
  },
  {
    fault: 'finds no event that was erased',
    failsAt: 'leaves `{ id, seq, timestamp, author, erased: true }` of what is erased, and no more',
    create: () => over(new FindsNoErasedEvent()),
  },
  {
    fault: 'erases before it looks at the revision',
    failsAt: 'erases nothing if an append at the same moment makes it a `conflict`',
    create: () => over(new ErasesBeforeItLooks()),
  },
  {
    fault: 'erases some time after it has appended the marker',
    failsAt:
      'shows a body or a stub, and stubs together with their marker, while events are erased',
    create: () => over(new ErasesAfterwards()),
  },
  {
    fault: 'takes the state of erased events back',
    failsAt: 'leaves state as it is, in each scope',
    create: () => over(new ErasesTheStateToo()),
  },
  {
    fault: 'erases the event before as well',
    failsAt: 'erases nothing but what is named: not its neighbours',
    create: () => over(new ErasesItsNeighbour()),
  },
  {
    fault: 'erases one event only',
    failsAt: 'erases all events through a `seq`, and none behind it',
    create: () => over(new ErasesOne()),
  },
  {
    fault: 'takes the last event that is left for the last update',
    failsAt: 'never lets `lastUpdateTime` go back, whatever it erases',
    create: () => over(new MovesTheLastUpdate()),
  },
];
